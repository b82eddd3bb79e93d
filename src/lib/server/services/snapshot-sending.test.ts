import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
let world: TestWorld;
let far: FakeEngine;
let id: string;
beforeEach(async () => {
  world = await makeWorld();
  far = new FakeEngine();
  const row = { id: newId<HostId>(), name: 'far', kind: 'local', address: 'unix:///far.sock' } as const;
  world.settings.insertHost({ ...row, engineId: null, createdAt: Date.now() });
  const host = world.fleet.add({
    ...row,
    open: () => far.open(),
  });
  await finish(host.start());
  await finish(world.spawn({ name: 'one', host: 'local' }));
  const made = await finish(world.services.snapshots.create(world.admin, 'one', { name: 'first' }));
  id = made?.id ?? '';
});
afterEach(() => finish(world.close()));

const failure = (work: Promise<unknown>) =>
  finish(work).then(
    () => null,
    (error: unknown) => error,
  );
const services = () => world.services;
const copy = () => services().snapshotSending.copy(world.admin, id, { host: 'far' }, WAIT);
const push = (reference: string) => services().snapshotSending.push(world.admin, id, { reference }, WAIT);

describe('a copy to another host', () => {
  it('is a snapshot there, after the same one in the tree', async () => {
    const second = await finish(services().snapshots.create(world.admin, 'one', { name: 'second' }));
    id = second?.id ?? '';
    const { snapshot, operation } = await finish(copy());
    const source = services()
      .snapshots.list(world.admin)
      .find((each) => each.id === id);
    expect(snapshot).toMatchObject({
      name: 'second',
      agentId: source?.agentId,
      parentId: source?.parentId,
      image: source?.image,
    });
    expect(snapshot?.hostId).not.toBe(source?.hostId);
    expect(operation).toMatchObject({ kind: 'copy', host: 'far', subject: 'slipway/one:second' });
    expect(await far.inspectImage('slipway/one:second')).not.toBeNull();
    const [fork] = await finish(
      services().forking.fork(world.admin, snapshot?.id ?? '', { name: 'there' }, WAIT),
    );
    expect(fork).toMatchObject({ state: 'ready', host: 'far' });
  });

  it('that is there already is refused', async () => {
    await finish(copy());
    expect(await failure(copy())).toMatchObject({ code: 'CONFLICT' });
  });

  it('that fails leaves nothing there', async () => {
    far.failNext('loadImages', new EngineRefusal(500, 'no space left on device'));
    expect(await failure(copy())).not.toBeNull();
    expect(await far.inspectImage('slipway/one:first')).toBeNull();
    expect(services().snapshots.list(world.admin)).toHaveLength(1);
  });
});

describe('a push', () => {
  it('that the policy does not allow is refused before anything is named', async () => {
    services().imagePolicy.change(world.admin, { allow: ['ghcr.io/acme'], strict: false });
    expect(await failure(push('docker.io/other/one:1'))).toMatchObject({ code: 'IMAGE_NOT_ALLOWED' });
    expect(await world.fake.inspectImage('other/one:1')).toBeNull();
  });

  it('under the name of another image of the host is refused', async () => {
    world.fake.addImage('ghcr.io/acme/taken:1');
    expect(await failure(push('ghcr.io/acme/taken:1'))).toMatchObject({ code: 'CONFLICT' });
  });

  it('leaves no second name behind, also when it fails', async () => {
    world.fake.failNext('pushImage', new EngineRefusal(500, 'denied'));
    expect(await failure(push('ghcr.io/acme/one:1'))).not.toBeNull();
    expect(await world.fake.inspectImage('ghcr.io/acme/one:1')).toBeNull();
    expect(await world.fake.inspectImage('slipway/one:first')).not.toBeNull();
  });

  it('is not for those who only look', async () => {
    const pushing = services().snapshotSending.push(person('viewer'), id, { reference: 'x:1' });
    expect(await failure(pushing)).toMatchObject({ code: 'FORBIDDEN' });
  });
});
