import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
let world: TestWorld;
let agents: TestWorld['services']['agents'];
let one: AgentDetailView;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  agents = world.services.agents;
  one = await finish(world.spawn({ name: 'one' }));
  await pass(1_000);
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const row = () => world.row(one.id);
const failure = (work: Promise<unknown>) =>
  finish(
    work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const engineStatus = async () => (await world.fake.inspectContainer(containerOf(one))).status;
const names = async () => (await world.fake.listContainers()).map(({ name }) => name);
const grace = (input: Readonly<Record<string, unknown>> = {}) =>
  finish(agents.remove(world.admin, one.id, { force: true, grace: 20_000, ...input }));
const takeBack = async () => {
  agents.cancel(world.admin, one.id);
  await settled();
};

/** Brings `one` into a state in which it may rest. */
const REST: Readonly<Record<string, () => Promise<unknown>>> = {
  ready: () => Promise.resolve(),
  paused: () => finish(agents.pause(world.admin, one.id)),
  stopped: () => finish(agents.stop(world.admin, one.id, {}, WAIT)),
  crashed: async () => {
    world.fake.exit(containerOf(one), 3);
    await pass(500);
  },
  exited: async () => {
    world.fake.exit(containerOf(one), 0);
    await pass(500);
  },
  failed: async () => {
    await finish(agents.stop(world.admin, one.id, {}, WAIT));
    world.fake.failNext('startContainer', new EngineRefusal(500, 'device busy'));
    await failure(agents.start(world.admin, one.id, WAIT));
  },
};

describe.each(Object.keys(REST))('the grace of one that is %s', (state) => {
  beforeEach(async () => {
    await REST[state]?.();
    expect(row().state).toBe(state);
  });

  it('counts down, and then it goes', async () => {
    const from = Date.now();
    const going = await grace();
    expect(going).toMatchObject({ state: 'removing', can: ['cancel'] });
    expect(going.stopDeadline).toBe(new Date(from + 20_000).toISOString());
    await pass(19_000);
    expect(await names()).toEqual(['one']);
    await until(() => expect(row()).toMatchObject({ state: 'removed', wanted: 'removed' }));
    expect(await names()).toEqual([]);
  });

  it('can be taken back until its last second, and it is what it was', async () => {
    const before = row();
    const status = await engineStatus();
    await grace();
    await pass(19_000);
    await takeBack();
    expect(row()).toEqual({ ...before, since: row().since, stopDeadline: null });
    await pass(60_000);
    expect(row().state).toBe(state);
    expect(await engineStatus()).toBe(status);
    expect(agents.operationsOf(world.admin, one.id)[0]).toMatchObject({ kind: 'remove', state: 'cancelled' });
  });

  it('is over at once by force', async () => {
    await grace();
    await pass(1_000);
    const after = await finish(agents.remove(world.admin, one.id, { force: true }, WAIT));
    expect(after).toMatchObject({ state: 'removed', can: [] });
    expect(await names()).toEqual([]);
  });

  it('is finished by a Slipway that was restarted in it', async () => {
    await grace();
    // as after a restart: nobody works on it, and the record is all there is
    await takeBack();
    world.records.move(row().id, 'removing', 'operator ada', { stopDeadline: Date.now() + 20_000 });
    world.resumer.resume(row(), undefined);
    await until(() => expect(row().state).toBe('removed'));
    expect(await names()).toEqual([]);
  });

  it('an engine that refuses puts it back, and it can be tried again', async () => {
    const runs = state === 'ready' || state === 'paused';
    world.fake.failNext(runs ? 'stopContainer' : 'removeContainer', new EngineRefusal(500, 'device busy'));
    await grace();
    await pass(30_000);
    expect(row()).toMatchObject({ state, reason: 'remove failed' });
    expect(agents.get(world.admin, one.id).can).toContain('remove');
    expect((await finish(agents.remove(world.admin, one.id, { force: true }, WAIT))).state).toBe('removed');
  });
});

describe('in the grace', () => {
  it('a second wish with a grace changes nothing', async () => {
    const first = await grace();
    await pass(5_000);
    expect((await grace()).stopDeadline).toBe(first.stopDeadline);
    await until(() => expect(row().state).toBe('removed'), 20_000);
    expect(agents.operationsOf(world.admin, one.id).filter((each) => each.kind === 'remove')).toHaveLength(1);
  });

  it('one that ends by itself and is taken back is what it has become', async () => {
    await grace();
    await pass(1_000);
    world.fake.exit(containerOf(one), 4);
    await pass(1_000);
    await takeBack();
    expect(row()).toMatchObject({ state: 'crashed', reason: 'crash 4', exitCode: 4, wanted: 'stopped' });
    expect(agents.lives(world.admin, one.id)).toMatchObject([{ exitCode: 4 }]);
  });

  it('one that is taken away from outside is gone', async () => {
    await grace();
    await world.fake.removeContainer(containerOf(one), { force: true });
    await until(() => expect(row().state).toBe('removed'));
    await pass(30_000);
    expect(row().state).toBe('removed');
  });

  it('nothing else can be done with it', async () => {
    await grace();
    for (const verb of ['start', 'stop', 'pause', 'restart'] as const)
      await expect((async () => agents[verb](world.admin, one.id))()).rejects.toMatchObject({
        code: 'CONFLICT',
      });
  });

  it('its name is free only afterwards', async () => {
    await grace();
    await expect(finish(world.spawn({ name: 'one' }))).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await pass(30_000);
    expect((await finish(world.spawn({ name: 'one' }))).state).toBe('ready');
  });
});

describe('once it is too late', () => {
  it('it cannot be taken back', async () => {
    const two = await finish(world.spawn({ name: 'two', command: ['sleep', 'infinity'] }));
    await finish(agents.remove(world.admin, two.id, { force: true, grace: 1_000, timeout: 8_000 }));
    await pass(2_000);
    expect(agents.get(world.admin, two.id)).toMatchObject({ state: 'removing', wanted: 'removed', can: [] });
    expect(() => agents.cancel(world.admin, two.id)).toThrow('cannot cancel now');
    await until(() => expect(world.row(two.id).state).toBe('removed'), 10_000);
  });

  it('an engine that goes away in the middle leaves it running', async () => {
    const release = world.fake.hold('stopContainer');
    const removing = failure(agents.remove(world.admin, one.id, { force: true }, WAIT));
    await settled();
    world.fake.goAway();
    expect(await removing).toMatchObject({ code: 'SOCKET_ERROR' });
    release();
    expect(row()).toMatchObject({ state: 'ready', wanted: 'running', reason: 'remove failed' });
  });
});

describe('of one that is being spawned', () => {
  it.each(['pullImage', 'createContainer', 'startContainer'] as const)(
    'ends the spawn where it is: in %s',
    async (method) => {
      world.fake.publish('example.test/tool:1');
      const release = world.fake.hold(method);
      const spawning = failure(world.spawn({ name: 'two', image: 'example.test/tool:1' }));
      await pass(2_000);
      const { id } = agents.get(world.admin, 'two');
      const removing = agents.remove(world.admin, id, { grace: 20_000 }, WAIT);
      await settled();
      release();
      expect((await finish(removing)).state).toBe('removed');
      expect(await spawning).toMatchObject({ code: 'CANCELLED' });
      await pass(1_000);
      expect(await names()).toEqual(['one']);
      expect(world.states(id).at(-1)).toBe('removed');
    },
  );

  it('and waits for its turn, it goes at once', async () => {
    const release = world.fake.hold('createContainer');
    const all = await Promise.all(
      ['a', 'b', 'c', 'd', 'last'].map((name) =>
        world.spawning.spawn(world.admin, { type: 'shell', name }, null),
      ),
    );
    await settled();
    const last = all[4]?.row.id ?? '';
    expect((await finish(agents.remove(world.admin, last, {}, WAIT))).state).toBe('removed');
    release();
    await finish(Promise.allSettled(all.map(({ operation }) => Promise.resolve(operation?.done))));
    expect(world.agents.list().every(({ state }) => state === 'ready')).toBe(true);
  });
});
