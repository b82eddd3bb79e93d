import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAgentType } from '#lib/domain/agent-types.ts';
import { finish, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { AgentTypeService } from './agent-types.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let types: AgentTypeService;
beforeEach(async () => {
  world = await makeWorld();
  types = world.services.types;
});
afterEach(() => finish(world.close()));

const OWN = {
  name: 'builder',
  title: 'Builder',
  image: 'slipway/starter',
  defaults: { resources: { memory: '64m' }, env: { MODE: 'fast' } },
};
const operator = person('operator', 'olga');
const viewer = person('viewer', 'vera');
const changes = () =>
  world.facts.flatMap((fact) => (fact.kind === 'changed' && fact.what === 'types' ? [fact] : []));

describe('the types', () => {
  it('are those that ship, and then those of people by name', () => {
    types.create(world.admin, { ...OWN, name: 'zeta' });
    types.create(world.admin, { ...OWN, name: 'alpha' });
    const list = types.list(viewer);
    expect(list.map((type) => type.name)).toEqual([
      'shell',
      'claude',
      'codex',
      'gemini',
      'aider',
      'custom',
      'alpha',
      'zeta',
    ]);
    expect(list.map((type) => [type.builtIn, type.changed])).toEqual([
      ...Array.from({ length: 6 }, () => [true, false]),
      [false, false],
      [false, false],
    ]);
    expect(list.find((type) => type.name === 'claude')?.shippedImage).toBe('claude');
  });

  it('are changed by admins only, and seen by everybody', () => {
    expect(() => types.create(operator, OWN)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => types.list(null)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(types.get(viewer, 'shell').name).toBe('shell');
  });

  it('show the values of their variables to those who may inspect agents', () => {
    types.create(world.admin, OWN);
    expect(types.get(viewer, 'builder').defaults).toMatchObject({ env: { MODE: '…' } });
    expect(types.get(operator, 'builder').defaults).toMatchObject({ env: { MODE: 'fast' } });
    expect(() => types.toToml(viewer, 'builder')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });
});

describe('one of your own', () => {
  it('is kept, told of, and launched with what it presets', async () => {
    const made = types.create(world.admin, OWN);
    expect(made).toMatchObject({ image: 'slipway/starter:latest', updatedBy: 'ada', agents: 0 });
    expect(changes()).toMatchObject([{ subject: 'builder', by: 'operator ada' }]);
    const agent = await finish(world.spawn({ name: 'one', type: 'builder' }));
    expect(world.row(agent.id).spec).toMatchObject({
      resources: { memory: 64 * 1024 ** 2 },
      env: { MODE: 'fast' },
    });
    expect(types.get(world.admin, 'builder').agents).toBe(1);
  });

  it('is refused under a name that is taken, that cannot be, or that is an address', () => {
    expect(() => types.create(world.admin, { ...OWN, name: 'claude' })).toThrow(/already/);
    for (const name of ['Upper', '-x', 'a b', 'new', 'import', ''])
      expect(() => types.create(world.admin, { ...OWN, name })).toThrow(/^name: /);
  });

  it('is refused with the field that is wrong', () => {
    const refused = (change: object) => () => types.create(world.admin, { ...OWN, ...change });
    expect(refused({ image: 'Not An Image' })).toThrow(/^image: /);
    expect(refused({ patterns: { login: ['('], prompt: [] } })).toThrow(/^patterns\.login\.0: .*RE2/);
    expect(refused({ defaults: { image: 'x' } })).toThrow(/^defaults\.image: /);
    expect(refused({ defaults: { readiness: { log: '[' } } })).toThrow(/^defaults\.readiness\.log: /);
    expect(changes()).toEqual([]);
  });

  it('cannot be deleted while agents use it, and says which', async () => {
    types.create(world.admin, OWN);
    await finish(world.spawn({ name: 'one', type: 'builder' }));
    expect(() => {
      types.delete(world.admin, 'builder');
    }).toThrow('The type builder is used by one');
    await finish(world.services.agents.remove(world.admin, 'one', { grace: 0, force: true }, { wait: true }));
    types.delete(world.admin, 'builder');
    expect(() => types.get(world.admin, 'builder')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

describe('a change', () => {
  it('of one that ships marks it, and a delete brings back what ships', () => {
    types.update(world.admin, 'claude', { title: 'Ours', image: 'acme/claude:1' });
    expect(types.get(world.admin, 'claude')).toMatchObject({ title: 'Ours', builtIn: true, changed: true });
    types.delete(world.admin, 'claude');
    expect(types.get(world.admin, 'claude')).toMatchObject({
      title: findAgentType('claude')?.title,
      changed: false,
      version: 0,
    });
    expect(() => {
      types.delete(world.admin, 'claude');
    }).toThrow(/as it ships/);
  });

  it('of what somebody else changed meanwhile is refused', () => {
    const read = types.get(world.admin, 'claude');
    const changed = types.update(world.admin, 'claude', { title: 'One' }, read.version);
    expect(() => types.update(world.admin, 'claude', { title: 'Two' }, read.version)).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
    expect(types.update(world.admin, 'claude', { title: 'Two', version: changed.version }).title).toBe('Two');
  });

  it('has a version that is never used again, also after a delete', () => {
    const first = types.update(world.admin, 'claude', { title: 'One' });
    types.delete(world.admin, 'claude');
    expect(types.update(world.admin, 'claude', { title: 'One' }).version).toBeGreaterThan(first.version);
  });

  it('cannot give it another name', () => {
    expect(() => types.update(world.admin, 'claude', { name: 'other' })).toThrow(/^name: cannot be changed/);
  });

  it('stays over a restart of Slipway', () => {
    types.create(world.admin, OWN);
    world.types.reload();
    expect(types.get(world.admin, 'builder').title).toBe('Builder');
  });
});

it('a clone is as the other is now, under its own name', () => {
  types.update(world.admin, 'claude', { title: 'Ours', summary: 'as we like it' });
  expect(types.clone(world.admin, 'claude', { name: 'mine' })).toMatchObject({
    name: 'mine',
    title: 'mine',
    summary: 'as we like it',
    builtIn: false,
  });
});

describe('an import', () => {
  it('brings back what an export wrote', () => {
    types.create(world.admin, OWN);
    const toml = types.toToml(world.admin, 'builder');
    const before = types.get(world.admin, 'builder');
    types.delete(world.admin, 'builder');
    expect(types.importToml(world.admin, { toml })).toMatchObject({ count: 1, types: [{ name: 'builder' }] });
    expect(types.get(world.admin, 'builder').defaults).toEqual(before.defaults);
  });

  it('takes all types of a file or none', () => {
    const toml = '[[type]]\nname = "fine"\n[[type]]\nname = "claude"\n';
    expect(() => types.importToml(world.admin, { toml })).toThrow(/already/);
    expect(types.list(world.admin)).toHaveLength(6);
    expect(types.importToml(world.admin, { toml, replace: true }).count).toBe(2);
    expect(types.get(world.admin, 'claude').changed).toBe(true);
  });
});
