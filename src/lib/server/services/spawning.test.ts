import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentView } from '#lib/protocol/views.ts';
import type { ContainerFacts } from '../engine/engine.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, IMAGE, makeWorld, NETWORK, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const networkNames = async () => (await world.fake.listNetworks()).map(({ name }) => name);
const stepStates = (id: string) =>
  Object.fromEntries(
    (world.services.agents.operationsOf(world.admin, id)[0]?.steps ?? []).map(({ name, state }) => [
      name,
      state,
    ]),
  );
const begin = (input: Readonly<Record<string, unknown>> = {}, key: string | null = null) =>
  finish(world.spawning.spawn(world.admin, { type: 'shell', ...input }, key));

/** Spawns what cannot become ready. */
async function failing(input: Readonly<Record<string, unknown>> = {}) {
  const { row, operation } = await begin({ name: 'doomed', ...input });
  const error: unknown = await finish(Promise.resolve(operation?.done)).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  await settled();
  return { id: row.id, error, row: world.row(row.id), steps: stepStates(row.id) };
}

describe('a spawn that goes well', () => {
  it('goes through its states in order, and each is told with who asked', async () => {
    const agent = await finish(world.spawn({ name: 'one' }));
    expect(world.states(agent.id)).toEqual(['queued', 'preparing', 'creating', 'starting', 'ready']);
    expect(world.services.agents.history(world.admin, 'one').map(({ reason }) => reason)).toEqual(
      Array(5).fill('operator ada'),
    );
    expect(agent).toMatchObject({
      state: 'ready',
      wanted: 'running',
      createdBy: 'ada',
      exitCode: null,
      error: null,
    });
    expect(agent.startedAt).not.toBeNull();
    expect(stepStates(agent.id)).toEqual({
      validate: 'done',
      image: 'done',
      network: 'done',
      volumes: 'done',
      create: 'done',
      start: 'done',
      ready: 'done',
    });
  });

  it('answers at once with the agent in queued', async () => {
    const { row } = await begin({ name: 'one' });
    expect(row).toMatchObject({ name: 'one', state: 'queued' });
    await until(() => expect(world.row(row.id).state).toBe('ready'));
  });

  it('makes the default network when it is not there, and takes the name as that of the container', async () => {
    const agent = await finish(world.spawn({ name: 'one', tags: { team: 'blue' } }));
    const facts = await world.fake.inspectContainer(containerOf(agent));
    expect(facts).toMatchObject({ name: 'one', status: 'running', networks: [NETWORK] });
    expect(facts.labels).toMatchObject({ 'dev.slipway.agent.id': agent.id, 'dev.slipway.tag.team': 'blue' });
  });

  it('joins the other networks before it starts', async () => {
    await world.fake.createNetwork('side', {});
    const agent = await finish(world.spawn({ networks: [NETWORK, 'side'] }));
    expect((await world.fake.inspectContainer(containerOf(agent))).networks).toEqual([NETWORK, 'side']);
  });

  it('invents a name where none is given', async () => {
    expect((await finish(world.spawn())).name).toMatch(/^shell-[a-z]+-[a-z]+$/);
  });
});

describe('what the host cannot give is refused before anything is written', () => {
  it.each([
    [{ resources: { cpu: 99 } }, 'RESOURCE_LIMIT'],
    [{ resources: { memory: '4096g' } }, 'RESOURCE_LIMIT'],
    [{ runtime: 'nobody-has-it' }, 'VALIDATION'],
  ])('%j', async (input, code) => {
    await expect(begin({ name: 'doomed', ...input })).rejects.toMatchObject({ code });
    expect(world.agents.list()).toEqual([]);
    expect(world.facts.filter((fact) => fact.kind === 'agent')).toEqual([]);
  });
});

