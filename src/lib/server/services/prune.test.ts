import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LABEL } from '#lib/domain/labels.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import {
  containerOf,
  IMAGE,
  INSTANCE,
  makeWorld,
  NETWORK,
  person,
  type TestWorld,
} from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
const OURS = { [LABEL.instance]: INSTANCE };
const ALL = { images: true, networks: true, volumes: true };
const OLD = { agentsOlderThan: 3_600 };
type Input = Readonly<Record<string, unknown>>;

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const prune = (input: Input, actor = world.admin) => finish(world.services.prune.prune(actor, input));
const go = (input: Input) => prune({ ...input, dryRun: false });
const listed = async (input: Input) =>
  (await prune(input)).items.map(({ kind, name }) => `${kind} ${name}`).toSorted();
const spawn = (name: string, input: Input = {}) => finish(world.spawn({ name, ...input }));
const stop = (agent: AgentDetailView) =>
  finish(world.services.agents.stop(world.admin, agent.id, { timeout: 0 }, WAIT));
const old = async (name: string, input: Input = {}) => {
  const agent = await spawn(name, input);
  await stop(agent);
  await pass(3_601_000);
  return agent;
};
/** Loses its tag to a newer one. */
const dangle = () => {
  const image = world.fake.addImage('example.test/tool:1', { size: 1_000 });
  world.fake.addImage('example.test/tool:1');
  return image.id;
};

describe('a dry run', () => {
  it('lists what would go and changes nothing', async () => {
    const one = await old('one');
    dangle();
    await world.fake.createNetwork('spare', OURS);
    await world.fake.createVolume('spare-data', OURS);
    const facts = world.facts.length;
    const found = await prune({ ...ALL, ...OLD });
    expect(found).toMatchObject({ dryRun: true, count: 4, size: 1_000, operation: null });
    expect(found.items.map(({ kind, error }) => [kind, error])).toEqual(
      ['agent', 'image', 'network', 'volume'].map((kind) => [kind, null]),
    );
    expect(found.items[0]?.why).toMatch(/^stopped since 20/);
    expect(world.facts).toHaveLength(facts);
    expect(world.row(one.id).state).toBe('stopped');
    expect(await listed({ ...ALL, ...OLD })).toHaveLength(4);
  });

  it('is what comes of saying nothing', async () => {
    await old('one');
    expect(await prune(OLD)).toMatchObject({ dryRun: true, count: 1 });
    expect(await prune({})).toMatchObject({ count: 0 });
  });

  it('leaves running, young and busy agents out, and those whose end is too near', async () => {
    const running = await spawn('running');
    const busy = await old('busy');
    await stop(await spawn('young'));
    const release = world.fake.hold('startContainer');
    const starting = world.services.agents.start(world.admin, busy.id, WAIT);
    await settled();
    expect(await listed(OLD)).toEqual([]);
    release();
    await finish(starting);
    expect(await listed(OLD)).toEqual([]);
    world.fake.exit(containerOf(running), 3);
    await pass(3_601_000);
    expect(await listed(OLD)).toEqual(['agent running', 'agent young']);
  });

  it('leaves out what others made, what is used, and what an agent may need again', async () => {
    await world.fake.createNetwork('theirs', {});
    await world.fake.createVolume('theirs', {});
    await world.fake.createNetwork('used', OURS);
    const id = dangle();
    await world.fake.createContainer('user', { Image: id, HostConfig: {} });
    await stop(await spawn('one', { networks: [NETWORK, 'used'], volumes: ['data:/data'] }));
    const bad = { name: 'bad', volumes: ['wanted:/data'], command: ['no-such-command'] };
    await finish(world.spawn(bad).catch(() => undefined));
    await world.fake.createVolume('wanted', OURS);
    expect(await listed(ALL)).toEqual([]);
  });

  it('the default network stays, also when nothing uses it', async () => {
    await finish(world.services.agents.remove(world.admin, (await spawn('one')).id, { force: true }, WAIT));
    expect(await listed(ALL)).toEqual([]);
    expect((await world.fake.listNetworks()).map(({ name }) => name)).toContain(NETWORK);
  });
});

