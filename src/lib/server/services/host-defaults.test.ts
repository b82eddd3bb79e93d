import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finish, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const GIB = 1024 ** 3;
let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => finish(world.close()));

const put = (raw: unknown, actor = world.admin) => world.services.hostDefaults.put(actor, world.host.id, raw);
const spawn = (input: Readonly<Record<string, unknown>>) => finish(world.spawn(input));
const resources = (id: string) => world.row(id).spec.resources;

describe('the defaults of a host', () => {
  it('lie over the instance and under types and fields', async () => {
    put({ memory: '1g', pids: 99 });
    const plain = await spawn({ name: 'plain' });
    expect(resources(plain.id)).toMatchObject({ memory: GIB, cpu: 0.5, pids: 99 });
    const own = await spawn({ name: 'own', resources: { memory: '2g' } });
    expect(resources(own.id)).toMatchObject({ memory: 2 * GIB, pids: 99 });
    const flags = await spawn({ name: 'flags', startArgs: ['--memory=3g'] });
    expect(resources(flags.id)).toMatchObject({ memory: 3 * GIB, pids: 99 });
  });

  it('change nothing of agents that are there, also when those are made anew or cloned', async () => {
    const before = await spawn({ name: 'before' });
    put({ memory: '1g', cpu: 2 });
    await finish(world.services.agents.recreate(world.admin, before.id, { env: { A: 'b' } }, { wait: true }));
    expect(resources(before.id)).toMatchObject({ memory: 512 * 1024 ** 2, cpu: 0.5 });
    const clone = await finish(
      world.services.agents.clone(world.admin, before.id, { name: 'clone' }, { wait: true }),
    );
    expect(resources(clone.id)).toMatchObject({ memory: 512 * 1024 ** 2, cpu: 0.5 });
    const { input } = world.services.agents.get(world.admin, before.id);
    // said in full: another host may have other defaults
    expect(input).toMatchObject({ resources: { memory: '512m', cpu: 0.5 } });
  });

  it('are what the pre-flight reckons with', async () => {
    put({ memory: 'unlimited' });
    const { checks } = await finish(world.services.preflight.check(world.admin, { type: 'shell' }));
    expect(checks.find(({ name }) => name === 'room')?.text).toMatch(/^no memory limit/);
  });

  it('are as the instance has them again when they are left out', async () => {
    put({ memory: '1g' });
    expect(put({}).own).toEqual({});
    expect(resources((await spawn({ name: 'again' })).id)).toMatchObject({ memory: 512 * 1024 ** 2 });
  });

  it("are an admin's to change, of a host that is there, with amounts that can be", () => {
    expect(() => put({}, person('operator'))).toThrow(/needs the role admin/);
    expect(() => world.services.hostDefaults.put(world.admin, 'nowhere', {})).toThrow(/nowhere/);
    expect(() => put({ memory: '1k' })).toThrow(/at least 6 MB/);
    expect(() => put({ disk: 1 })).toThrow(/disk/);
    expect(world.services.hostDefaults.get(person('viewer'), world.host.id)).toMatchObject({
      own: {},
      instance: { cpu: 0.5 },
    });
  });
});
