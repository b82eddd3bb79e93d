import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type HostId, type SnapshotId } from '#lib/domain/ids.ts';
import type { AgentDetailView, SnapshotView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { tar } from '../engine/testing/tar.ts';
import { containerOf, makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { SideWish } from './diff-sides.ts';

let world: TestWorld;
let one: AgentDetailView;
beforeEach(async () => {
  world = await makeWorld();
  one = await world.spawn({ name: 'one' });
});
afterEach(() => world.close());

const IMAGE: SideWish = { kind: 'image', agent: 'one' };
const NOW: SideWish = { kind: 'agent', agent: 'one' };
const diffs = () => world.services.diffs;

const write = (path: string, text: string) =>
  world.fake.writeArchive(containerOf(one), '/', tar([{ path: path.slice(1), content: Buffer.from(text) }]));
async function take(name: string): Promise<SnapshotView> {
  const taken = await world.services.snapshots.create(world.admin, 'one', { name });
  if (taken === null) throw new Error('it was not waited for');
  return taken;
}
const at = ({ id }: SnapshotView): SideWish => ({ kind: 'snapshot', id });
const said = async (from: SideWish, to: SideWish, actor = world.admin) =>
  (await diffs().changes(actor, from, to, {}, { fresh: true })).changes.map(
    ({ kind, path }) => `${kind ?? ''} ${path}`,
  );
const made = () => world.operations.list(world.admin).filter(({ kind }) => kind === 'diff');
const holdings = async () => [
  ...(await world.fake.listContainers()).map(({ name }) => name),
  ...(await world.fake.listImages()).flatMap(({ tags }) => tags),
];

describe('a comparison', () => {
  it('of an agent with its image is what the engine says, with sizes', async () => {
    await write('/etc/new', 'hello');
    const page = await diffs().changes(world.admin, IMAGE, NOW, { path: '/etc' }, { fresh: true });
    expect(page.changes).toMatchObject([
      { path: '/etc/new', kind: 'added', after: { type: 'file', size: 5 } },
    ]);
    expect(page.sized).toBe(false);
    expect(made()).toEqual([]);
  });

  // what is in the images of the fake is in no layer: real/diffs.test.ts looks at what comes of it
  it('of two snapshots is made once, as an operation', async () => {
    const first = await take('first');
    await write('/a', 'two');
    const second = await take('second');
    await said(at(first), at(second));
    await said(at(first), at(second));
    expect(made()).toMatchObject([{ state: 'succeeded', steps: [{ name: 'compare', state: 'done' }] }]);
  });

  it('of an agent with a snapshot copies the agent, once for all who ask, and leaves nothing behind', async () => {
    const first = await take('first');
    await write('/later', 'x');
    const before = await holdings();
    await Promise.all([said(at(first), NOW), said(at(first), NOW)]);
    expect(made()).toMatchObject([
      { state: 'succeeded', steps: [{ name: 'copy agent' }, { name: 'compare' }] },
    ]);
    expect(await holdings()).toEqual(before);
  });

  it('that fails leaves nothing behind, and is told with the words of the engine', async () => {
    const first = await take('first');
    const before = await holdings();
    world.fake.failNext('saveImages', new EngineRefusal(500, 'no space left on device'));
    await expect(said(at(first), NOW)).rejects.toThrow('no space left on device');
    expect(await holdings()).toEqual(before);
    expect(made()).toMatchObject([{ state: 'failed' }]);
  });

  it('that is cancelled takes away the copy of the agent', async () => {
    const first = await take('first');
    const before = await holdings();
    const release = world.fake.hold('saveImages');
    const asked = expect(said(at(first), NOW)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => made()[0]?.steps[1]?.state).toBe('running');
    world.operations.cancel(world.admin, made()[0]?.id ?? '');
    release();
    await asked;
    expect(await holdings()).toEqual(before);
  });

  it('needs both on one host', async () => {
    const first = await take('first');
    const row = world.snapshotRows.byId(first.id);
    if (row === undefined) throw new Error('there is no row of it');
    const far = { ...row, id: newId<SnapshotId>(), hostId: newId<HostId>(), image: 'slipway/one:far' };
    world.settings.insertHost({
      id: far.hostId,
      name: 'far',
      kind: 'tcp',
      address: 'tcp://far:2376',
      engineId: null,
      createdAt: 0,
    });
    world.snapshotRows.insert(far);
    await expect(said(at(first), { kind: 'snapshot', id: far.id })).rejects.toMatchObject({
      code: 'VALIDATION',
      message: 'one:first and one:first are on different hosts',
    });
  });

  it('needs an agent that has a container, and a snapshot that is there', async () => {
    await expect(said({ kind: 'snapshot', id: 'none' }, NOW)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    world.agents.update(world.row(one.id).id, { containerId: null });
    await expect(said(IMAGE, NOW)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('rights', () => {
  const viewer = person('viewer');

  it('a viewer sees which files have changed, as in a crash report, and none of what they hold', async () => {
    await write('/new', 'x');
    expect(await said(IMAGE, NOW, viewer)).toEqual(['added /new']);
    const forbidden = { code: 'FORBIDDEN' };
    await expect(diffs().file(viewer, IMAGE, NOW, { path: '/new' })).rejects.toMatchObject(forbidden);
    await expect(diffs().download(viewer, IMAGE, NOW, { path: '/new' }, 'after')).rejects.toMatchObject(
      forbidden,
    );
  });

  it('a viewer cannot have an agent copied', async () => {
    const first = await take('first');
    await write('/new', 'x');
    await expect(said(at(first), NOW, viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('a stranger sees nothing', async () => {
    const asked = diffs().changes(null, IMAGE, NOW, {});
    await expect(asked).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a path', () => {
  it.each(['/etc/../shadow', 'etc/passwd', '/a/./b', '/a\0b', ''])('%j is refused', async (path) => {
    const asked = diffs().file(world.admin, IMAGE, NOW, { path });
    await expect(asked).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('that has not changed is not read', async () => {
    await write('/new', 'x');
    const asked = diffs().file(world.admin, IMAGE, NOW, { path: '/etc/hosts' });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