describe('for real', () => {
  it('removes what it listed, and says what it freed', async () => {
    const one = await old('one');
    dangle();
    await world.fake.createNetwork('spare', OURS);
    await world.fake.createVolume('spare-data', OURS);
    const done = await go({ ...ALL, ...OLD });
    expect(done).toMatchObject({ dryRun: false, count: 4, size: 1_000, operation: { state: 'succeeded' } });
    expect(done.operation?.steps[0]?.note).toBe('4 gone');
    expect(world.row(one.id)).toMatchObject({ state: 'removed', reason: 'operator ada' });
    expect(await world.fake.listContainers()).toEqual([]);
    expect(await listed({ ...ALL, ...OLD })).toEqual([]);
    expect(await world.fake.inspectImage(IMAGE)).not.toBeNull();
  });

  it('one that fails holds up no other, and frees nothing', async () => {
    const one = await old('one');
    await old('two');
    dangle();
    world.fake.failNext('removeImage', new EngineRefusal(409, 'image is being used by running container'));
    world.fake.failNext('removeContainer', new EngineRefusal(500, 'device busy'));
    await world.fake.createVolume('spare', OURS);
    const done = await go({ ...ALL, ...OLD });
    expect(done.items.map(({ kind, error }) => [kind, error === null])).toEqual([
      ['agent', false],
      ['agent', true],
      ['image', false],
      ['volume', true],
    ]);
    expect(done).toMatchObject({
      size: 0,
      operation: { state: 'succeeded', steps: [{ note: '2 gone, 2 not' }] },
    });
    expect(done.items[0]?.error?.details?.engine?.message).toBe('device busy');
    expect(world.row(one.id)).toMatchObject({ state: 'stopped', reason: 'remove failed' });
  });

  it('with nothing to do there is no operation', async () => {
    expect(await go({ ...ALL, ...OLD })).toMatchObject({ count: 0, operation: null });
    expect(world.operationRows.list(10)).toEqual([]);
  });

  it('an agent that was started again while others went stays', async () => {
    const [first, second] = [await spawn('a'), await spawn('b')];
    await stop(first);
    await stop(second);
    await pass(3_601_000);
    const release = world.fake.hold('removeContainer');
    const working = world.services.prune.prune(world.admin, { ...OLD, dryRun: false });
    await settled();
    await finish(world.services.agents.start(world.admin, second.id, WAIT));
    release();
    const done = await finish(working);
    expect(done.items.map(({ error }) => error?.code ?? null)).toEqual([null, 'CONFLICT']);
    expect(world.row(first.id).state).toBe('removed');
    expect(world.row(second.id).state).toBe('ready');
    expect((await world.fake.inspectContainer(containerOf(second))).status).toBe('running');
  });

  it('a host that goes away in the middle fails the rest, each with its own reason', async () => {
    await old('one');
    await old('two');
    const release = world.fake.hold('removeContainer');
    const working = world.services.prune.prune(world.admin, { ...OLD, dryRun: false });
    await settled();
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 30_000);
    release();
    const done = await finish(working);
    expect(done.items.map(({ error }) => error?.code)).toEqual(['SOCKET_ERROR', 'SOCKET_ERROR']);
    expect(world.agents.list().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('can be cancelled between two', async () => {
    await old('one');
    await old('two');
    const release = world.fake.hold('removeContainer');
    const working = world.services.prune.prune(world.admin, { ...OLD, dryRun: false });
    const ended = expect(working).rejects.toMatchObject({ code: 'CANCELLED' });
    await settled();
    const running = world.services.operations.list(world.admin).find(({ kind }) => kind === 'prune');
    world.services.operations.cancel(world.admin, running?.id ?? '');
    release();
    await finish(ended);
    await settled();
    expect(world.agents.list()).toHaveLength(1);
  });
});

describe('hosts', () => {
  it('that are away are left out, with their agents', async () => {
    await old('one');
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    expect(await prune({ ...ALL, ...OLD })).toMatchObject({ count: 0 });
    await expect(prune({ ...OLD, host: 'local' })).rejects.toMatchObject({ code: 'SOCKET_ERROR' });
  });

  it('that nobody knows are refused', async () => {
    await expect(prune({ host: 'elsewhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('rights', () => {
  it('operators may clean up agents, and only admins the host', async () => {
    await old('one');
    expect(await prune(OLD, person('operator'))).toMatchObject({ count: 1 });
    for (const part of Object.keys(ALL))
      await expect(prune({ ...OLD, [part]: true }, person('operator'))).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    await expect(prune(OLD, person('viewer'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(finish(world.services.prune.prune(null, OLD))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});
