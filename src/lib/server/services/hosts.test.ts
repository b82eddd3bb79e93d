import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { IMAGE, makeWorld, person, type TestWorld } from '../testing/world.ts';

let world: TestWorld;
const far = new FakeEngine({ name: 'far' });
beforeEach(async () => {
  world = await makeWorld();
  const options = { id: newId<HostId>(), name: 'far', kind: 'ssh', address: 'ssh://far' } as const;
  await world.fleet.add({ ...options, open: () => far.open() }).start();
});
afterEach(async () => {
  await world.close();
});

describe('the hosts', () => {
  it('are listed with their state and their engine', () => {
    expect(
      world.services.hosts
        .list(person('viewer'))
        .map(({ name, kind, state, engine }) => [name, kind, state, engine?.apiVersion]),
    ).toEqual([
      ['local', 'local', 'online', '1.41'],
      ['far', 'ssh', 'online', '1.41'],
    ]);
  });

  it('are found one by one', () => {
    const [host] = world.services.hosts.list(world.admin);
    expect(world.services.hosts.get(world.admin, host?.id ?? '')).toEqual(host);
    expect(() => world.services.hosts.get(world.admin, 'nowhere')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});

describe('which images are where', () => {
  it('is told for those that were asked for', async () => {
    far.addImage('slipway/claude:latest');
    expect(
      await world.services.hosts.hasImages(world.admin, [
        IMAGE,
        'slipway/claude:latest',
        'slipway/codex:latest',
      ]),
    ).toEqual({
      [IMAGE]: ['local'],
      'slipway/claude:latest': ['far'],
      'slipway/codex:latest': [],
    });
  });

  it('says nothing of a host that is away, and does not fail for it', async () => {
    world.fake.goAway();
    expect(await world.services.hosts.hasImages(world.admin, [IMAGE])).toEqual({ [IMAGE]: [] });
  });
});
