import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finish, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, IMAGE, makeWorld, person, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => finish(world.close()));

const images = () => world.services.images;
const list = () => finish(images().list(world.admin));
const named = async (tag: string) => (await list()).images.find((each) => each.tags.includes(tag));
const failure = (work: Promise<unknown>) =>
  finish(work).then(
    () => null,
    (error: unknown) => error,
  );

describe('the list of images', () => {
  it('says who uses each: agents by what they run, types by name, and other containers', async () => {
    const agent = await finish(world.spawn({ name: 'one' }));
    await finish(startForeign(world.fake, 'foreign'));
    world.fake.addImage('nginx');
    expect(await named(IMAGE)).toMatchObject({
      host: 'local',
      agents: [{ id: agent.id, name: 'one' }],
      containers: ['foreign'],
      types: ['shell'],
      snapshot: null,
    });
    expect(await named('nginx:latest')).toMatchObject({ agents: [], containers: [], types: [] });
  });

  it('says whose snapshot an image is', async () => {
    const agent = await finish(world.spawn({ name: 'one' }));
    const made = await finish(world.services.snapshots.create(world.admin, 'one', { name: 'first' }));
    expect(await named('slipway/one:first')).toMatchObject({
      snapshot: { id: made?.id, name: 'first', agent: { id: agent.id, name: 'one' } },
    });
  });

  it('knows shared sizes later: the engine is asked in the background', async () => {
    expect((await named(IMAGE))?.sharedSize).toBeNull();
    await until(async () => (await named(IMAGE))?.sharedSize !== null);
  });

  it('of a host that is away is a problem and no empty list', async () => {
    world.fake.goAway();
    await until(() => world.host.state === 'offline');
    const { images: found, problems, count } = await list();
    expect({ found, count }).toEqual({ found: [], count: 0 });
    expect(problems).toMatchObject([{ host: 'local', error: { code: 'SOCKET_ERROR' } }]);
  });

  it('does not wait for a host that hangs', async () => {
    world.fake.hold('listImages');
    const before = Date.now();
    const { problems } = await list();
    expect(problems).toMatchObject([{ host: 'local', error: { code: 'OPERATION_TIMEOUT' } }]);
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});

describe('one image', () => {
  it('is found by name, id and the beginning of an id, and has its history', async () => {
    const { id } = world.fake.addImage('nginx', { cmd: ['nginx', '-g'], exposedPorts: ['80/tcp'] });
    for (const wish of ['nginx', id, id.slice(7, 19)]) {
      const image = await finish(images().get(world.admin, wish));
      expect(image).toMatchObject({ id, config: { command: ['nginx', '-g'], exposedPorts: ['80/tcp'] } });
      expect(image.history.length).toBeGreaterThan(0);
    }
    expect(await failure(images().get(world.admin, 'none'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await failure(images().get(world.admin, 'nginx', { host: 'other' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('gets a further name, but not that of a snapshot, and none with a digest', async () => {
    await finish(world.spawn({ name: 'one' }));
    await finish(world.services.snapshots.create(world.admin, 'one', { name: 'first' }));
    const { tags } = await finish(images().tag(world.admin, IMAGE, { name: 'acme/mine:2' }));
    expect(tags).toContain('acme/mine:2');
    expect(world.facts.at(-1)).toMatchObject({ kind: 'changed', what: 'images', subject: 'acme/mine:2' });
    expect(await failure(images().tag(world.admin, IMAGE, { name: 'slipway/one:first' }))).toMatchObject({
      code: 'CONFLICT',
    });
    const digest = `acme/mine@sha256:${'ab'.repeat(32)}`;
    for (const name of [digest, 'Not A Name', ''])
      expect(await failure(images().tag(world.admin, IMAGE, { name }))).toMatchObject({ code: 'VALIDATION' });
  });
});

describe('removing an image', () => {
  it('takes all its names and itself', async () => {
    world.fake.addImage('nginx');
    await finish(images().tag(world.admin, 'nginx', { name: 'acme/mine' }));
    await finish(images().remove(world.admin, 'nginx'));
    expect(await world.fake.inspectImage('nginx')).toBeNull();
    expect(await world.fake.inspectImage('acme/mine')).toBeNull();
  });

  it('takes one name where one was asked for', async () => {
    world.fake.addImage('nginx');
    await finish(images().tag(world.admin, 'nginx', { name: 'acme/mine' }));
    await finish(images().remove(world.admin, 'nginx', { name: 'acme/mine' }));
    expect((await world.fake.inspectImage('nginx'))?.tags).toEqual(['nginx:latest']);
    expect(await failure(images().remove(world.admin, 'nginx', { name: 'other' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is refused with the names of those who use it; with untag they keep it without its name', async () => {
    const agent = await finish(world.spawn({ name: 'one' }));
    await finish(startForeign(world.fake, 'foreign'));
    expect(await failure(images().remove(world.admin, IMAGE))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('one, foreign') as string,
    });
    await finish(images().remove(world.admin, IMAGE, { untag: true }));
    expect(await world.fake.inspectImage(IMAGE)).toBeNull();
    expect(await world.fake.inspectImage(agent.imageId ?? '')).not.toBeNull();
    expect((await world.fake.inspectContainer(containerOf(agent))).status).toBe('running');
  });

  it('of a snapshot is refused: it has a place of its own', async () => {
    await finish(world.spawn({ name: 'one' }));
    await finish(world.services.snapshots.create(world.admin, 'one', { name: 'first' }));
    expect(await failure(images().remove(world.admin, 'slipway/one:first'))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('snapshot first of one') as string,
    });
  });

  it('needs the right to change images', async () => {
    expect(await failure(images().remove(person('viewer'), IMAGE))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the image that an agent runs', () => {
  it('has moved when its name means another one, or none', async () => {
    world.fake.addImage('nginx');
    const agent = await finish(world.spawn({ name: 'one', type: 'custom', image: 'nginx' }));
    const moved = () => finish(images().moved(world.admin, 'one'));
    expect(await moved()).toEqual({ imageMoved: false, currentImageId: agent.imageId });
    const { id } = world.fake.addImage('nginx');
    expect(await moved()).toEqual({ imageMoved: true, currentImageId: id });
  });

  it('is not known to have moved while the host does not answer', async () => {
    await finish(world.spawn({ name: 'one' }));
    world.fake.goAway();
    await until(() => world.host.state === 'offline');
    expect(await finish(images().moved(world.admin, 'one'))).toEqual({
      imageMoved: null,
      currentImageId: null,
    });
  });
});