describe('a step that fails leaves nothing behind but a record', () => {
  afterEach(async () => {
    expect(await world.fake.listContainers()).toEqual([]);
    expect(await networkNames()).not.toContain(NETWORK);
  });

  it('image: it cannot be pulled', async () => {
    const { row, steps } = await failing({ image: 'example.test/none:1' });
    expect(row.error).toMatchObject({ code: 'PULL_FAILED', details: { engine: { status: 500 } } });
    expect(row.error?.details?.engine?.message).toContain('connection refused');
    expect(steps).toMatchObject({ validate: 'done', image: 'failed', network: 'skipped' });
  });

  it('network: a named one is missing', async () => {
    const { row, steps } = await failing({ networks: ['nowhere'] });
    expect(row.error).toMatchObject({
      code: 'NETWORK_ERROR',
      message: 'There is no network "nowhere" on this host',
    });
    expect(steps).toMatchObject({ image: 'done', network: 'failed', create: 'skipped' });
  });

  it('network: the default one cannot be made', async () => {
    world.fake.failNext(
      'createNetwork',
      new EngineRefusal(500, 'could not find an available, non-overlapping IPv4 address pool'),
    );
    const { row } = await failing();
    expect(row.error).toMatchObject({ code: 'NETWORK_ERROR', details: { engine: { status: 500 } } });
  });

  it('create: the engine refuses', async () => {
    world.fake.failNext('createContainer', new EngineRefusal(500, 'no space left on device'));
    const { row, steps } = await failing();
    expect(row.error).toMatchObject({
      code: 'RESOURCE_LIMIT',
      details: { engine: { message: 'no space left on device' } },
    });
    expect(steps).toMatchObject({ network: 'done', create: 'failed', start: 'skipped' });
  });

  it('create: the engine did it and its answer was lost', async () => {
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    world.fake.failNext('createContainer', lost, { afterEffect: true });
    const { row } = await failing();
    expect(row).toMatchObject({ state: 'failed', containerId: null, error: { code: 'SOCKET_ERROR' } });
  });

  it('create: a further network cannot be joined', async () => {
    await world.fake.createNetwork('side', {});
    world.fake.failNext('connectNetwork', new EngineRefusal(500, 'cannot attach to network side'));
    const { row } = await failing({ networks: [NETWORK, 'side'] });
    expect(row.error?.code).toBe('NETWORK_ERROR');
  });

  it('start: there is no such command', async () => {
    const { row, steps } = await failing({ command: ['no-such-command'] });
    expect(row).toMatchObject({
      state: 'failed',
      containerId: null,
      startedAt: null,
      error: { code: 'VALIDATION' },
    });
    expect(row.error?.details?.engine?.message).toContain('executable file not found');
    expect(steps).toMatchObject({ create: 'done', start: 'failed', ready: 'skipped' });
  });

  it('ready: the engine refuses to say how it is', async () => {
    const release = world.fake.hold('startContainer');
    const { row, operation } = await begin({ name: 'doomed' });
    await until(() => expect(world.row(row.id).state).toBe('starting'));
    world.fake.failNext('inspectContainer', new EngineRefusal(500, 'layer not known'));
    release();
    await expect(finish(Promise.resolve(operation?.done))).rejects.toThrow('layer not known');
    expect(world.row(row.id)).toMatchObject({
      state: 'failed',
      containerId: null,
      error: { code: 'ENGINE_ERROR' },
    });
    expect(stepStates(row.id)).toMatchObject({ start: 'done', ready: 'failed' });
    await settled();
  });

  it('a default network that was there before stays', async () => {
    const { id } = await world.fake.createNetwork(NETWORK, {});
    await failing({ command: ['no-such-command'] });
    expect(await networkNames()).toContain(NETWORK);
    await world.fake.removeNetwork(id);
  });

  it('the name is free again', async () => {
    const { id } = await failing({ command: ['no-such-command'] });
    await expect(begin({ name: 'doomed' })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await finish(world.services.agents.remove(world.admin, id, {}, { wait: true }));
    const again = await finish(world.spawn({ name: 'doomed' }));
    expect(again.state).toBe('ready');
    await finish(world.services.agents.remove(world.admin, again.id, { force: true }, { wait: true }));
    const network = (await world.fake.listNetworks()).find(({ name }) => name === NETWORK);
    await world.fake.removeNetwork(network?.id ?? '');
  });
});

describe('what is refused before anything is written', () => {
  const refused = async (input: Readonly<Record<string, unknown>>) => {
    const error: unknown = await begin(input).catch((thrown: unknown) => thrown);
    expect(world.agents.list()).toEqual([]);
    expect(world.operationRows.list(10)).toEqual([]);
    return error;
  };

  it('an unknown type, with the list of the known ones', async () => {
    const error = await refused({ type: 'robot' });
    expect(error).toMatchObject({
      code: 'VALIDATION',
      details: { known: expect.arrayContaining(['shell', 'custom']) as unknown },
    });
  });

  it('a field that breaks its rule', async () => {
    expect(await refused({ name: '-x' })).toMatchObject({
      code: 'VALIDATION',
      details: { fields: [{ field: 'name', value: '-x' }] },
    });
  });

  it('an unknown host', async () => {
    expect(await refused({ host: 'elsewhere' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a host that is away', async () => {
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    expect(await refused({})).toMatchObject({ code: 'SOCKET_ERROR' });
  });

  it('a name that a foreign container has', async () => {
    await startForeign(world.fake, 'theirs');
    expect(await refused({ name: 'theirs' })).toMatchObject({
      code: 'NAME_TAKEN',
      message: 'The name "theirs" is taken by a container that is not ours',
    });
  });
});

describe('names', () => {
  it('one that another agent has is refused before anything is made', async () => {
    await finish(world.spawn({ name: 'one' }));
    const error: unknown = await begin({ name: 'one' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'NAME_TAKEN', message: 'The name "one" is taken by another agent' });
    expect(world.agents.list()).toHaveLength(1);
  });

  it('the beginning of a foreign id is no name', async () => {
    const other = await finish(world.spawn({ name: 'one' }));
    const prefix = containerOf(other).slice(0, 12);
    expect((await finish(world.spawn({ name: prefix }))).name).toBe(prefix);
  });

  it('of two at once with one name, one gets it', async () => {
    const both = await finish(Promise.allSettled([begin({ name: 'one' }), begin({ name: 'one' })]));
    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'NAME_TAKEN' } },
    ]);
    await until(() => expect(world.agents.byName('one')?.state).toBe('ready'));
  });

  it('one that was invented and is that of a foreign container is not taken', async () => {
    await startForeign(world.fake, 'shell-amber-anchor');
    const draws = [0, 0];
    const random = vi.spyOn(Math, 'random').mockImplementation(() => draws.shift() ?? 0.5);
    const made = await finish(world.spawn()).finally(() => random.mockRestore());
    expect(made.name).not.toBe('shell-amber-anchor');
  });

  it('two at once for which the same name is invented get different ones', async () => {
    const draws = [0, 0, 0, 0, 0.5, 0.5];
    const random = vi.spyOn(Math, 'random').mockImplementation(() => draws.shift() ?? 0.9);
    const both = finish(Promise.all([begin(), begin()])).finally(() => random.mockRestore());
    const [first, second] = await both;
    expect(first.row.name).not.toBe(second.row.name);
    await until(() => expect(world.agents.list().map(({ state }) => state)).toEqual(['ready', 'ready']));
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same agent for the same request', async () => {
    const first = await begin({ name: 'one' }, 'key');
    await finish(Promise.resolve(first.operation?.done));
    const second = await begin({ name: 'one' }, 'key');
    expect(second.row.id).toBe(first.row.id);
    expect(second.operation).toBeNull();
    expect(await world.fake.listContainers()).toHaveLength(1);
  });

  it('is refused for another request', async () => {
    const { operation } = await begin({ name: 'one' }, 'key');
    await expect(begin({ name: 'two' }, 'key')).rejects.toMatchObject({ code: 'CONFLICT' });
    await finish(Promise.resolve(operation?.done));
  });

  it('belongs to who sent it', async () => {
    const { operation } = await begin({ name: 'one' }, 'key');
    const other = { ...world.admin, name: 'bob' };
    const theirs = await finish(world.spawning.spawn(other, { type: 'shell', name: 'two' }, 'key'));
    expect(theirs.row.name).toBe('two');
    await finish(Promise.all([operation?.done, theirs.operation?.done]));
  });

  it.each([{ name: 'one' }, {}])('gives one agent to two requests at once: %o', async (input) => {
    const both = await finish(Promise.all([begin(input, 'key'), begin(input, 'key')]));
    expect(both[0].row.id).toBe(both[1].row.id);
    await until(() => expect(world.agents.list().map(({ state }) => state)).toEqual(['ready']));
  });
});

