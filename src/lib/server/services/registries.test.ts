import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegistryRepository } from '../storage/registries.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

const LOGIN = { username: 'ada', password: 'correct horse' };

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
  world.fake.requireLogin({ ...LOGIN, serverAddress: 'ghcr.io' });
});
afterEach(() => world.close());

const registries = () => world.services.registries;

describe('a login for a registry', () => {
  it('is kept when the registry takes it, sealed, and never shown', async () => {
    const { registry, made, works } = await registries().put(world.admin, ' GHCR.io ', LOGIN);
    expect({ made, works }).toEqual({ made: true, works: true });
    expect(registry).toMatchObject({ address: 'ghcr.io', username: 'ada', createdBy: 'ada' });
    expect(registry.workedAt).not.toBeNull();
    expect(registries().list(person('viewer'))).toEqual([registry]);
    expect(JSON.stringify([registry, world.facts])).not.toContain(LOGIN.password);
    expect(new RegistryRepository(world.database.db).list()[0]?.sealed).not.toContain(LOGIN.password);
    expect(world.facts.at(-1)).toMatchObject({ kind: 'changed', what: 'registries', subject: 'ghcr.io' });
  });

  it('that the registry does not take is not kept, unless by force', async () => {
    const wrong = { ...LOGIN, password: 'wrong' };
    await expect(registries().put(world.admin, 'ghcr.io', wrong)).rejects.toMatchObject({
      code: 'PULL_FAILED',
    });
    expect(registries().list(world.admin)).toEqual([]);
    const forced = await registries().put(world.admin, 'ghcr.io', { ...wrong, force: true });
    expect(forced).toMatchObject({ works: false, registry: { workedAt: null } });
    await expect(registries().test(world.admin, 'ghcr.io')).rejects.toMatchObject({ code: 'PULL_FAILED' });
  });

  it('keeps its password when it is changed without one', async () => {
    await registries().put(world.admin, 'ghcr.io', LOGIN);
    const again = await registries().put(world.admin, 'ghcr.io', { username: 'ada' });
    expect(again).toMatchObject({ made: false, works: true });
    expect(registries().loginFor('ghcr.io/acme/tool')).toEqual({ ...LOGIN, serverAddress: 'ghcr.io' });
    await expect(registries().put(world.admin, 'quay.io', { username: 'ada' })).rejects.toMatchObject({
      code: 'VALIDATION',
      details: { fields: [{ field: 'password' }] },
    });
  });

  it('is forgotten as not working when a test fails', async () => {
    await registries().put(world.admin, 'ghcr.io', LOGIN);
    world.fake.requireLogin({ ...LOGIN, password: 'a new one', serverAddress: 'ghcr.io' });
    await expect(registries().test(world.admin, 'ghcr.io')).rejects.toMatchObject({ code: 'PULL_FAILED' });
    expect(registries().list(world.admin)[0]?.workedAt).toBeNull();
  });

  it('is chosen by the registry of the image; Docker Hub has a name of its own there', async () => {
    await registries().put(world.admin, 'index.docker.io', { ...LOGIN, force: true });
    expect(registries().loginFor('nginx')).toMatchObject({
      serverAddress: 'https://index.docker.io/v1/',
      username: 'ada',
    });
    expect(registries().loginFor('ghcr.io/acme/tool')).toBeNull();
    expect(Object.keys(registries().logins())).toEqual(['https://index.docker.io/v1/']);
  });

  it('is gone when it is deleted', async () => {
    await registries().put(world.admin, 'ghcr.io', LOGIN);
    registries().delete(world.admin, 'ghcr.io');
    expect(registries().list(world.admin)).toEqual([]);
    expect(() => {
      registries().delete(world.admin, 'ghcr.io');
    }).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it.each(['', 'https://ghcr.io', 'ghcr.io/acme', 'acme', 'ghcr .io', '../x'])(
    'has no address "%s"',
    async (address) => {
      await expect(registries().put(world.admin, address, LOGIN)).rejects.toMatchObject({
        code: 'VALIDATION',
        details: { fields: [{ field: 'address' }] },
      });
    },
  );

  it('is an admin’s to change', async () => {
    const operator = person('operator');
    await expect(registries().put(operator, 'ghcr.io', LOGIN)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(registries().test(operator, 'ghcr.io')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
