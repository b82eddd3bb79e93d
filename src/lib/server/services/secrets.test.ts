import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

const admin = person('admin', 'ada');
const operator = person('operator', 'olga');
const VALUE = 'hunter2-secret';

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await world.close();
});

const code = (value: string): unknown => expect.objectContaining({ code: value });
const put = (name = 'API_KEY', value = VALUE) => world.services.secrets.put(admin, { name, value });

describe('a secret', () => {
  it('is saved, listed and told without its value, which the database holds encrypted', () => {
    expect(put()).toMatchObject({ made: true, secret: { name: 'API_KEY', agents: [], lastUsedAt: null } });
    const seen = JSON.stringify([world.services.secrets.list(operator), world.facts]);
    expect(seen).toContain('API_KEY');
    expect(seen).not.toContain(VALUE);
    expect(world.facts.at(-1)).toMatchObject({
      kind: 'changed',
      what: 'secrets',
      subject: 'API_KEY',
      by: 'operator ada',
    });
    expect(world.services.secrets.all()).toEqual(new Map([['API_KEY', VALUE]]));
  });

  it('gets another value under the same name, and keeps who made it', () => {
    put();
    const again = world.services.secrets.put(person('admin', 'bob'), { name: 'API_KEY', value: 'other' });
    expect(again).toMatchObject({ made: false, secret: { createdBy: 'ada' } });
    expect(world.services.secrets.all().get('API_KEY')).toBe('other');
  });

  it.each([
    [{ name: '1st', value: 'x' }, 'name'],
    [{ name: 'A', value: '' }, 'value'],
    [{ name: 'A' }, 'value'],
    [{ name: 'A', value: 'a\0b' }, 'value'],
  ])('is refused with the field that is wrong, and never with its value: %j', (input, field) => {
    expect(() => world.services.secrets.put(admin, input)).toThrow(
      expect.objectContaining({ details: { fields: [expect.objectContaining({ field })] } }),
    );
  });

  it('is changed by admins, seen by operators, and nothing for viewers', () => {
    put();
    const { secrets } = world.services;
    expect(() => secrets.put(operator, { name: 'B', value: 'x' })).toThrow(code('FORBIDDEN'));
    expect(() => {
      secrets.delete(operator, 'API_KEY');
    }).toThrow(code('FORBIDDEN'));
    expect(() => secrets.list(person('viewer'))).toThrow(code('FORBIDDEN'));
    expect(() => secrets.list(null)).toThrow(code('UNAUTHENTICATED'));
  });

  it('that is not there cannot be deleted', () => {
    expect(() => {
      world.services.secrets.delete(admin, 'NONE');
    }).toThrow(code('NOT_FOUND'));
  });
});

it('a secret that a type gives to its agents is not deleted without a word', () => {
  put();
  world.services.types.create(admin, {
    name: 'keyed',
    title: 'Keyed',
    image: 'slipway/starter:latest',
    defaults: { env: { TOKEN: { secret: 'API_KEY' } } },
  });
  expect(() => {
    world.services.secrets.delete(admin, 'API_KEY');
  }).toThrow('is used by the type keyed');
});

describe('an agent with a secret', () => {
  const env = { TOKEN: { secret: 'API_KEY' }, PLAIN: 'x' };

  it('is refused when there is no such secret, by the variable that names it', async () => {
    await expect(world.spawn({ name: 'fox', env })).rejects.toMatchObject({
      code: 'VALIDATION',
      details: { fields: [{ field: 'env.TOKEN', rule: 'there is no secret "API_KEY"' }] },
    });
    expect(await world.fake.listContainers()).toEqual([]);
  });

  it('has its value nowhere in the container that is made, nor in anything that is told of it', async () => {
    put();
    const fox = await world.spawn({ name: 'fox', env });
    const facts = await world.fake.inspectContainer(fox.containerId ?? '');
    expect(JSON.stringify([facts, world.facts, world.services.agents.get(admin, fox.id)])).not.toContain(
      VALUE,
    );
    expect(JSON.stringify(facts.raw['Config'])).toContain('"/bin/sh","/run/slipway/start"');
    expect(world.services.secrets.list(admin)).toMatchObject([{ agents: ['fox'] }]);
    expect(world.services.secrets.list(admin)[0]?.lastUsedAt).not.toBeNull();
    expect(world.facts).toContainEqual(
      expect.objectContaining({ kind: 'secret-use', secrets: ['API_KEY'], agentId: fox.id }),
    );
  });

  it('given as a plain variable is hidden where the container is shown', async () => {
    put();
    const fox = await world.spawn({ name: 'fox', env: { TOKEN: { secret: 'API_KEY', delivery: 'env' } } });
    const facts = await world.fake.inspectContainer(fox.containerId ?? '');
    expect(JSON.stringify(facts.raw)).toContain(VALUE);
    const shown = JSON.stringify(await world.services.agents.inspect(admin, fox.id));
    expect(shown).toContain('TOKEN=••••••');
    expect(shown).not.toContain(VALUE);
  });

  it('keeps it from being deleted, unless by force', async () => {
    put();
    await world.spawn({ name: 'fox', env });
    expect(() => {
      world.services.secrets.delete(admin, 'API_KEY');
    }).toThrow('is used by fox');
    world.services.secrets.delete(admin, 'API_KEY', true);
    expect(world.services.secrets.list(admin)).toEqual([]);
  });
});
