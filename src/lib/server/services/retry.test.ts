import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView, OperationView } from '#lib/protocol/views.ts';
import type { Method } from '../engine/fake/calls.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, NETWORK, person, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
type Agents = TestWorld['services']['agents'];
let world: TestWorld;
let agents: Agents;
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

const refuse = (method: Method) => {
  world.fake.failNext(method, new EngineRefusal(500, 'device busy'));
};
const failing = async (work: () => Promise<unknown>): Promise<OperationView> => {
  await expect(finish(work())).rejects.toThrow();
  await pass(100);
  const [newest] = world.services.operations.list(world.admin, 1);
  if (newest === undefined) throw new Error('there is no operation');
  expect(newest).toMatchObject({ state: 'failed' });
  return newest;
};
const retry = (operation: { readonly id: string }, actor = world.admin) =>
  finish(world.services.retry.retry(actor, operation.id));
const over = async ({ id }: OperationView) => {
  await until(() => expect(world.services.operations.get(world.admin, id).state).not.toBe('running'), 20_000);
  return world.services.operations.get(world.admin, id);
};

const CASES: readonly (readonly [string, Method, (it: Agents, id: string) => Promise<unknown>, object])[] = [
  [
    'stop',
    'stopContainer',
    (it, id) => it.stop(world.admin, id, { timeout: 500 }, WAIT),
    { state: 'stopped' },
  ],
  [
    'remove',
    'stopContainer',
    (it, id) => it.remove(world.admin, id, { force: true }, WAIT),
    { state: 'removed' },
  ],
  ['rename', 'renameContainer', (it, id) => it.rename(world.admin, id, { name: 'two' }), { name: 'two' }],
  [
    'update',
    'updateContainer',
    (it, id) => it.update(world.admin, id, { resources: { cpu: 1 } }),
    { state: 'ready' },
  ],
  [
    'recreate',
    'createContainer',
    (it, id) => it.recreate(world.admin, id, { env: { B: '2' } }, WAIT),
    { state: 'ready' },
  ],
];

