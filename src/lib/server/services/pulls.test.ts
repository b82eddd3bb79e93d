import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProgressView } from '#lib/protocol/views.ts';
import { finish, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const IMAGE = 'ghcr.io/acme/tool:1';

let world: TestWorld;
let heard: ProgressView[];
beforeEach(async () => {
  world = await makeWorld();
  heard = [];
  world.bus.on('progress', (progress) => heard.push(progress));
  world.fake.publish(IMAGE);
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  expect(world.broken).toEqual([]);
  await finish(world.close());
});

const pull = (image = IMAGE, wait = true) =>
  finish(world.services.pulls.pull(world.admin, { image }, { wait }));
/** What it fails with, while time goes on only by others. */
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const failure = (work: Promise<unknown>) => finish(outcome(work));
const operations = () => world.operations.list(world.admin).filter((each) => each.kind === 'pull');
const spawn = (name: string) => world.spawn({ name, type: 'custom', image: IMAGE, pull: 'missing' });
const changes = () => world.facts.filter((fact) => fact.kind === 'changed');

describe('a pull', () => {
  it('is an operation that names its image, and tells how far it is', async () => {
    expect(await pull()).toMatchObject({
      kind: 'pull',
      subject: IMAGE,
      host: 'local',
      actor: 'operator ada',
      state: 'succeeded',
    });
    expect(await world.fake.inspectImage(IMAGE)).not.toBeNull();
    expect(heard.at(-1)).toMatchObject({ step: 'pull', agentId: null, percent: 100 });
    expect(heard.at(-1)?.transfer?.layers.every((each) => each.state === 'done')).toBe(true);
    expect(changes()).toMatchObject([{ what: 'images', subject: IMAGE, by: 'operator ada' }]);
    expect(world.services.pulls.list(world.admin)).toEqual([]);
  });

  it('is one for all who ask for the same, whatever they call it', async () => {
    world.fake.publish('nginx');
    const release = world.fake.hold('pullImage');
    const first = await pull('nginx', false);
    const second = await pull('docker.io/library/nginx:latest', false);
    expect(second.id).toBe(first.id);
    expect(world.services.pulls.list(world.admin)).toMatchObject([
      { operationId: first.id, image: 'nginx:latest', host: 'local', platform: null },
    ]);
    release();
    await finish(world.operations.settled(world.operations.row(first.id).id));
    expect(operations()).toHaveLength(1);
  });

  it('of another platform is another one', async () => {
    const release = world.fake.hold('pullImage');
    const plain = await pull(IMAGE, false);
    const arm = await finish(
      world.services.pulls.pull(world.admin, { image: IMAGE, platform: 'linux/arm64' }),
    );
    expect(arm.id).not.toBe(plain.id);
    release();
    for (const { id } of [plain, arm]) await finish(world.operations.settled(world.operations.row(id).id));
  });

  it('that fails keeps the words of the registry, and the next one begins anew', async () => {
    world.fake.breakLayer(IMAGE);
    expect(await failure(pull())).toMatchObject({ code: 'PULL_FAILED' });
    expect(operations()[0]).toMatchObject({ state: 'failed', retryable: true, subject: IMAGE });
    expect(await world.fake.inspectImage(IMAGE)).toBeNull();
    expect(changes()).toEqual([]);
    expect(await failure(pull())).toMatchObject({ code: 'PULL_FAILED' });
    expect(operations()).toHaveLength(2);
  });

  it('uses the login that is kept for its registry', async () => {
    const login = { username: 'ada', password: 'secret', serverAddress: 'ghcr.io' };
    world.fake.requireLogin(login);
    expect(await failure(pull())).toMatchObject({ code: 'PULL_FAILED' });
    await finish(
      world.services.registries.put(world.admin, 'ghcr.io', { username: 'ada', password: 'secret' }),
    );
    await pull();
    expect(await world.fake.inspectImage(IMAGE)).not.toBeNull();
  });

  it('that is cancelled ends, and takes in nobody new', async () => {
    world.fake.hold('pullImage');
    const first = await pull(IMAGE, false);
    world.operations.cancel(world.admin, first.id);
    const second = await pull(IMAGE, false);
    expect(second.id).not.toBe(first.id);
    await finish(world.operations.settled(world.operations.row(first.id).id));
    expect(world.operations.get(world.admin, first.id).state).toBe('cancelled');
    world.fake.comeBack();
    await finish(world.operations.settled(world.operations.row(second.id).id));
    expect(world.operations.get(world.admin, second.id).state).toBe('succeeded');
  });

  it('needs the right to change images', async () => {
    const asked = world.services.pulls.pull(person('viewer'), { image: IMAGE });
    expect(await failure(asked)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await failure(world.services.pulls.pull(null, { image: IMAGE }))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each([
    [{}, 'image'],
    [{ image: 'UPPER case' }, 'image'],
    [{ image: IMAGE, platform: 'Linux; rm' }, 'platform'],
    [{ image: IMAGE, tag: '1' }, 'tag'],
  ])('of %j is refused', async (input, field) => {
    const error = await failure(world.services.pulls.pull(world.admin, input));
    expect(error).toMatchObject({ code: 'VALIDATION', details: { fields: [{ field }] } });
  });
});

describe('agents that wait for an image', () => {
  it('share one pull, and each tells its progress as its own', async () => {
    world.fake.delay(50, 'pullImage');
    const agents = await finish(Promise.all([spawn('one'), spawn('two')]));
    expect(operations()).toHaveLength(1);
    for (const { id } of agents)
      expect(heard.some((each) => each.agentId === id && each.transfer !== undefined)).toBe(true);
  });

  it('leave it one by one, and it ends with the last one', async () => {
    world.fake.hold('pullImage');
    const waiting = [outcome(spawn('one')), outcome(spawn('two'))] as const;
    await until(() => operations().length === 1);
    await settled();
    const cancel = (name: string) => {
      const found = world.operations.list(world.admin).find((each) => each.agentName === name);
      world.operations.cancel(world.admin, found?.id ?? '');
    };
    cancel('one');
    expect(await finish(waiting[0])).toMatchObject({ code: 'CANCELLED' });
    expect(operations()[0]?.state).toBe('running');
    cancel('two');
    expect(await finish(waiting[1])).toMatchObject({ code: 'CANCELLED' });
    await until(() => operations()[0]?.state === 'cancelled');
  });

  it('do not end a pull that somebody asked for by itself', async () => {
    const release = world.fake.hold('pullImage');
    const asked = await pull(IMAGE, false);
    const waiting = outcome(spawn('one'));
    await until(() => world.operations.list(world.admin).some((each) => each.agentName === 'one'));
    await settled();
    const found = world.operations.list(world.admin).find((each) => each.agentName === 'one');
    world.operations.cancel(world.admin, found?.id ?? '');
    expect(await finish(waiting)).toMatchObject({ code: 'CANCELLED' });
    release();
    await until(() => operations()[0]?.state === 'succeeded');
    expect(operations()[0]?.id).toBe(asked.id);
  });

  it('fail when somebody cancels the pull', async () => {
    world.fake.hold('pullImage');
    const waiting = outcome(spawn('one'));
    await until(() => operations().length === 1);
    world.operations.cancel(world.admin, operations()[0]?.id ?? '');
    expect(await finish(waiting)).toMatchObject({
      code: 'PULL_FAILED',
      message: expect.stringContaining('cancelled') as string,
    });
  });
});

describe('a host with no_pull', () => {
  beforeEach(async () => {
    await finish(world.close());
    world = await makeWorld({ host: { noPull: true } });
    world.fake.publish(IMAGE);
  });

  it('is pulled to by nobody, and says so', async () => {
    const refusal = {
      code: 'IMAGE_NOT_FOUND',
      message: expect.stringContaining('no_pull') as string,
    };
    expect(await failure(pull())).toMatchObject(refusal);
    expect(await failure(spawn('one'))).toMatchObject(refusal);
    expect(operations()).toEqual([]);
    expect(world.services.pulls.targets(world.admin)).toEqual([{ host: 'local', noPull: true }]);
  });

  it('uses what it has, also where a pull was wanted', async () => {
    world.fake.addImage(IMAGE);
    expect(await failure(pull())).toMatchObject({ code: 'CONFLICT' });
    const agent = await finish(world.spawn({ type: 'custom', image: IMAGE, pull: 'always' }));
    expect(agent.state).toBe('ready');
  });
});
