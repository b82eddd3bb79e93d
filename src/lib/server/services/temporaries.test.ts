import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LABEL } from '#lib/domain/labels.ts';
import { containerOf, IMAGE, INSTANCE, makeWorld, startForeign, type TestWorld } from '../testing/world.ts';
import { Temporaries } from './temporaries.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const make = () => new Temporaries({ instance: INSTANCE, log: world.log });
const holdings = async () => [
  ...(await world.fake.listContainers()).map(({ name }) => name),
  ...(await world.fake.listImages()).flatMap(({ tags }) => tags),
];

describe('what looks have left', () => {
  it('goes when the host comes, and nothing else does', async () => {
    await world.spawn({ name: 'one' });
    await startForeign(world.fake, 'of-another', { [LABEL.instance]: 'another', [LABEL.temporary]: 'look' });
    await world.fake.tagImage(IMAGE, 'slipway-temporary/another:left');
    const before = await holdings();
    await startForeign(world.fake, 'left', { [LABEL.instance]: INSTANCE, [LABEL.temporary]: 'look' });
    await world.fake.tagImage(IMAGE, `slipway-temporary/${INSTANCE}:left`);
    await make().sweep(world.fake);
    expect(await holdings()).toEqual(before);
  });

  it('stays while somebody looks into it', async () => {
    const one = await world.spawn({ name: 'one' });
    const before = await holdings();
    const temporaries = make();
    await temporaries.withImage(world.fake, containerOf(one), async (imageId) => {
      const container = await temporaries.container(world.fake, imageId);
      const during = await holdings();
      expect(during).toHaveLength(before.length + 2);
      await temporaries.sweep(world.fake);
      expect(await holdings()).toEqual(during);
      await container.end();
    });
    expect(await holdings()).toEqual(before);
  });

  it('that cannot be looked for now is no failure: the host comes again', async () => {
    world.fake.failNext('listContainers', new Error('the engine went away'));
    await expect(make().sweep(world.fake)).resolves.toBeUndefined();
  });
});
