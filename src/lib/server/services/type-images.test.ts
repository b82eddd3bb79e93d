import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { finish, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import { dockerfileTar } from './folder-tar.ts';
import { TypeImages } from './type-images.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let typeImages: TypeImages;
/** How many bytes were sent for each build. */
let sent: number[];
beforeEach(async () => {
  world = await makeWorld();
  sent = [];
  typeImages = new TypeImages({
    ...world,
    catalogue: world.types,
    root: '.',
    builds: {
      // the fake has no package manager: a small Dockerfile stands for ours
      upload: async (actor, input, bytes) => {
        let size = 0;
        for await (const chunk of bytes) size += chunk.length;
        sent.push(size);
        return world.services.builds.upload(actor, input, dockerfileTar('FROM slipway/starter\nLABEL a=b\n'));
      },
    },
  });
});
afterEach(() => finish(world.close()));

const build = (type: string, input: object = {}) => finish(typeImages.build(world.admin, type, input));
const tags = () =>
  world.services.builds
    .list(world.admin)
    .map(({ tag, state }) => `${tag} ${state}`)
    .toReversed();

it('the image of a type is built after its base where that is not there', async () => {
  const { build: first } = await build('claude', { args: { NPM_REGISTRY: 'https://npm.example' } });
  expect(first).toMatchObject({ tag: 'slipway/base:latest' });
  await until(() => {
    expect(tags()).toEqual(['slipway/base:latest succeeded', 'slipway/claude:latest succeeded']);
  });
  expect(world.services.builds.list(world.admin).map(({ args }) => args)).toEqual([
    ['--build-arg=NPM_REGISTRY=https://npm.example'],
    ['--build-arg=NPM_REGISTRY=https://npm.example'],
  ]);
  expect(Math.min(...sent)).toBeGreaterThan(1_000);
});

it('where the base is there only the image itself is built, unless another base is wanted', async () => {
  world.fake.addImage('slipway/base:latest');
  expect((await build('codex')).build.tag).toBe('slipway/codex:latest');
  const other = await build('codex', { baseImage: 'debian:13' });
  expect(other.build).toMatchObject({
    tag: 'slipway/base:latest',
    args: ['--build-arg=BASE_IMAGE=debian:13'],
  });
});

it('a type whose image is not ours, or that there is not, is refused', async () => {
  await expect(build('shell')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(build('custom')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(build('robot')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(finish(typeImages.build(person('viewer', 'vera'), 'claude', {}))).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
});
