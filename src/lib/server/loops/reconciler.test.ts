import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LABEL, type Labels } from '#lib/domain/labels.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, INSTANCE, makeWorld, newRow, startForeign, type TestWorld } from '../testing/world.ts';
import { nextContainerName } from '../services/recreate-flow.ts';
import { Reconciler } from './reconciler.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let reconciler: Reconciler;
let one: AgentDetailView;
let id: string;
let over: AbortController;
beforeEach(async () => {
  // nobody hears events: all of them are missed
  world = await makeWorld();
  const { agents, records, operations, resumer, log } = world;
  reconciler = new Reconciler({ instance: INSTANCE, agents, records, operations, resumer, log });
  one = await finish(world.spawn({ name: 'one' }));
  id = containerOf(one);
  over = new AbortController();
  await pass(1_000);
});
afterEach(async () => {
  over.abort();
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const row = () => world.row(one.id);
const lives = () => world.services.agents.lives(world.admin, one.id);
/** `unheard`: the host was away before. */
const reconcile = (unheard = false) => finish(reconciler.reconcile(world.host, world.fake, unheard));
const run = (returned: boolean) => void reconciler.run(world.host, world.fake, over.signal, returned);

it('what is as it was is not told', async () => {
  const before = world.facts.length;
  await reconcile();
  await reconcile(true);
  expect(world.facts).toHaveLength(before);
});

describe('what an event missed', () => {
  it('a stop from outside', async () => {
    await finish(world.fake.stopContainer(id, 1_000));
    await reconcile();
    expect(row()).toMatchObject({ state: 'stopped', reason: 'external', exitCode: 143 });
    expect(lives()).toMatchObject([{ exitCode: 143 }]);
  });

  it('a crash, with its code and its time', async () => {
    world.fake.exit(id, 3);
    const { finishedAt } = await world.fake.inspectContainer(id);
    await pass(5_000);
    await reconcile();
    expect(row()).toMatchObject({ state: 'crashed', reason: 'crash 3', exitCode: 3, endedAt: finishedAt });
  });

  it('a killing for memory', async () => {
    world.fake.exit(id, 137, { oom: true });
    await reconcile(true);
    expect(row()).toMatchObject({ state: 'crashed', reason: 'oom' });
    expect(lives()).toMatchObject([{ oomKilled: true }]);
  });

  it('a pause and its end', async () => {
    await world.fake.pauseContainer(id);
    await reconcile();
    expect(row()).toMatchObject({ state: 'paused', reason: 'external' });
    await world.fake.unpauseContainer(id);
    await reconcile();
    expect(row().state).toBe('ready');
    expect(lives()).toHaveLength(1);
  });

  it('a removal', async () => {
    await world.fake.removeContainer(id, { force: true });
    await reconcile();
    expect(row()).toMatchObject({ state: 'removed', reason: 'external' });
  });

  it('a start', async () => {
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    await pass(1_000);
    await world.fake.startContainer(id);
    await reconcile();
    expect(row()).toMatchObject({ state: 'ready', reason: 'external', wanted: 'running' });
    expect(lives()).toHaveLength(2);
  });

  it('is found within 30 s', async () => {
    run(false);
    await pass(500);
    world.fake.exit(id, 3);
    await until(() => expect(row().state).toBe('crashed'), 30_000);
  });
});

describe('after the host was away', () => {
  it('one that ended by itself meanwhile has its own code', async () => {
    world.fake.goAway();
    world.fake.exit(id, 3);
    world.fake.comeBack();
    await reconcile(true);
    expect(row()).toMatchObject({ state: 'crashed', reason: 'crash 3', exitCode: 3 });
  });

  it('one that the restart of the host ended says so', async () => {
    world.fake.comeBack({ rebooted: true });
    run(true);
    await pass(500);
    expect(row()).toMatchObject({
      state: 'stopped',
      reason: 'host restart',
      exitCode: 137,
      wanted: 'stopped',
    });
  });

  it('one that ended and runs again has two lives', async () => {
    world.fake.exit(id, 3);
    await pass(1_000);
    await world.fake.startContainer(id);
    await reconcile(true);
    expect(row().state).toBe('ready');
    expect(lives().map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
  });

  it('and an engine that answers badly at first is asked again soon, with the same eyes', async () => {
    world.fake.comeBack({ rebooted: true });
    world.fake.failNext('listContainers', new EngineRefusal(500, 'still loading'));
    run(true);
    await pass(500);
    expect(row().state).toBe('ready');
    await pass(1_500);
    expect(row().reason).toBe('host restart');
  });
});

it('one that was killed while Slipway itself was away was killed from outside', async () => {
  await world.fake.killContainer(id, 'SIGKILL');
  run(false);
  await pass(500);
  expect(row()).toMatchObject({ state: 'stopped', reason: 'external', exitCode: 137 });
});

describe('hands off', () => {
  it('an agent that somebody works on is left to him', async () => {
    const release = world.fake.hold('stopContainer');
    const stopping = world.services.agents.stop(world.admin, one.id, {}, { wait: true });
    await settled();
    world.fake.exit(id, 3);
    await reconcile();
    expect(row()).toMatchObject({ state: 'stopping', reason: 'operator ada' });
    release();
    expect(await finish(stopping)).toMatchObject({ state: 'stopped', reason: 'operator ada' });
  });

  it('what changed while the list was made is newer than the list', async () => {
    const list = await world.fake.listContainers();
    vi.spyOn(world.fake, 'listContainers').mockImplementationOnce(async () => {
      await world.services.agents.pause(world.admin, one.id);
      return list;
    });
    await reconcile();
    expect(row().state).toBe('paused');
  });

  it.each<[string, Labels]>([
    ['of another instance', { [LABEL.instance]: 'another', [LABEL.agentId]: 'failed' }],
    ['without labels', {}],
    ['of ours whose agent is not known', { [LABEL.instance]: INSTANCE, [LABEL.agentId]: 'unknown' }],
    ['of ours without an agent', { [LABEL.instance]: INSTANCE }],
  ])('a container %s stays', async (_title, labels) => {
    const failed = newRow(world, { name: 'failed' });
    world.records.create(failed, () => undefined);
    world.records.fail(failed.id, { code: 'ENGINE_ERROR', message: 'no', hint: 'none' });
    const named = labels[LABEL.agentId] === 'failed' ? { ...labels, [LABEL.agentId]: failed.id } : labels;
    const other = await startForeign(world.fake, 'theirs', named);
    await reconcile();
    await reconcile(true);
    expect((await world.fake.inspectContainer(other)).status).toBe('running');
  });
});

it('what a failed spawn could not take away is taken away', async () => {
  const failed = newRow(world, { name: 'failed' });
  world.records.create(failed, () => undefined);
  world.records.fail(failed.id, { code: 'SOCKET_ERROR', message: 'no', hint: 'none' });
  await startForeign(world.fake, 'failed', { [LABEL.instance]: INSTANCE, [LABEL.agentId]: failed.id });
  await reconcile();
  expect((await world.fake.listContainers()).map(({ name }) => name)).toEqual(['one']);
  expect(world.row(failed.id).state).toBe('failed');
});

it('takes up the work that a crash cut off', async () => {
  world.records.move(row().id, 'stopping', 'operator bob');
  run(false);
  await until(() => expect(row()).toMatchObject({ state: 'stopped', reason: 'operator bob' }), 20_000);
});

describe('a recreate that was cut off', () => {
  const labels = () => ({ [LABEL.instance]: INSTANCE, [LABEL.agentId]: row().id });
  const names = async () => (await world.fake.listContainers()).map(({ name }) => name).sort();

  it('before the swap: what it had made goes', async () => {
    await startForeign(world.fake, nextContainerName(row().id), labels());
    await reconcile();
    expect(await names()).toEqual(['one']);
    expect(row()).toMatchObject({ state: 'ready', containerId: id });
  });

  it('after the swap: the old container goes and the new one has the name', async () => {
    const next = await startForeign(world.fake, nextContainerName(row().id), labels());
    world.records.swap(row().id, 'operator ada', { containerId: next });
    await reconcile();
    await reconcile();
    expect(await names()).toEqual(['one']);
    expect((await world.fake.inspectContainer(next)).name).toBe('one');
  });
});