describe('images', () => {
  const REMOTE = 'example.test/tool:1';
  const pulls = () => vi.spyOn(world.fake, 'pullImage');

  it('missing: one that is not here is pulled, with progress', async () => {
    world.fake.publish(REMOTE);
    const seen: (number | null)[] = [];
    world.bus.on('progress', ({ percent }) => seen.push(percent));
    const agent = await finish(world.spawn({ image: REMOTE }));
    expect(agent.imageId).toMatch(/^sha256:/);
    expect(seen.at(-1)).toBe(100);
  });

  it('missing: one that is here is not pulled', async () => {
    const pull = pulls();
    world.fake.addImage(REMOTE);
    await finish(world.spawn({ image: REMOTE, pull: 'missing' }));
    expect(pull).not.toHaveBeenCalled();
  });

  it('always: one that is here is pulled too', async () => {
    const pull = pulls();
    const before = world.fake.addImage(REMOTE).id;
    world.fake.publish(REMOTE);
    const agent = await finish(world.spawn({ image: REMOTE, pull: 'always' }));
    expect(pull).toHaveBeenCalledOnce();
    expect(agent.imageId).not.toBe(before);
  });

  it('never: one that is not here fails without a pull', async () => {
    const pull = pulls();
    world.fake.publish(REMOTE);
    const { row } = await failing({ image: REMOTE, pull: 'never' });
    expect(row.error?.code).toBe('IMAGE_NOT_FOUND');
    expect(pull).not.toHaveBeenCalled();
  });

  it('never: a type whose image is not there says what to do instead', async () => {
    await world.fake.removeImage(IMAGE, { force: true });
    const { row } = await failing();
    expect(row.error).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      hint: 'This type has no image here yet: build it on the page of its type, or with "npm run images".',
    });
  });
});

