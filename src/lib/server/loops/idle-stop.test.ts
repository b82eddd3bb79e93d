import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { ActivitySource, AgentDetailView } from '#lib/protocol/views.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';
import { IdleStop } from './idle-stop.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let idleStop: IdleStop;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  idleStop = new IdleStop({ ...world, settleMs: 0 });
  idleStop.start();
});
afterEach(async () => {
  await idleStop.close();
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

type Idle = Readonly<Record<string, unknown>> | string;

const spawn = (idle: Idle, more: Readonly<Record<string, unknown>> = {}): Promise<AgentDetailView> =>
  finish(world.spawn({ name: 'one', idle, ...more }));
const state = () => world.services.agents.get(world.admin, 'one');
const shown = () => world.pulses.pulse(state().id, Date.now())?.idle;
const active = (source: ActivitySource) => {
  world.pulses.active(state().id, source, Date.now());
};

describe('an idle agent', () => {
  it('is stopped after its timeout, with the reason idle, and can be started again', async () => {
    await spawn({ mode: 'io', timeout: 100 });
    await pass(95_000);
    expect(state().state).toBe('ready');
    await pass(10_000);
    expect(state()).toMatchObject({ state: 'stopped', reason: 'idle' });
    await finish(world.services.agents.start(world.admin, 'one', { wait: true }));
    await pass(60_000);
    expect(state().state).toBe('ready');
  });

  it('says when it will be stopped, and what was heard of it last', async () => {
    const one = await spawn({ mode: 'io', timeout: 800 });
    await pass(30_000);
    active('output');
    const at = new Date();
    await pass(5_000);
    expect(shown()).toMatchObject({
      mode: 'io',
      stopsAt: new Date(at.getTime() + 800_000).toISOString(),
      because: 'idle',
      lastActivity: { at: at.toISOString(), source: 'output' },
    });
    await finish(world.services.agents.stop(world.admin, one.id, { timeout: 0 }, { wait: true }));
    await pass(5_000);
    expect(shown()).toBeNull();
  });

  it('without a rule is left alone', async () => {
    await spawn('disabled');
    await pass(7 * 86_400_000);
    expect(state().state).toBe('ready');
    expect(shown() ?? null).toBeNull();
  });
});

/** Which sources restart the clock in which mode. */
const COUNTS: readonly (readonly [string, readonly ActivitySource[]])[] = [
  ['io', ['input', 'output', 'ssh']],
  ['user', ['input', 'ssh']],
  ['agent', ['output', 'cpu']],
  ['ssh', ['ssh']],
  ['boot', []],
];

describe.each(COUNTS)('in the mode %s', (mode, sources) => {
  it.each(['input', 'output', 'cpu', 'ssh'] as const)('%s', async (source) => {
    await spawn({ mode, timeout: 100 });
    await pass(80_000);
    active(source);
    await pass(60_000);
    expect(state().state).toBe(sources.includes(source) ? 'ready' : 'stopped');
  });
});

describe('CPU', () => {
  const measured = async (percent: number, seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      world.pulses.sample(state().id, {
        at: Date.now(),
        cpu: percent,
        memory: 0,
        memoryLimit: null,
        netRx: null,
        netTx: null,
        blockRead: null,
        blockWrite: null,
        throttled: null,
        pids: null,
      });
      await pass(5_000);
    }
  };

  it('above 2 % of a core over a minute is activity', async () => {
    await spawn({ mode: 'agent', timeout: 100 });
    await measured(3, 180);
    expect(state().state).toBe('ready');
    expect(shown()?.lastActivity?.source).toBe('cpu');
  });

  it('of 1 % is none', async () => {
    await spawn({ mode: 'agent', timeout: 100 });
    await measured(1, 120);
    expect(state().state).toBe('stopped');
  });
});

describe('sessions', () => {
  it('of sshd are asked for before an agent is stopped, and keep it', async () => {
    await spawn({ mode: 'ssh', timeout: 100 });
    vi.spyOn(world.fake, 'processes').mockResolvedValue({
      titles: ['PID', 'CMD'],
      rows: [['7', 'sshd: ada@pts/0']],
    });
    await pass(300_000);
    expect(state().state).toBe('ready');
    expect(shown()?.lastActivity?.source).toBe('ssh');
  });

  it('are none where only the listener runs', async () => {
    await spawn({ mode: 'ssh', timeout: 100 });
    vi.spyOn(world.fake, 'processes').mockResolvedValue({
      titles: ['PID', 'CMD'],
      rows: [['1', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups']],
    });
    await pass(120_000);
    expect(state().state).toBe('stopped');
  });
});

describe('what is not idle time', () => {
  it('the time while its host is away', async () => {
    await spawn({ mode: 'io', timeout: 100 });
    await pass(50_000);
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    await pass(600_000);
    expect(shown()?.stopsAt).toBeNull();
    world.fake.comeBack();
    await until(() => expect(world.host.state).toBe('online'), 60_000);
    await pass(20_000);
    expect(state().state).toBe('ready');
    await pass(100_000);
    expect(state()).toMatchObject({ state: 'stopped', reason: 'idle' });
  });

  it('the time while the machine slept', async () => {
    await spawn({ mode: 'io', timeout: 100 });
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(20_000);
    expect(state().state).toBe('ready');
  });

  it('a pause: a paused agent is left alone', async () => {
    await spawn({ mode: 'io', timeout: 100 });
    await finish(world.services.agents.pause(world.admin, 'one'));
    await pass(300_000);
    expect(state().state).toBe('paused');
  });
});

describe('keep-alive', () => {
  it('gives time, and is shown', async () => {
    const one = await spawn({ mode: 'boot', timeout: 100 });
    await pass(80_000);
    world.services.agents.keepAlive(world.admin, one.id, { seconds: 200 });
    await pass(5_000);
    expect(shown()?.keepAliveUntil).not.toBeNull();
    await pass(150_000);
    expect(state().state).toBe('ready');
    await pass(60_000);
    expect(state().state).toBe('stopped');
  });

  it('is refused for one that does not run', async () => {
    const one = await spawn({ mode: 'boot', timeout: 100 });
    await finish(world.services.agents.stop(world.admin, one.id, { timeout: 0 }, { wait: true }));
    expect(() => world.services.agents.keepAlive(world.admin, one.id)).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
  });
});

describe('an age limit', () => {
  it('wins over activity and keep-alive, with the reason ttl', async () => {
    const one = await spawn({ mode: 'io', timeout: 800 }, { ttl: 300 });
    world.services.agents.keepAlive(world.admin, one.id, { seconds: 9_000 });
    for (let passed = 0; passed < 290; passed += 10) {
      active('output');
      await pass(10_000);
    }
    expect(shown()).toMatchObject({ because: 'ttl' });
    await pass(20_000);
    expect(state()).toMatchObject({ state: 'stopped', reason: 'ttl' });
  });

  it('counts from the last start that somebody wanted, not from restarts by the policy', async () => {
    const one = await spawn('disabled', { ttl: 300, restart: 'always' });
    await pass(200_000);
    world.fake.exit(containerOf(one), 1);
    await until(() => expect(state()).toMatchObject({ state: 'ready', reason: 'restart policy' }), 20_000);
    await pass(110_000);
    expect(state()).toMatchObject({ state: 'stopped', reason: 'ttl' });
  });
});

it('an engine that does not stop it is asked again', async () => {
  await spawn({ mode: 'boot', timeout: 100 });
  world.fake.failNext('stopContainer', new AppError('ENGINE_ERROR', 'busy'));
  await pass(105_000);
  await settled();
  expect(world.states(state().id)).toContain('stopping');
  await pass(20_000);
  expect(state()).toMatchObject({ state: 'stopped', reason: 'idle' });
});
