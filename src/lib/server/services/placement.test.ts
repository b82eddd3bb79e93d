import { afterEach, describe, expect, it } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { IMAGE, makeWorld, newRow, type TestWorld } from '../testing/world.ts';
import { Placement } from './placement.ts';

let world: TestWorld;
afterEach(() => world.close());

const GIB = 1024 ** 3;

/** Beside `local`, which is not reachable: hosts of these sizes. */
async function hosts(sizes: Readonly<Record<string, { memory: number; cpus?: number; image?: boolean }>>) {
  world = await makeWorld({ offline: true });
  const made = new Map<string, HostId>();
  for (const [name, { memory, cpus = 4, image = true }] of Object.entries(sizes)) {
    const fake = new FakeEngine({ memory, cpus });
    if (image) fake.addImage(IMAGE);
    const id = newId<HostId>();
    world.settings.insertHost({ id, name, kind: 'tcp', address: name, engineId: null, createdAt: 1 });
    await world.fleet.add({ id, name, kind: 'tcp', address: name, open: () => fake.open() }).start();
    made.set(name, id);
  }
  return made;
}

const spec = (memory: number | null = GIB) => {
  const row = newRow(world);
  return { ...row.spec, resources: { ...row.spec.resources, memory, cpu: 1 } };
};
const placed = async (memory?: number | null) =>
  (await new Placement(world).place('auto', spec(memory))).name;

/** An agent that runs there, within so much. */
function running(hostId: HostId | undefined, memory: number) {
  if (hostId === undefined) throw new Error('no such host');
  const row = newRow(world, { name: newId(), state: 'ready', startedAt: 1, spec: spec(memory), hostId });
  world.agents.insert(row);
}

describe('an agent for any host', () => {
  it('goes where most memory is not promised to others, not where most is in all', async () => {
    const made = await hosts({ large: { memory: 16 * GIB }, small: { memory: 8 * GIB } });
    expect(await placed()).toBe('large');
    running(made.get('large'), 10 * GIB);
    expect(await placed()).toBe('small');
  });

  it('goes where its image is before that', async () => {
    await hosts({ large: { memory: 16 * GIB, image: false }, small: { memory: 8 * GIB } });
    expect(await placed()).toBe('small');
  });

  it('goes where more cores are free when the memory is the same', async () => {
    await hosts({ few: { memory: 8 * GIB, cpus: 2 }, many: { memory: 8 * GIB, cpus: 8 } });
    expect(await placed()).toBe('many');
  });

  it('goes where it fits, and is refused with the reason of the largest when it fits nowhere', async () => {
    await hosts({ a: { memory: 4 * GIB, image: true }, b: { memory: 8 * GIB, image: false } });
    expect(await placed(6 * GIB)).toBe('b');
    await expect(placed(9 * GIB)).rejects.toMatchObject({ code: 'RESOURCE_LIMIT' });
  });

  it('goes where it is told, whatever is free there', async () => {
    await hosts({ large: { memory: 16 * GIB }, small: { memory: 8 * GIB } });
    expect((await new Placement(world).place('small', spec())).name).toBe('small');
    await expect(new Placement(world).place('none', spec())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
