import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { SnapshotService } from './snapshots.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let snapshots: SnapshotService;
let one: AgentDetailView;
beforeEach(async () => {
  world = await makeWorld();
  snapshots = world.services.snapshots;
  one = await finish(world.spawn({ name: 'one' }));
});
afterEach(() => finish(world.close()));

const take = (name: string, idOrName = 'one') => finish(snapshots.create(world.admin, idOrName, { name }));
const failure = (work: Promise<unknown>) =>
  finish(work).then(
    () => null,
    (error: unknown) => error,
  );

describe('taking one', () => {
  it('commits the container under the name of the agent and of the snapshot', async () => {
    world.fake.use(containerOf(one), { writableBytes: 1_000 });
    const snapshot = await take('before');
    expect(snapshot).toMatchObject({
      name: 'before',
      agentName: 'one',
      image: 'slipway/one:before',
      parentId: null,
      createdBy: 'ada',
      size: 8_001_000,
    });
    expect(await world.fake.inspectImage('slipway/one:before')).toMatchObject({ id: snapshot?.imageId });
    expect(snapshots.list(world.admin)).toEqual([snapshot]);
    expect(world.row(one.id).state).toBe('ready');
  });

  it('each has the one before it as its parent', async () => {
    const first = await take('a');
    await pass(10);
    const second = await take('b');
    await pass(10);
    const third = await take('c');
    expect([second?.parentId, third?.parentId]).toEqual([first?.id, second?.id]);
    expect(snapshots.ofAgent(world.admin, 'one').map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it('moves the place that its agent goes back to, and says so to whoever shows the agent', async () => {
    const newest = () => world.facts.findLast((fact) => fact.kind === 'agent' && fact.agent.id === one.id);
    const first = await take('a');
    expect(newest()).toMatchObject({ agent: { snapshotId: first?.id } });
    await pass(10);
    const second = await take('b');
    expect(newest()).toMatchObject({ agent: { snapshotId: second?.id } });
    await finish(snapshots.delete(world.admin, second?.id ?? ''));
    expect(newest()).toMatchObject({ agent: { snapshotId: first?.id } });
  });

  it('works on a stopped one', async () => {
    await finish(world.services.agents.stop(world.admin, 'one', {}, { wait: true }));
    expect((await take('after'))?.name).toBe('after');
  });

  it('has the time as its name when nobody names it', async () => {
    const snapshot = await finish(snapshots.create(world.admin, 'one', {}));
    expect(snapshot?.name).toMatch(/^\d{4}-\d\d-\d\d-\d{6}$/);
  });

  it('is told', async () => {
    const snapshot = await take('before');
    expect(world.facts.filter(({ kind }) => kind === 'snapshot')).toMatchObject([
      { snapshot: { id: snapshot?.id } },
    ]);
  });
});

describe('refused before anything happens', () => {
  it.each(['Upper', 'with space', '-x', '../x', 'a'.repeat(129)])('the name %s', async (name) => {
    const commit = vi.spyOn(world.fake, 'commitContainer');
    expect(await failure(snapshots.create(world.admin, 'one', { name }))).toMatchObject({
      code: 'VALIDATION',
    });
    expect(commit).not.toHaveBeenCalled();
    expect(world.operationRows.list(10).map(({ kind }) => kind)).toEqual(['spawn']);
  });

  it('a name that this agent has', async () => {
    await take('before');
    expect(await failure(take('before'))).toMatchObject({
      code: 'CONFLICT',
      message: 'There is a snapshot "before" of one already',
    });
  });

  it('a name for which an image is there that we did not make', async () => {
    world.fake.addImage('slipway/one:theirs');
    expect(await failure(take('theirs'))).toMatchObject({ code: 'CONFLICT' });
  });

  it('one that is being created', async () => {
    const release = world.fake.hold('createContainer');
    const spawning = world.spawn({ name: 'two' });
    await until(() => expect(world.agents.byName('two')?.state).toBe('creating'));
    expect(await failure(snapshots.create(world.admin, 'two', { name: 'x' }))).toMatchObject({
      code: 'CONFLICT',
      message: 'two cannot be snapshotted now: it is creating',
    });
    release();
    await finish(spawning);
  });

  it('an agent that is not there, and a person who may not', async () => {
    expect(await failure(snapshots.create(world.admin, 'none', {}))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failure(snapshots.create(person('viewer'), 'one', {}))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await failure(snapshots.create(null, 'one', {}))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

it('a commit that fails leaves no record of a snapshot', async () => {
  world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
  expect(await failure(take('x'))).toMatchObject({
    details: { engine: { message: 'no space left on device' } },
  });
  expect(snapshots.list(world.admin)).toEqual([]);
});

describe('deleting one', () => {
  it('takes its image away and is told', async () => {
    const snapshot = await take('before');
    await finish(snapshots.delete(world.admin, snapshot?.id ?? ''));
    expect(await world.fake.inspectImage('slipway/one:before')).toBeNull();
    expect(snapshots.list(world.admin)).toEqual([]);
    expect(world.facts.at(-1)).toMatchObject({ kind: 'snapshot', deleted: true });
  });

  it('that an agent was made from is refused, and stays', async () => {
    const snapshot = await take('before');
    await finish(world.spawn({ type: 'custom', image: 'slipway/one:before', pull: 'never' }));
    expect(await failure(snapshots.delete(world.admin, snapshot?.id ?? ''))).toMatchObject({
      code: 'CONFLICT',
    });
    expect(snapshots.list(world.admin)).toHaveLength(1);
  });

  it('whose image is gone already is success', async () => {
    const snapshot = await take('before');
    await world.fake.removeImage('slipway/one:before', { force: true });
    await finish(snapshots.delete(world.admin, snapshot?.id ?? ''));
    expect(snapshots.list(world.admin)).toEqual([]);
  });

  it('that is not there is NOT_FOUND', async () => {
    expect(await failure(snapshots.delete(world.admin, 'none'))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