describe('an operation that failed', () => {
  it.each(CASES)('%s is tried again with what was asked for', async (kind, method, work, after) => {
    refuse(method);
    const failed = await failing(() => work(agents, one.id));
    expect(failed).toMatchObject({ kind, retryable: true });
    const again = await retry(failed);
    expect(again).toMatchObject({ kind, agentId: one.id });
    expect(again.id).not.toBe(failed.id);
    expect((await over(again)).state).toBe('succeeded');
    expect(world.row(one.id)).toMatchObject(after);
  });

  it('keeps the fields that were asked for', async () => {
    refuse('createContainer');
    await retry(await failing(() => agents.recreate(world.admin, one.id, { env: { B: '2' } }, WAIT)));
    await until(() => expect(world.row(one.id).spec.env).toEqual({ B: '2' }));
  });

  it('a restore is tried again as one, with its place in the lineage', async () => {
    const { snapshots, forking } = world.services;
    const first = await finish(snapshots.create(world.admin, one.id, { name: 'first' }));
    const second = await finish(snapshots.create(world.admin, one.id, { name: 'second' }));
    await pass(10);
    refuse('createContainer');
    const failed = await failing(() =>
      forking.restore(world.admin, one.id, { snapshot: first?.id ?? '' }, WAIT),
    );
    expect(world.row(one.id).snapshotId).toBe(second?.id);
    expect((await over(await retry(failed))).state).toBe('succeeded');
    expect(world.row(one.id)).toMatchObject({ snapshotId: first?.id, spec: { image: first?.image } });
  });

  it('snapshot', async () => {
    refuse('commitContainer');
    const failed = await failing(() =>
      world.services.snapshots.create(world.admin, one.id, { comment: 'mine' }),
    );
    await over(await retry(failed));
    expect(world.services.snapshots.ofAgent(world.admin, one.id)).toMatchObject([{ comment: 'mine' }]);
  });

  it('spawn that left nothing makes it anew', async () => {
    refuse('startContainer');
    const failed = await failing(() => world.spawn({ name: 'two' }));
    const again = await retry(failed);
    expect(again.kind).toBe('spawn');
    expect(await over(again)).toMatchObject({ state: 'succeeded' });
    expect(agents.get(world.admin, 'two').state).toBe('ready');
  });

  it('spawn whose container was kept is started, and that is the operation that is told', async () => {
    const wish = { name: 'two', readiness: { exec: ['false'], timeout: 1 } };
    refuse('createContainer');
    const first = await failing(() => world.spawn(wish));
    const second = await retry(first);
    expect((await over(second)).error?.code).toBe('READY_TIMEOUT');
    const third = await retry(second);
    expect(third).toMatchObject({ kind: 'start' });
    expect([first.id, second.id]).not.toContain(third.id);
    await over(third);
  });

  it('that fails again tells the new failure', async () => {
    refuse('createContainer');
    const failed = await failing(() => agents.recreate(world.admin, one.id, {}, WAIT));
    refuse('createContainer');
    const again = await retry(failed);
    expect(await over(again)).toMatchObject({ state: 'failed', retryable: true });
    expect((await over(await retry(again))).state).toBe('succeeded');
  });

  it('whose wish was fulfilled meanwhile is answered with itself', async () => {
    refuse('stopContainer');
    const failed = await failing(() => agents.stop(world.admin, one.id, {}, WAIT));
    await finish(agents.stop(world.admin, one.id, {}, WAIT));
    expect((await retry(failed)).id).toBe(failed.id);
  });

  it('is refused where it makes no sense any more', async () => {
    refuse('stopContainer');
    const failed = await failing(() => agents.stop(world.admin, one.id, {}, WAIT));
    await finish(agents.remove(world.admin, one.id, { force: true }, WAIT));
    await expect(retry(failed)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('what is not tried again', () => {
  it('one that succeeded or runs', async () => {
    const [spawned] = world.services.operations.list(world.admin, 1);
    await expect(retry(spawned ?? one)).rejects.toMatchObject({ code: 'CONFLICT', message: 'It succeeded' });
    const release = world.fake.hold('stopContainer');
    const stopping = agents.stop(world.admin, one.id, {}, WAIT);
    await pass(10);
    const [running] = world.services.operations.list(world.admin, 1);
    await expect(retry(running ?? one)).rejects.toMatchObject({ message: 'It is still running' });
    release();
    await finish(stopping);
  });

  it('one whose request was not kept', async () => {
    await startForeign(world.fake, 'zebra');
    await finish(world.services.adoption.adopt(world.admin, { container: 'zebra' }));
    const [adopted] = world.services.operations.list(world.admin, 1);
    world.operationRows.update(world.services.operations.row(adopted?.id ?? '').id, { state: 'failed' });
    await expect(retry(adopted ?? one)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'What was asked for is not known any more',
    });
  });

  it('one that nobody knows', async () => {
    await expect(retry({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('rights', () => {
  it('are those of who asks now', async () => {
    const wish = { networks: true, volumes: true, dryRun: false };
    await world.fake.createNetwork('spare', { 'dev.slipway.instance': 'test-instance' });
    const release = world.fake.hold('removeNetwork');
    const pruning = world.services.prune.prune(world.admin, wish);
    await pass(10);
    const running = world.services.operations.list(world.admin).find(({ kind }) => kind === 'prune');
    release();
    await finish(pruning);
    world.operationRows.update(world.services.operations.row(running?.id ?? '').id, { state: 'failed' });
    await expect(retry(running ?? one, person('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(retry(running ?? one, person('viewer'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await world.fake.listNetworks()).map(({ name }) => name)).toContain(NETWORK);
  });

  it('an operator does not get by a retry what only an admin may have', async () => {
    refuse('createContainer');
    const wish = { security: { privileged: true } };
    const failed = await failing(() => agents.recreate(world.admin, one.id, wish, WAIT));
    await expect(retry(failed, person('operator'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(world.row(one.id).spec.security.privileged).toBe(false);
  });
});
