import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId, type HostId } from '#lib/domain/ids.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { finish, useDrivenTime } from '../testing/driven-time.ts';
import { Fleet } from './fleet.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const GIB = 1024 ** 3;
let fleet: Fleet;
let fakes: FakeEngine[];
beforeEach(() => {
  fleet = new Fleet();
  fakes = [];
});
afterEach(async () => {
  for (const fake of fakes) fake.comeBack();
  await finish(fleet.close());
});

function add(name: string, memory = GIB): FakeEngine {
  const fake = new FakeEngine({ name, memory });
  fakes.push(fake);
  fleet.add({ id: newId<HostId>(), name, kind: 'tcp', address: `tcp://${name}`, open: () => fake.open() });
  return fake;
}

describe('placing', () => {
  it('auto takes the reachable one with most memory', async () => {
    add('small', GIB);
    add('big', 8 * GIB);
    add('away', 64 * GIB).goAway();
    await finish(fleet.start(1_000));
    expect(fleet.place('auto').name).toBe('big');
  });

  it('a named one is taken by name or id', async () => {
    add('small');
    add('big', 8 * GIB);
    await finish(fleet.start(1_000));
    expect(fleet.place('small').name).toBe('small');
    expect(fleet.place(fleet.hosts()[0]?.id ?? '').name).toBe('small');
  });

  it('an unknown name is NOT_FOUND', () => {
    expect(() => fleet.place('none')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('a named one that is away is refused with its reason', async () => {
    add('away').goAway();
    await finish(fleet.start(1_000));
    expect(() => fleet.place('away')).toThrow(expect.objectContaining({ code: 'HOST_UNREACHABLE' }));
  });

  it('when none is reachable the reason is that of the first', async () => {
    add('away').goAway('EACCES');
    await finish(fleet.start(1_000));
    expect(() => fleet.place('auto')).toThrow('away: No permission to open the Docker socket');
  });

  it('without any host there is nothing to place on', () => {
    expect(() => fleet.place('auto')).toThrow('No host is reachable');
  });
});

it('a hanging host does not hold up the start of the others', async () => {
  add('hung').hang();
  add('good');
  const from = Date.now();
  await finish(fleet.start(3_000));
  expect(Date.now() - from).toBeLessThanOrEqual(3_000);
  expect(fleet.views().map(({ name, state }) => `${name} ${state}`)).toEqual([
    'hung connecting',
    'good online',
  ]);
});

it('listeners hear of hosts that were there before them', async () => {
  add('one');
  const heard: string[] = [];
  fleet.listen({
    changed: ({ name, state }) => heard.push(`${name} ${state}`),
    online: ({ name }) => heard.push(`${name} is there`),
  });
  await finish(fleet.start(1_000));
  expect(heard).toEqual(['one online', 'one is there']);
});

it('finds by id, and says when there is none', async () => {
  const fake = add('one');
  await finish(fleet.start(1_000));
  const id = fleet.hosts()[0]?.id ?? '';
  expect(fleet.get(id).name).toBe('one');
  expect(fleet.engine(id)).toBe(fake);
  expect(fleet.find('none')).toBeUndefined();
  expect(() => fleet.get('none')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