describe('cancelling', () => {
  it('while it pulls: nothing is left, and the image is not here', async () => {
    world.fake.publish('example.test/tool:1');
    const release = world.fake.hold('pullImage');
    const { row, operation } = await begin({ image: 'example.test/tool:1' });
    const done = expect(operation?.done).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(() => expect(stepStates(row.id)).toMatchObject({ image: 'running' }));
    world.services.agents.cancel(world.admin, row.id);
    await settled();
    release();
    await finish(done);
    expect(world.row(row.id)).toMatchObject({
      state: 'failed',
      containerId: null,
      error: { code: 'CANCELLED' },
    });
    expect(world.operationRows.list(1)[0]?.state).toBe('cancelled');
    expect(await world.fake.inspectImage('example.test/tool:1')).toBeNull();
    expect(world.services.agents.get(world.admin, row.id).attention).toBeNull();
  });

  it('in the middle of the create: the container goes too', async () => {
    const release = world.fake.hold('connectNetwork');
    await world.fake.createNetwork('side', {});
    const { row, operation } = await begin({ networks: [NETWORK, 'side'] });
    const done = expect(operation?.done).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(async () => expect(await world.fake.listContainers()).toHaveLength(1));
    world.services.agents.cancel(world.admin, row.id);
    release();
    await finish(done);
    await until(async () => expect(await world.fake.listContainers()).toEqual([]));
    expect(await networkNames()).not.toContain(NETWORK);
  });

  it('while it waits for its turn: it ends at once, and the others go on', async () => {
    const release = world.fake.hold('createContainer');
    const started = await Promise.all(Array.from({ length: 5 }, () => begin()));
    await settled();
    const last = started[4];
    const done = expect(last?.operation?.done).rejects.toMatchObject({ code: 'CANCELLED' });
    world.services.agents.cancel(world.admin, last?.row.id ?? '');
    await done;
    expect(world.row(last?.row.id ?? '')).toMatchObject({ state: 'failed', error: { code: 'CANCELLED' } });
    release();
    await until(() => expect(world.agents.list().filter(({ state }) => state === 'ready')).toHaveLength(4));
  });

  it('after it is ready: too late', async () => {
    const agent = await finish(world.spawn());
    expect(() => world.services.agents.cancel(world.admin, agent.id)).toThrow('cannot cancel now');
  });
});

