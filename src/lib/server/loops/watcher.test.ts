import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import type { EngineEvent } from '../engine/engine.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, NETWORK, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let one: AgentDetailView;
let id: string;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  one = await finish(world.spawn({ name: 'one' }));
  id = containerOf(one);
  await pass(1_000);
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const row = () => world.row(one.id);
const lives = () => world.services.agents.lives(world.admin, one.id);

describe('what somebody does outside', () => {
  it('docker stop', async () => {
    await finish(world.fake.stopContainer(id, 10_000));
    await settled();
    expect(row()).toMatchObject({ state: 'stopped', reason: 'external', wanted: 'stopped', exitCode: 143 });
    expect(lives()).toMatchObject([{ exitCode: 143, reason: 'external' }]);
  });

  it('docker kill', async () => {
    await world.fake.killContainer(id, 'SIGKILL');
    await settled();
    expect(row()).toMatchObject({ state: 'stopped', reason: 'external', exitCode: 137 });
  });

  it('docker kill with a signal that ends nothing does not excuse a later crash', async () => {
    await world.fake.killContainer(id, 'SIGUSR1');
    await settled();
    world.fake.exit(id, 3);
    await settled();
    expect(row()).toMatchObject({ state: 'crashed', reason: 'crash 3' });
  });

  it('docker pause and unpause', async () => {
    await world.fake.pauseContainer(id);
    await settled();
    expect(row()).toMatchObject({ state: 'paused', reason: 'external' });
    await world.fake.unpauseContainer(id);
    await settled();
    expect(row()).toMatchObject({ state: 'ready', reason: 'external' });
    expect(lives()).toHaveLength(1);
  });

  it('docker rm -f', async () => {
    await world.fake.removeContainer(id, { force: true });
    await settled();
    expect(row()).toMatchObject({ state: 'removed', wanted: 'removed' });
    expect(world.agents.byName('one')).toBeUndefined();
    expect(lives()[0]?.endedAt).not.toBeNull();
  });

  it('docker stop and start', async () => {
    await finish(world.fake.stopContainer(id, 10_000));
    await pass(1_000);
    await world.fake.startContainer(id);
    await settled();
    expect(row()).toMatchObject({ state: 'ready', wanted: 'running', reason: 'external', exitCode: null });
    expect(lives()).toHaveLength(2);
  });

  it('docker restart', async () => {
    await finish(world.fake.restartContainer(id, 10_000));
    await settled();
    expect(row()).toMatchObject({ state: 'ready', wanted: 'running' });
    expect(lives().map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
  });

  it('with a container that is not ours says nothing', async () => {
    const before = world.facts.length;
    const other = await startForeign(world.fake, 'theirs');
    await world.fake.killContainer(other, 'SIGKILL');
    await settled();
    expect(world.facts).toHaveLength(before);
  });

  it('a network that was removed is made again for the next agent', async () => {
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    const network = (await world.fake.listNetworks()).find(({ name }) => name === NETWORK);
    await world.fake.removeNetwork(network?.id ?? '');
    await settled();
    expect((await finish(world.spawn())).state).toBe('ready');
  });
});

describe('an end by itself', () => {
  it.each([
    [0, false, 'exited', 'exit 0'],
    [3, false, 'crashed', 'crash 3'],
    [137, true, 'crashed', 'oom'],
    [137, false, 'crashed', 'crash 137'],
  ])('with %i (killed for memory: %s) is %s', async (code, oom, state, reason) => {
    world.fake.exit(id, code, { oom });
    await settled();
    expect(row()).toMatchObject({ state, reason, exitCode: code, wanted: 'stopped' });
    expect(lives()).toMatchObject([{ exitCode: code, oomKilled: oom, reason }]);
  });

  it('in the middle of our own stop is a stop', async () => {
    const two = await finish(world.spawn({ command: ['sleep', 'infinity'] }));
    const stopping = world.services.agents.stop(world.admin, two.id, {}, { wait: true });
    await pass(2_000);
    world.fake.exit(containerOf(two), 1);
    expect(await finish(stopping)).toMatchObject({ state: 'stopped', reason: 'operator ada', exitCode: 1 });
  });
});

it('what happens inside (exec, health checks, sizes of terminals) changes nothing', async () => {
  await finish(world.close());
  const fake = new FakeEngine();
  const events: EngineEvent[] = [];
  vi.spyOn(fake, 'events').mockImplementation(async function* ({ signal }) {
    while (!signal.aborted) {
      const next = events.shift();
      if (next === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      else yield next;
    }
  });
  world = await makeWorld({ fake, watched: true });
  one = await finish(world.spawn({ name: 'one' }));
  const told = world.facts.length;
  for (const action of [
    'exec_create',
    'exec_start',
    'exec_die',
    'exec_detach',
    'health_status',
    'resize',
    'top',
  ]) {
    events.push({
      type: 'container',
      action,
      id: containerOf(one),
      attributes: { exitCode: '1', execID: 'e1' },
      timeNano: 1n,
    });
  }
  await until(() => expect(events).toEqual([]));
  await pass(500);
  expect(row()).toMatchObject({ state: 'ready', reason: 'operator ada' });
  expect(world.facts).toHaveLength(told);
});

it('a stream that breaks makes the host look at once, long before the next ping', async () => {
  const from = Date.now();
  world.fake.goAway();
  await until(() => expect(world.host.state).toBe('offline'));
  expect(Date.now() - from).toBeLessThan(1_000);
});

it('hears again when the engine is back', async () => {
  world.fake.goAway();
  await until(() => expect(world.host.state).toBe('offline'));
  world.fake.comeBack();
  await until(() => expect(world.host.state).toBe('online'), 20_000);
  world.fake.exit(id, 3);
  await settled();
  expect(row().state).toBe('crashed');
});
