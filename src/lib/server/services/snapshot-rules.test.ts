import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
});
afterEach(() => finish(world.close()));

const snapshots = () => world.services.snapshots.list(world.admin);
const origins = () => snapshots().map(({ origin }) => origin);
const spawn = (rule: Readonly<Record<string, unknown>>) =>
  finish(world.spawn({ name: 'one', snapshots: rule }));
const stop = (input: unknown = {}) => finish(world.services.agents.stop(world.admin, 'one', input, WAIT));
const start = () => finish(world.services.agents.start(world.admin, 'one', WAIT));
const newest = (kind: string) =>
  world.services.operations.list(world.admin, 20).find((each) => each.kind === kind);
const failure = (work: Promise<unknown>) =>
  finish(work).then(
    () => null,
    (error: unknown) => error,
  );

describe('before a stop', () => {
  it('one is taken where the rule says so, as a step of the stop', async () => {
    await spawn({ beforeStop: true });
    await stop();
    expect(snapshots()).toMatchObject([{ origin: 'stop', createdBy: 'ada', comment: 'taken before a stop' }]);
    expect(newest('stop')?.steps.map(({ name, state }) => [name, state])).toEqual([
      ['snapshot', 'done'],
      ['stop', 'done'],
    ]);
  });

  it('a wish of that one stop wins over the rule, either way', async () => {
    await spawn({ beforeStop: true });
    await stop({ snapshot: false });
    expect(snapshots()).toEqual([]);
    await start();
    await finish(world.services.agents.update(world.admin, 'one', { snapshots: { beforeStop: false } }));
    await stop({ snapshot: true });
    expect(origins()).toEqual(['stop']);
  });

  it('when it fails a person’s stop is not done, and says why', async () => {
    await spawn({ beforeStop: true });
    world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
    expect(await failure(world.services.agents.stop(world.admin, 'one', {}, WAIT))).toMatchObject({
      details: { engine: { message: 'no space left on device' } },
    });
    expect(world.agents.byName('one')).toMatchObject({ state: 'ready', wanted: 'running' });
    expect(newest('stop')?.steps[0]).toMatchObject({ name: 'snapshot', state: 'failed' });
  });

  it('when it fails a stop by a rule of the agent goes on, and the step says why', async () => {
    const one = await spawn({ beforeStop: true });
    const row = world.row(one.id);
    world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
    const first = world.rules.beforeOwnStop(row, 'idle');
    await finish(world.verbs.stop(row, 'idle', { timeout: 1_000, delay: 0 }, first).done);
    expect(world.row(one.id)).toMatchObject({ state: 'stopped', reason: 'idle' });
    expect(newest('stop')?.steps.map(({ state }) => state)).toEqual(['failed', 'done']);
  });
});

describe('before a removal', () => {
  it('one is taken, and stays when the agent is gone', async () => {
    const one = await spawn({ beforeRemove: true });
    await finish(world.services.agents.remove(world.admin, 'one', { force: true }, WAIT));
    expect(world.row(one.id).state).toBe('removed');
    expect(snapshots()).toMatchObject([{ origin: 'remove', agentId: one.id }]);
  });

  it('when it fails the agent stays, and can be removed without one', async () => {
    const one = await spawn({ beforeRemove: true });
    world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
    expect(
      await failure(world.services.agents.remove(world.admin, 'one', { force: true }, WAIT)),
    ).not.toBeNull();
    expect(world.row(one.id).state).toBe('ready');
    const plain = { force: true, snapshot: false };
    await finish(world.services.agents.remove(world.admin, 'one', plain, WAIT));
    expect(world.row(one.id).state).toBe('removed');
    expect(snapshots()).toEqual([]);
  });
});

describe('how many stay', () => {
  const stops = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      await pass(1_000);
      await stop();
      await start();
    }
  };

  it('the newest of those that were taken by themselves, and each end of another is told', async () => {
    await spawn({ beforeStop: true, keep: 2 });
    await stops(4);
    expect(snapshots()).toHaveLength(2);
    const gone = world.facts.filter((fact) => fact.kind === 'snapshot' && fact.deleted === true);
    expect(gone).toHaveLength(2);
    const [second, first] = snapshots();
    expect([first?.parentId, second?.parentId]).toEqual([null, first?.id]);
  });

  it('one that a person took, one that a person spoke of, and one with a fork stay besides', async () => {
    await spawn({ beforeStop: true, keep: 1 });
    const manual = await finish(world.services.snapshots.create(world.admin, 'one', { name: 'mine' }));
    await stops(1);
    const spoken = snapshots().find(({ origin }) => origin === 'stop');
    world.services.snapshots.change(world.admin, spoken?.id ?? '', { comment: 'it worked' });
    await stops(1);
    const forked = snapshots().find(({ origin }) => origin === 'stop');
    await finish(world.services.forking.fork(world.admin, forked?.id ?? '', { name: 'two' }, WAIT));
    await stops(3);
    const ids = snapshots().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([manual?.id, spoken?.id, forked?.id]));
    expect(ids).toHaveLength(4);
  });
});
