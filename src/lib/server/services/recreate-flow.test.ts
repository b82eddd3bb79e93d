import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import type { Method } from '../engine/fake/calls.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, NETWORK, type TestWorld } from '../testing/world.ts';
import { nextContainerName } from './recreate-flow.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
type Input = Readonly<Record<string, unknown>>;
let world: TestWorld;
let agents: TestWorld['services']['agents'];
let one: AgentDetailView;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  agents = world.services.agents;
  one = await finish(world.spawn({ name: 'one', env: { A: '1' }, tags: { team: 'blue' } }));
  await pass(1_000);
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  expect(world.broken).toEqual([]);
  await finish(world.close());
});

const row = () => world.row(one.id);
const begin = (input: Input = {}, id: string = one.id) => agents.recreate(world.admin, id, input, WAIT);
const failure = (work: Promise<unknown>) =>
  finish(
    work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const containers = async () =>
  Object.fromEntries((await world.fake.listContainers()).map(({ name, id }) => [name, id]));
// the pull of its image is an operation of its own
const operation = () => world.services.operations.list(world.admin).find((each) => each.kind !== 'pull');
const hasNext = async () => nextContainerName(row().id) in (await containers());

describe('a recreate that goes well', () => {
  it('keeps the old one until the new one is ready, then gives it place and name', async () => {
    const release = world.fake.hold('stopContainer');
    const release2 = world.fake.hold('startContainer');
    const working = begin({ env: { B: '2' } });
    await until(async () => expect(await hasNext()).toBe(true));
    expect(row()).toMatchObject({ state: 'ready', containerId: one.containerId });
    expect((await world.fake.inspectContainer(containerOf(one))).status).toBe('running');
    release2();
    release();
    const after = await finish(working);
    expect(after).toMatchObject({ state: 'ready', wanted: 'running', spec: { env: { A: '1', B: '2' } } });
    expect(after.containerId).not.toBe(one.containerId);
    expect(await containers()).toEqual({ one: after.containerId });
    await pass(500);
    expect(agents.lives(world.admin, one.id).map((each) => each.containerId)).toEqual([
      after.containerId,
      one.containerId,
    ]);
    expect(world.states(one.id)).toEqual(['queued', 'preparing', 'creating', 'starting', 'ready']);
    expect(operation()).toMatchObject({ kind: 'recreate', state: 'succeeded' });
  });

  it.each(['stop', 'crash'])('of one that ended by %s it runs afterwards', async (way) => {
    if (way === 'stop') await finish(agents.stop(world.admin, one.id, {}, WAIT));
    else world.fake.exit(containerOf(one), 3);
    await pass(1_000);
    const after = await finish(begin());
    expect(after).toMatchObject({ state: 'ready', wanted: 'running', exitCode: null, error: null });
    expect(await containers()).toEqual({ one: after.containerId });
  });

  it('takes away what an attempt that was cut off had left', async () => {
    const labels = (await world.fake.inspectContainer(containerOf(one))).labels;
    await world.fake.createContainer(nextContainerName(row().id), {
      Image: one.image,
      Labels: labels,
      HostConfig: {},
    });
    const after = await finish(begin());
    expect(await containers()).toEqual({ one: after.containerId });
  });
});

const FAULTS: readonly (readonly [string, Input, Method | null, string])[] = [
  ['image', { image: 'example.test/none:1' }, null, 'PULL_FAILED'],
  ['network', { networks: ['nowhere'] }, null, 'NETWORK_ERROR'],
  ['volumes', { volumes: ['data:/data'] }, 'createVolume', 'ENGINE_ERROR'],
  ['create', { volumes: ['data:/data'] }, 'createContainer', 'ENGINE_ERROR'],
  ['start', { command: ['no-such-command'] }, null, 'VALIDATION'],
  ['ready', { readiness: { log: 'never', timeout: 1 } }, null, 'READY_TIMEOUT'],
  ['ready', { command: ['sh', '-c', 'exit 3'] }, null, 'CONFLICT'],
];

describe('a step that fails leaves the old one as it was, and nothing behind', () => {
  it.each(FAULTS)('%s: %j', async (step, input, method, code) => {
    const before = row();
    if (method !== null) world.fake.failNext(method, new EngineRefusal(500, 'device busy'));
    expect(await failure(begin(input))).toMatchObject({ code });
    await pass(500);
    expect(row()).toEqual(before);
    expect(await containers()).toEqual({ one: one.containerId });
    expect((await world.fake.inspectContainer(containerOf(one))).status).toBe('running');
    expect(await world.fake.listVolumes()).toEqual([]);
    expect(operation()).toMatchObject({ state: 'failed', error: { code }, retryable: true });
    expect(operation()?.steps.find((each) => each.state === 'failed')?.name).toBe(step);
    expect((await finish(begin())).state).toBe('ready');
  });

  it('what the host has not is refused in the first step', async () => {
    expect(await failure(begin({ resources: { cpu: 99 } }))).toMatchObject({ code: 'RESOURCE_LIMIT' });
    expect(await containers()).toEqual({ one: one.containerId });
  });

  it('an engine that goes away in the middle', async () => {
    const release = world.fake.hold('startContainer');
    const working = failure(begin());
    await until(async () => expect(await hasNext()).toBe(true));
    world.fake.goAway();
    expect(await working).toMatchObject({ code: 'SOCKET_ERROR' });
    release();
    expect(row()).toMatchObject({ state: 'ready', containerId: one.containerId });
  });

  it('cancelled in the middle', async () => {
    const before = row();
    const working = failure(begin({ readiness: { log: 'never' } }));
    await until(() => expect(operation()?.steps.at(-2)?.state).toBe('running'));
    world.services.operations.cancel(world.admin, operation()?.id ?? '');
    expect(await working).toMatchObject({ code: 'CANCELLED' });
    await settled();
    expect(row()).toEqual(before);
    expect(await containers()).toEqual({ one: one.containerId });
    expect(operation()?.state).toBe('cancelled');
  });
});

describe('with a port of the host', () => {
  beforeEach(async () => {
    one = await finish(world.spawn({ name: 'two', ports: ['8080:80'] }));
    await pass(1_000);
  });

  it('the old one is stopped before the new one starts', async () => {
    const after = await finish(begin({ env: { B: '2' } }));
    expect(operation()?.steps.map((each) => each.name)).toContain('stop old');
    expect(after).toMatchObject({ state: 'ready', reason: 'operator ada' });
    const { ports } = await world.fake.inspectContainer(containerOf(after));
    expect(ports).toMatchObject([{ container: '80/tcp', host: 8080 }]);
  });

  it('the old one is started again when the new one fails, by our own hand', async () => {
    expect(await failure(begin({ command: ['no-such-command'] }))).toMatchObject({ code: 'VALIDATION' });
    await pass(500);
    expect(row()).toMatchObject({
      state: 'ready',
      wanted: 'running',
      containerId: one.containerId,
      reason: 'operator ada',
    });
    expect(agents.lives(world.admin, one.id)).toMatchObject([
      { endedAt: null },
      { exitCode: 143, reason: 'operator ada' },
    ]);
    expect(world.services.crashes.ofAgent(world.admin, one.id)).toEqual([]);
  });

  it('another port needs no stop', async () => {
    await finish(begin({ ports: ['8081:80'] }));
    expect(operation()?.steps.map((each) => each.name)).not.toContain('stop old');
  });
});

it.each<Method>(['stopContainer', 'removeContainer', 'renameContainer'])(
  'when %s fails after the swap, the new one is the container of the agent',
  async (method) => {
    world.fake.failNext(method, new EngineRefusal(500, 'device busy'));
    expect(await failure(begin({ env: { B: '2' } }))).toMatchObject({ code: 'ENGINE_ERROR' });
    await pass(500);
    expect(row()).toMatchObject({ state: 'ready', spec: { env: { A: '1', B: '2' } } });
    expect(row().containerId).not.toBe(one.containerId);
    expect((await world.fake.inspectContainer(containerOf(row()))).status).toBe('running');
  },
);

it('of a failed one without a container tries again with the new fields', async () => {
  expect(await failure(world.spawn({ name: 'bad', command: ['no-such-command'] }))).not.toBeNull();
  const bad = agents.get(world.admin, 'bad');
  expect(bad).toMatchObject({ state: 'failed', containerId: null });
  const after = await finish(begin({ command: ['sleep', '100'] }, bad.id));
  expect(after).toMatchObject({
    id: bad.id,
    state: 'ready',
    error: null,
    spec: { command: ['sleep', '100'] },
  });
  expect(after.can).toContain('recreate');
});

describe('what happens beside it', () => {
  it('a second one is refused and the first goes on', async () => {
    const release = world.fake.hold('startContainer');
    const first = begin();
    await until(async () => expect(await hasNext()).toBe(true));
    expect(await failure((async () => begin())())).toMatchObject({ code: 'CONFLICT' });
    release();
    expect((await finish(first)).state).toBe('ready');
  });

  it('a removal ends it, and nothing is left', async () => {
    const release = world.fake.hold('startContainer');
    const working = failure(begin());
    await until(async () => expect(await hasNext()).toBe(true));
    const removing = agents.remove(world.admin, one.id, { force: true }, WAIT);
    await settled();
    release();
    expect(await finish(removing)).toMatchObject({ state: 'removed' });
    expect(await working).toMatchObject({ code: 'CANCELLED' });
    await pass(1_000);
    expect(row()).toMatchObject({ state: 'removed', wanted: 'removed' });
    expect(await containers()).toEqual({});
  });

  it('somebody who stops the agent meanwhile wins', async () => {
    const release = world.fake.hold('startContainer');
    const working = failure(begin());
    await until(async () => expect(await hasNext()).toBe(true));
    await finish(agents.stop(world.admin, one.id, {}, WAIT));
    release();
    expect(await working).toMatchObject({ code: 'CONFLICT' });
    expect(row()).toMatchObject({ state: 'stopped', wanted: 'stopped', containerId: one.containerId });
    expect(await containers()).toEqual({ one: one.containerId });
  });

  it('an end of the old one by itself is a crash, and the new one takes over', async () => {
    const release = world.fake.hold('startContainer');
    const working = begin();
    await until(async () => expect(await hasNext()).toBe(true));
    world.fake.exit(containerOf(one), 3);
    await until(() => expect(row()).toMatchObject({ state: 'crashed', reason: 'crash 3' }));
    release();
    expect((await finish(working)).state).toBe('ready');
    await until(() => expect(world.services.crashes.ofAgent(world.admin, one.id)).toHaveLength(1));
  });
});

describe('what is refused at once', () => {
  const refused = (input: Input) => failure((async () => begin(input))());

  it('other tags', async () => {
    expect(await refused({ tags: { team: 'red' } })).toMatchObject({ code: 'TAGS_IMMUTABLE' });
    expect((await finish(begin({ tags: { team: 'blue' } }))).tags).toEqual({ team: 'blue' });
  });

  it('a field that breaks its rule, and one that does not exist', async () => {
    expect(await refused({ networks: ['-'] })).toMatchObject({ code: 'VALIDATION' });
    expect(await refused({ colour: 'red' })).toMatchObject({ code: 'VALIDATION' });
    expect(operation()?.kind).toBe('spawn');
  });

  it('a paused one', async () => {
    await finish(agents.pause(world.admin, one.id));
    expect(await refused({})).toMatchObject({ code: 'CONFLICT' });
  });

  it('the default network stays through it all', async () => {
    await refused({ networks: ['nowhere'] });
    expect((await world.fake.listNetworks()).map(({ name }) => name)).toContain(NETWORK);
  });
});