it('of fifty at once never more than four are made at a time, and all end', async () => {
  world.fake.delay(5);
  const working = new Set<string>();
  let most = 0;
  world.bus.on('facts', (facts) => {
    for (const fact of facts) {
      if (fact.kind !== 'agent') continue;
      if (isBeingMade(fact.agent)) working.add(fact.agent.id);
      else working.delete(fact.agent.id);
      most = Math.max(most, working.size);
    }
  });
  const started = await finish(
    Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        world.spawning.spawn(world.admin, { type: 'shell', name: `a${n}` }, null),
      ),
    ),
  );
  await finish(Promise.all(started.map(({ operation }) => Promise.resolve(operation?.done))));
  expect(most).toBe(4);
  expect(world.agents.list().map(({ state }) => state)).toEqual(Array(50).fill('ready'));
  expect((await finish(world.fake.listNetworks())).filter(({ name }) => name === NETWORK)).toHaveLength(1);
});

function isBeingMade(agent: AgentView): boolean {
  return ['preparing', 'creating'].includes(agent.state);
}

describe('a command that ends at once', () => {
  it.each([
    [0, 'exited', 'exit 0'],
    [3, 'crashed', 'crash 3'],
  ])(
    "with %i: its end is the engine's fact, and its container stays for a look",
    async (code, state, reason) => {
      const { row, error } = await failing({ command: ['sh', '-c', `echo bye; exit ${code}`], tty: false });
      expect(error).toMatchObject({
        code: 'CONFLICT',
        message: `It ended with code ${code} before it was ready`,
      });
      expect(row).toMatchObject({ state, reason, exitCode: code });
      expect(row.startedAt).not.toBeNull();
      expect(row.endedAt).not.toBeNull();
      expect(world.services.agents.lives(world.admin, row.id)).toMatchObject([{ exitCode: code }]);
      expect((await world.services.logs.recent(world.admin, row.id)).map(({ text }) => text)).toEqual([
        'bye',
      ]);
    },
  );
});

/** An engine whose containers have a health check. */
class Checking extends FakeEngine {
  health: ContainerFacts['health'] = 'starting';

  override async inspectContainer(id: string, signal?: AbortSignal): Promise<ContainerFacts> {
    return { ...(await super.inspectContainer(id, signal)), health: this.health };
  }
}

describe('an image with a health check', () => {
  let checking: Checking;
  beforeEach(async () => {
    await finish(world.close());
    checking = new Checking();
    world = await makeWorld({ fake: checking });
  });

  it('is ready when it is healthy', async () => {
    const { row, operation } = await begin();
    await until(() => expect(stepStates(row.id)).toMatchObject({ start: 'done', ready: 'running' }));
    checking.health = 'healthy';
    expect((await finish(operation?.done ?? Promise.reject(new Error('none')))).state).toBe('ready');
  });

  it('fails with READY_TIMEOUT after 120 s, and keeps the container and its last output', async () => {
    checking.health = 'unhealthy';
    const { row, operation } = await begin({
      tty: false,
      command: ['sh', '-c', 'echo waiting for the model; sleep 86400'],
    });
    const from = Date.now();
    const error: unknown = await finish(Promise.resolve(operation?.done)).catch((thrown: unknown) => thrown);
    expect(Date.now() - from).toBeGreaterThanOrEqual(120_000);
    expect(Date.now() - from).toBeLessThan(123_000);
    expect(error).toBeInstanceOf(AppError);
    const after = world.row(row.id);
    expect(after).toMatchObject({
      state: 'failed',
      error: { code: 'READY_TIMEOUT', details: { output: ['waiting for the model'] } },
    });
    expect((await checking.inspectContainer(containerOf(after))).status).toBe('running');
  });
});
