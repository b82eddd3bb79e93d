import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { Host, type HostOptions } from './host.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let fake: FakeEngine;
let host: Host;
let opens: number[];
let sessions: AbortSignal[];
let states: string[];
beforeEach(() => {
  fake = new FakeEngine();
  host = make();
});
afterEach(async () => {
  fake.comeBack();
  await finish(host.close());
});

function make(options: Partial<HostOptions> = {}): Host {
  opens = [];
  sessions = [];
  states = [];
  return new Host(
    {
      id: newId<HostId>(),
      name: 'local',
      kind: 'local',
      address: 'unix:///var/run/docker.sock',
      open: () => {
        opens.push(Date.now());
        return fake.open();
      },
      ...options,
    },
    {
      changed: ({ state }) => {
        if (states.at(-1) !== state) states.push(state);
      },
      online: (_host, _engine, signal) => {
        sessions.push(signal);
      },
    },
  );
}

describe('a host that answers', () => {
  it('is online, with the facts of its engine', async () => {
    expect(host.state).toBe('connecting');
    await finish(host.start());
    expect(host.view()).toMatchObject({
      state: 'online',
      error: null,
      nextTryAt: null,
      engine: { version: '20.10.24', apiVersion: '1.41', cpus: 4 },
    });
    expect(host.engine()).toBe(fake);
    expect(sessions).toHaveLength(1);
  });

  it('stays online for as long as it answers, and connects once', async () => {
    await finish(host.start());
    await pass(600_000);
    expect(states).toEqual(['online']);
    expect(opens).toHaveLength(1);
  });

  it('that is started twice connects once', async () => {
    await finish(Promise.all([host.start(), host.start()]));
    expect(opens).toHaveLength(1);
  });
});

describe('a host whose engine hangs', () => {
  it('is degraded at the first missed ping, offline at the second, and its session ends', async () => {
    await finish(host.start());
    fake.hang();
    await until(() => expect(host.state).toBe('degraded'));
    expect(host.engine()).toBe(fake);
    expect(sessions[0]?.aborted).toBe(false);
    await until(() => expect(host.state).toBe('offline'));
    expect(sessions[0]?.aborted).toBe(true);
    expect(() => host.engine()).toThrow(expect.objectContaining({ code: 'SOCKET_ERROR' }));
    expect(states).toEqual(['online', 'degraded', 'offline']);
  });

  it('is seen within eight seconds', async () => {
    await finish(host.start());
    fake.hang();
    const from = Date.now();
    await until(() => expect(host.state).toBe('offline'), 8_000);
    expect(Date.now() - from).toBeLessThanOrEqual(8_000);
  });

  it('for a moment is online again, in the same session', async () => {
    await finish(host.start());
    fake.hang();
    await until(() => expect(host.state).toBe('degraded'));
    fake.comeBack();
    await until(() => expect(host.state).toBe('online'));
    expect(host.view().error).toBeNull();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.aborted).toBe(false);
  });
});

describe('a host that is away', () => {
  it('says why and what helps', async () => {
    fake.goAway('ENOENT');
    await finish(host.start());
    expect(host.view()).toMatchObject({
      state: 'offline',
      engine: null,
      error: { code: 'SOCKET_ERROR', message: 'The Docker socket is missing' },
    });
    expect(() => host.engine()).toThrow('local: The Docker socket is missing');
    expect(host.view().nextTryAt).not.toBeNull();
  });

  it('is tried again after pauses that double, up to a longest', async () => {
    fake.goAway();
    await finish(host.start());
    await pass(60_000);
    const pauses = opens.slice(1).map((at, place) => at - (opens[place] ?? 0));
    expect(pauses.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('comes back by itself in a new session, and the pauses begin anew', async () => {
    await finish(host.start());
    fake.goAway();
    await until(() => expect(host.state).toBe('offline'), 10_000);
    await pass(20_000);
    fake.comeBack();
    await until(() => expect(host.state).toBe('online'), 10_000);
    expect(sessions.map(({ aborted }) => aborted)).toEqual([true, false]);
    fake.goAway();
    await until(() => expect(host.state).toBe('offline'), 10_000);
    expect(Date.parse(host.view().nextTryAt ?? '') - Date.now()).toBeLessThanOrEqual(500);
  });

  it('is tried at once when it is poked', async () => {
    fake.goAway();
    await finish(host.start());
    await pass(30_000);
    const before = opens.length;
    fake.comeBack();
    host.poke();
    await settled();
    expect(opens).toHaveLength(before + 1);
    expect(host.state).toBe('online');
  });

  it('a remote one is HOST_UNREACHABLE', async () => {
    host = make({ kind: 'tcp' });
    expect(() => host.engine()).toThrow(
      expect.objectContaining({ code: 'HOST_UNREACHABLE', message: 'local has not answered yet' }),
    );
    fake.goAway();
    await finish(host.start());
    expect(() => host.engine()).toThrow(expect.objectContaining({ code: 'HOST_UNREACHABLE' }));
  });
});

it('poked while it is online it pings at once', async () => {
  await finish(host.start());
  const ping = vi.spyOn(fake, 'ping');
  host.poke();
  await settled();
  expect(ping).toHaveBeenCalledOnce();
});

it('a closed one ends its session and does not come back', async () => {
  await finish(host.start());
  await finish(host.close());
  expect(sessions[0]?.aborted).toBe(true);
  expect(() => host.engine()).toThrow();
  await pass(60_000);
  expect(opens).toHaveLength(1);
});

it('a closed one that was away does not try again', async () => {
  fake.goAway();
  await finish(host.start());
  await finish(host.close());
  const before = opens.length;
  await pass(60_000);
  expect(opens).toHaveLength(before);
});
