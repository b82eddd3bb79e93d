import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, person, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const MIB = 1024 ** 2;
const WAIT = { wait: true };
type Input = Readonly<Record<string, unknown>>;
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
const update = (input: Input, id: string = one.id) => finish(agents.update(world.admin, id, input));
const rename = (name: string, id: string = one.id) => finish(agents.rename(world.admin, id, { name }));
const failure = (work: () => Promise<unknown>) =>
  finish(
    work().then(
      () => null,
      (error: unknown) => error,
    ),
  );
const hostConfig = async () => (await world.fake.inspectContainer(containerOf(one))).raw['HostConfig'];
const refuse = (method: 'updateContainer' | 'renameContainer') => {
  world.fake.failNext(method, new EngineRefusal(500, 'device busy'));
};

describe('rename', () => {
  it('changes the record and the container, and nothing else', async () => {
    const { name: _, ...before } = row();
    expect((await rename('two')).name).toBe('two');
    expect(row()).toEqual({ ...before, name: 'two' });
    expect((await world.fake.inspectContainer(containerOf(one))).name).toBe('two');
    expect(agents.get(world.admin, 'two').id).toBe(one.id);
    expect(() => agents.get(world.admin, 'one')).toThrow('There is no agent "one"');
    expect((await finish(world.spawn({ name: 'one' }))).id).not.toBe(one.id);
  });

  it('to the name that it has is success and does nothing', async () => {
    const before = world.facts.length;
    expect((await rename('one')).name).toBe('one');
    expect(world.facts).toHaveLength(before);
  });

  it('to a name that an agent or a foreign container has is refused', async () => {
    await finish(world.spawn({ name: 'two' }));
    await startForeign(world.fake, 'theirs');
    for (const name of ['two', 'theirs'])
      await expect(rename(name)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(row().name).toBe('one');
  });

  it('to a name that breaks the rule is refused', async () => {
    await expect(rename('-x')).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('that the engine refuses changes nothing', async () => {
    const before = row();
    refuse('renameContainer');
    expect(await failure(() => agents.rename(world.admin, one.id, { name: 'two' }))).toMatchObject({
      code: 'ENGINE_ERROR',
    });
    expect(row()).toEqual(before);
    expect((await rename('two')).name).toBe('two');
  });

  it('of two at once to one name, one gets it', async () => {
    const other = await finish(world.spawn({ name: 'other' }));
    const both = await finish(Promise.allSettled([rename('two'), rename('two', other.id)]));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(world.agents.list().filter(({ name }) => name === 'two')).toHaveLength(1);
  });

  it('works on one that is stopped, and on one that has no container', async () => {
    await finish(agents.stop(world.admin, one.id, {}, WAIT));
    expect((await rename('two')).state).toBe('stopped');
    expect(await failure(() => world.spawn({ name: 'bad', command: ['no-such-command'] }))).not.toBeNull();
    const bad = agents.get(world.admin, 'bad');
    expect((await rename('good', bad.id)).name).toBe('good');
  });
});

describe('update', () => {
  it.each<[Input, object, object]>([
    [
      { resources: { memory: '96m' } },
      { Memory: 96 * MIB, MemorySwap: 96 * MIB },
      { resources: { memory: 96 * MIB, cpu: 0.5 } },
    ],
    [{ resources: { cpu: 2 } }, { NanoCpus: 2e9, Memory: 512 * MIB }, { resources: { cpu: 2 } }],
    [{ resources: { pids: 50 } }, { PidsLimit: 50 }, { resources: { pids: 50 } }],
    [
      { restart: 'on-failure:2' },
      { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
      { restart: { name: 'on-failure', maximumRetryCount: 2 } },
    ],
  ])('%j goes to the engine and into the record, without a restart', async (input, engine, spec) => {
    const after = await update(input);
    expect(await hostConfig()).toMatchObject(engine);
    expect(after.spec).toMatchObject(spec);
    expect(after).toMatchObject({ state: 'ready', startedAt: one.startedAt, containerId: one.containerId });
  });

  it('of limits to unlimited', async () => {
    const after = await update({ resources: { memory: 'unlimited', cpu: 0, pids: 0 } });
    expect(after.spec.resources).toMatchObject({ memory: null, cpu: null, pids: null });
  });

  it.each<[Input, object]>([
    [{ idle: { mode: 'boot' } }, { spec: { idle: { mode: 'boot', timeout: 800 } } }],
    [{ idle: { timeout: '2h' } }, { spec: { idle: { mode: 'io', timeout: 7_200 } } }],
    [{ ttl: '1d' }, { spec: { ttl: 86_400 } }],
    [{ notes: 'a note' }, { notes: 'a note' }],
    [{ color: 'teal' }, { color: 'teal' }],
    [{ color: null }, { color: null }],
  ])('%j is ours alone', async (input, after) => {
    const asked = vi.spyOn(world.fake, 'updateContainer');
    expect(await update(input)).toMatchObject(after);
    expect(asked).not.toHaveBeenCalled();
  });

  it('of nothing does nothing', async () => {
    const before = world.facts.length;
    await update({});
    expect(world.facts).toHaveLength(before);
  });

  it('drops the start args that say the same, and keeps the others', async () => {
    const startArgs = [
      '-m',
      '64m',
      '--cpus=0.3',
      '--pids-limit=9',
      '--restart',
      'always',
      '--init',
      '-e',
      'A=1',
    ];
    one = await finish(world.spawn({ name: 'flags', startArgs }));
    expect((await update({ resources: { cpu: 1 } })).spec.startArgs).not.toContain('--cpus=0.3');
    const after = await update({ resources: { memory: '96m', pids: 50 }, restart: 'no' });
    expect(after.spec.startArgs).toEqual(['--init', '-e', 'A=1']);
    const again = await finish(agents.recreate(world.admin, one.id, { timeout: 0 }, WAIT));
    expect(again.limits).toEqual({ memory: 96 * MIB, cpu: 1 });
  });

  it('that the engine refuses leaves the record as it was, and can be tried again', async () => {
    const before = row();
    refuse('updateContainer');
    const wish = {
      resources: { memory: 'unlimited', cpu: 1 },
      restart: 'on-failure:3',
      ttl: 0,
      notes: 'a note',
    };
    expect(await failure(() => agents.update(world.admin, one.id, wish))).toMatchObject({
      code: 'ENGINE_ERROR',
    });
    expect(row()).toEqual(before);
    const [failed] = agents.operationsOf(world.admin, one.id);
    expect(failed).toMatchObject({ kind: 'update', state: 'failed', retryable: true });
    await finish(world.services.retry.retry(world.admin, failed?.id ?? ''));
    expect(row()).toMatchObject({
      notes: 'a note',
      spec: {
        resources: { memory: null, cpu: 1 },
        restart: { name: 'on-failure', maximumRetryCount: 3 },
      },
    });
  });

  it('of more than the host has is refused before anything', async () => {
    const before = world.facts.length;
    for (const resources of [{ cpu: 99 }, { memory: '999g' }])
      await expect(update({ resources, notes: 'x' })).rejects.toMatchObject({ code: 'RESOURCE_LIMIT' });
    expect(world.facts).toHaveLength(before);
  });

  it('of different fields at once keeps both', async () => {
    const release = world.fake.hold('updateContainer');
    const all = Promise.all([
      agents.update(world.admin, one.id, { resources: { memory: '96m' } }),
      agents.update(world.admin, one.id, { resources: { cpu: 1 } }),
      agents.update(world.admin, one.id, { notes: 'a note', ttl: '1d' }),
    ]);
    await settled();
    release();
    await finish(all);
    expect(row()).toMatchObject({
      notes: 'a note',
      spec: { ttl: 86_400, resources: { memory: 96 * MIB, cpu: 1, pids: 512 } },
    });
    expect(await hostConfig()).toMatchObject({ Memory: 96 * MIB, NanoCpus: 1e9 });
  });

  it('of name and notes does both, and of a taken name neither', async () => {
    expect(await update({ name: 'two', notes: 'a note' })).toMatchObject({ name: 'two', notes: 'a note' });
    await startForeign(world.fake, 'theirs');
    await expect(update({ name: 'theirs', notes: 'other' })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(row()).toMatchObject({ name: 'two', notes: 'a note' });
  });

  it('of tags is TAGS_IMMUTABLE, unless they are the same', async () => {
    await expect(update({ tags: { a: 'b' }, notes: 'x' })).rejects.toMatchObject({ code: 'TAGS_IMMUTABLE' });
    expect(await update({ tags: {}, notes: 'x' })).toMatchObject({ notes: 'x' });
  });

  it('is not for a viewer', async () => {
    await expect(finish(agents.update(person('viewer'), one.id, { notes: 'x' }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('notes', () => {
  it('can be written whatever the agent does, also when it is gone', async () => {
    const release = world.fake.hold('stopContainer');
    const removing = agents.remove(world.admin, one.id, { force: true }, WAIT);
    await until(() => expect(row().state).toBe('removing'));
    expect(await update({ notes: 'going' })).toMatchObject({ notes: 'going', state: 'removing' });
    release();
    await finish(removing);
    expect(await update({ notes: 'gone', color: 'red' })).toMatchObject({ notes: 'gone', state: 'removed' });
    expect(agents.list(world.admin)).toEqual([]);
    await expect(update({ notes: 'x', ttl: '1d' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('can be written while the host is away, and limits cannot', async () => {
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    expect(await update({ notes: 'away' })).toMatchObject({ notes: 'away', status: 'unreachable' });
    await expect(update({ resources: { cpu: 1 } })).rejects.toMatchObject({ code: 'SOCKET_ERROR' });
  });
});
