import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finish, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const IMAGE = 'ghcr.io/acme/tool:1';
const REFUSED = { code: 'IMAGE_NOT_ALLOWED', message: expect.stringContaining('ghcr.io') as string };

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => finish(world.close()));

const policy = () => world.services.imagePolicy;
const failure = (work: Promise<unknown>) =>
  finish(work).then(
    () => null,
    (error: unknown) => error,
  );
const spawn = (image: string) => world.spawn({ type: 'custom', image, pull: 'missing' });

describe('the image policy', () => {
  it('allows everything until somebody changes it, and is told to open pages', () => {
    expect(policy().get(person('viewer'))).toEqual({ allow: null, strict: false });
    const changed = policy().change(world.admin, { allow: [' ghcr.io '], strict: true });
    expect(changed).toEqual({ allow: ['ghcr.io'], strict: true });
    expect(policy().get(world.admin)).toEqual(changed);
    expect(world.facts.at(-1)).toMatchObject({ kind: 'changed', what: 'settings', subject: 'image-policy' });
  });

  it('is changed by admins only, and a bad entry changes nothing', () => {
    expect(() => policy().change(person('operator'), { allow: [] })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
    expect(() => policy().change(world.admin, { allow: ['https://ghcr.io'] })).toThrow(
      expect.objectContaining({ code: 'VALIDATION' }),
    );
    expect(policy().get(world.admin).allow).toBeNull();
  });

  it('binds admins too, before anything is pulled or made', async () => {
    world.fake.publish(IMAGE);
    policy().change(world.admin, { allow: ['library'] });
    expect(await failure(world.services.pulls.pull(world.admin, { image: IMAGE }))).toMatchObject(REFUSED);
    expect(await failure(spawn(IMAGE))).toMatchObject(REFUSED);
    expect(await world.fake.listContainers()).toEqual([]);
    expect(world.operations.list(world.admin).some((each) => each.kind === 'pull')).toBe(false);
  });

  it('lets images that are here be, unless it is strict', async () => {
    world.fake.addImage(IMAGE);
    policy().change(world.admin, { allow: ['library'] });
    expect((await finish(spawn(IMAGE))).state).toBe('ready');
    policy().change(world.admin, { allow: ['library'], strict: true });
    expect(await failure(spawn(IMAGE))).toMatchObject(REFUSED);
  });

  it('knows our own images: of types that are built here, and snapshots', async () => {
    world.fake.addImage(IMAGE);
    const agent = await finish(spawn(IMAGE));
    const snapshot = await finish(world.services.snapshots.create(world.admin, agent.id, { name: 'one' }));
    policy().change(world.admin, { allow: [], strict: true });
    expect((await finish(world.spawn({ type: 'shell' }))).state).toBe('ready');
    const forks = await finish(
      world.services.forking.fork(world.admin, snapshot?.id ?? '', {}, { wait: true }),
    );
    expect(forks).toHaveLength(1);
  });

  it('knows what the images of types begin with', () => {
    const { id } = world.fake.addImage('slipway/base:latest');
    policy().change(world.admin, { allow: [], strict: true });
    expect(() => {
      policy().refuseLocal(world.host.id, 'slipway/base:latest', id);
    }).not.toThrow();
  });

  it('does not take an id for a name', () => {
    const { id } = world.fake.addImage(IMAGE);
    policy().change(world.admin, { allow: ['docker.io'], strict: true });
    expect(() => {
      policy().refuseLocal(world.host.id, id.slice(7, 19), id);
    }).toThrow(expect.objectContaining({ code: 'IMAGE_NOT_ALLOWED' }));
  });

  it('stands in the pre-flight', async () => {
    const check = async (image: string) =>
      (await finish(world.services.preflight.check(world.admin, { type: 'custom', image }))).checks;
    policy().change(world.admin, { allow: ['library'], strict: true });
    const refused = expect.objectContaining({ name: 'allowed', result: 'refused' }) as unknown;
    expect(await check(IMAGE)).toContainEqual(refused);
    world.fake.addImage(IMAGE);
    expect(await check(IMAGE)).toContainEqual(refused);
    expect(await check('nginx')).not.toContainEqual(refused);
  });
});
