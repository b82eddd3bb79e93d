import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LABEL } from '#lib/domain/labels.ts';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import {
  containerOf,
  IMAGE,
  INSTANCE,
  makeWorld,
  person,
  startForeign,
  type TestWorld,
} from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let adoption: TestWorld['services']['adoption'];
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  adoption = world.services.adoption;
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const adopt = (container: string, more: Readonly<Record<string, unknown>> = {}) =>
  finish(adoption.adopt(world.admin, { container, ...more }));
const unmanaged = () => finish(adoption.unmanaged(world.admin));
const get = (id: string) => world.services.agents.get(world.admin, id);
/** A container that is made and not started. */
const create = async (name: string, body: Partial<CreateBody> = {}) => {
  const { id } = await world.fake.createContainer(name, { Image: IMAGE, HostConfig: {}, ...body });
  return id;
};

describe('what is nobody’s agent', () => {
  it('is listed by name, with those of another instance marked', async () => {
    await finish(world.spawn({ name: 'ours' }));
    await startForeign(world.fake, 'zebra');
    await startForeign(world.fake, 'apple', { [LABEL.instance]: 'another' });
    await startForeign(world.fake, 'left-over', { [LABEL.instance]: INSTANCE });
    expect(await unmanaged()).toMatchObject([
      { name: 'apple', ofAnotherInstance: true },
      { name: 'zebra', ofAnotherInstance: false, host: 'local', status: 'running', image: IMAGE },
    ]);
  });

  it('has no place for a host that is away', async () => {
    await startForeign(world.fake, 'zebra');
    world.fake.goAway();
    expect(await unmanaged()).toEqual([]);
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    expect(await unmanaged()).toEqual([]);
  });

  it('is for everybody to see and for admins to adopt', async () => {
    const id = await startForeign(world.fake, 'zebra');
    expect(await finish(adoption.unmanaged(person('viewer')))).toHaveLength(1);
    await expect(finish(adoption.unmanaged(null))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(finish(adoption.adopt(person('operator'), { container: id }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(world.agents.list()).toEqual([]);
  });
});

describe('an adoption', () => {
  it('writes an agent down and does nothing to the container', async () => {
    const id = await startForeign(world.fake, 'zebra');
    await pass(5_000);
    const before = await world.fake.inspectContainer(id);
    const row = await adopt('zebra');
    expect(row).toMatchObject({
      name: 'zebra',
      state: 'ready',
      startedAt: before.startedAt,
      bootedAt: before.startedAt,
    });
    expect(await world.fake.inspectContainer(id)).toEqual(before);
    expect(get(row.id)).toMatchObject({
      type: 'custom',
      adopted: true,
      containerId: id,
      reason: 'adopted by operator ada',
      createdBy: 'ada',
    });
    expect(world.services.agents.lives(world.admin, row.id)).toMatchObject([
      { endedAt: null, containerId: id },
    ]);
    expect(world.services.agents.operationsOf(world.admin, row.id)).toMatchObject([
      { kind: 'adopt', state: 'succeeded', retryable: false },
    ]);
    expect(await unmanaged()).toEqual([]);
  });

  it('is followed from then on', async () => {
    const id = await startForeign(world.fake, 'zebra');
    const { id: agent } = await adopt(id.slice(0, 12));
    world.fake.exit(id, 3);
    await until(() => expect(get(agent)).toMatchObject({ state: 'crashed', reason: 'crash 3' }));
    await finish(world.services.agents.start(world.admin, agent, { wait: true }));
    expect(get(agent).state).toBe('ready');
    await finish(world.services.agents.remove(world.admin, agent, { force: true }, { wait: true }));
    expect(await world.fake.listContainers()).toEqual([]);
  });

  it.each<[string, (id: string) => unknown, object]>([
    ['created', () => null, { state: 'stopped', wanted: 'stopped', endedAt: null }],
    ['running', (id) => world.fake.startContainer(id), { state: 'ready', wanted: 'running' }],
    [
      'paused',
      async (id) => {
        await world.fake.startContainer(id);
        await world.fake.pauseContainer(id);
      },
      { state: 'paused', wanted: 'running' },
    ],
    [
      'ended well',
      async (id) => {
        await world.fake.startContainer(id);
        world.fake.exit(id, 0);
      },
      { state: 'exited', wanted: 'stopped', exitCode: 0 },
    ],
    [
      'ended badly',
      async (id) => {
        await world.fake.startContainer(id);
        world.fake.exit(id, 9);
      },
      { state: 'crashed', wanted: 'stopped', exitCode: 9 },
    ],
  ])('of one that is %s', async (_title, bring, state) => {
    const id = await create('zebra');
    await bring(id);
    expect(await adopt(id)).toMatchObject(state);
  });

  it('reads what it is made of, so that it can be made again', async () => {
    const id = await create('zebra', {
      Cmd: ['sleep', '100'],
      Env: ['A=1', 'B=x=y', 'NOTHING'],
      WorkingDir: '/work',
      User: '1000',
      HostConfig: {
        Memory: 64 * 1024 ** 2,
        NanoCpus: 5e8,
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
        Mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }],
        PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
      },
    });
    await world.fake.startContainer(id);
    const row = await adopt(id);
    expect(row.spec).toMatchObject({
      image: IMAGE,
      command: ['sleep', '100'],
      workdir: '/work',
      user: '1000',
      env: { A: '1', B: 'x=y' },
      resources: { memory: 64 * 1024 ** 2, cpu: 0.5, pids: null },
      volumes: [{ source: 'data', target: '/data', modes: [] }],
      ports: ['127.0.0.1:8080:80'],
      restart: { name: 'on-failure', maximumRetryCount: 2 },
    });
    expect(Object.keys(row.spec.env)).toEqual(['A', 'B']);
    const after = await finish(
      world.services.agents.recreate(world.admin, row.id, { timeout: 0 }, { wait: true }),
    );
    expect(after).toMatchObject({ state: 'ready', adopted: false });
    expect(after.containerId).not.toBe(id);
    expect((await world.fake.inspectContainer(containerOf(after))).name).toBe('zebra');
  });

  it('gives it the name that is asked for, or one that is free', async () => {
    await finish(world.spawn({ name: 'taken' }));
    await startForeign(world.fake, 'web.1');
    expect((await adopt('web.1')).name).toBe('web-1');
    await startForeign(world.fake, 'other');
    expect((await adopt('other', { name: 'mine' })).name).toBe('mine');
    await startForeign(world.fake, 'web_-');
    expect((await adopt('web_-')).name).toMatch(/^custom-/);
  });

  it('is refused for a name that an agent has, and nothing is written', async () => {
    await finish(world.spawn({ name: 'taken' }));
    await startForeign(world.fake, 'zebra');
    await expect(adopt('zebra', { name: 'taken' })).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(world.agents.list()).toHaveLength(1);
  });

  it('is refused for an agent, for another instance and for nobody', async () => {
    const one = await finish(world.spawn({ name: 'one' }));
    await startForeign(world.fake, 'theirs', { [LABEL.instance]: 'another' });
    for (const container of ['one', containerOf(one), 'theirs'])
      await expect(adopt(container)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(adopt('nobody')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no container "nobody"',
    });
    await expect(adopt('theirs', { host: 'elsewhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(adopt('')).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('of one container by two at once makes one agent', async () => {
    const id = await startForeign(world.fake, 'zebra');
    const both = await finish(Promise.allSettled([adopt(id), adopt('zebra')]));
    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'CONFLICT' } },
    ]);
    expect(world.agents.list()).toHaveLength(1);
  });

  it('that the engine does not answer writes nothing', async () => {
    await startForeign(world.fake, 'zebra');
    world.fake.failNext('inspectContainer', new EngineRefusal(500, 'layer not known'));
    await expect(adopt('zebra')).rejects.toMatchObject({ code: 'ENGINE_ERROR' });
    expect(world.agents.list()).toEqual([]);
  });
});
