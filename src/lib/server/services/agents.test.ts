import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { settled, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { AgentFilter } from './agent-filter.ts';

useDrivenTime();

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  await world.close();
});

/** What a call came to, whether it threw at once or later. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'done';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('rights', () => {
  const methods = (service: object): string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter((name) => name !== 'constructor');
  const call = (service: object, name: string, ...given: readonly unknown[]) =>
    outcome(() => {
      const method: unknown = Reflect.get(service, name);
      if (typeof method !== 'function') throw new Error(`${name} is no method`);
      const result: unknown = Reflect.apply(method, service, given);
      // a generator begins with its first step
      return typeof result === 'object' &&
        result !== null &&
        'next' in result &&
        typeof result.next === 'function'
        ? Reflect.apply(result.next, result, [])
        : result;
    });

  it('of a stranger are none: every method of every service refuses him', async () => {
    const { agents, snapshots, hosts, logs } = world.services;
    for (const service of [agents, snapshots, hosts, logs]) {
      for (const name of methods(service)) {
        expect([name, await call(service, name, null, 'fox', {})]).toEqual([name, 'UNAUTHENTICATED']);
      }
    }
    for (const name of ['cancel', 'list', 'get']) {
      expect([name, await call(world.operations, name, null, 'x')]).toEqual([name, 'UNAUTHENTICATED']);
    }
    const accounts = world.makeAccounts();
    for (const name of ['logout', 'sessions', 'endSession', 'tokens', 'createToken', 'revokeToken']) {
      expect([name, await call(accounts, name, null, 'x')]).toEqual([name, 'UNAUTHENTICATED']);
    }
  });

  it('of a viewer are to see, not to change', async () => {
    const viewer = person('viewer');
    await world.spawn({ name: 'fox' });
    const { agents, snapshots } = world.services;
    for (const name of ['list', 'get', 'pulse', 'samples', 'history', 'lives', 'operationsOf']) {
      expect([name, await call(agents, name, viewer, name === 'list' ? {} : 'fox')]).toEqual([name, 'done']);
    }
    for (const name of [
      'spawn',
      'start',
      'stop',
      'restart',
      'pause',
      'resume',
      'kill',
      'remove',
      'cancel',
      'inspect',
    ]) {
      expect([name, await call(agents, name, viewer, name === 'spawn' ? { type: 'shell' } : 'fox')]).toEqual([
        name,
        'FORBIDDEN',
      ]);
    }
    for (const name of ['create', 'delete'])
      expect([name, await call(snapshots, name, viewer, 'fox', {})]).toEqual([name, 'FORBIDDEN']);
    expect(world.states(agents.get(viewer, 'fox').id).at(-1)).toBe('ready');
  });
});

describe('the list', () => {
  beforeEach(async () => {
    await world.spawn({ name: 'fox', tags: { team: 'blue', note: 'a=b' }, role: 'builder' });
    await world.spawn({
      name: 'owl',
      type: 'custom',
      image: 'slipway/starter:latest',
      tags: { team: 'red' },
    });
    await world.spawn({ name: 'hen' });
    await world.services.agents.stop(world.admin, 'hen', {}, { wait: true });
    await world.spawn({ name: 'old' });
    await world.services.agents.remove(world.admin, 'old', { force: true }, { wait: true });
  });
  const names = (filter: AgentFilter) =>
    world.services.agents
      .list(world.admin, filter)
      .map((agent) => agent.name)
      .toSorted();

  it.each<[AgentFilter, string[]]>([
    [{}, ['fox', 'hen', 'owl']],
    [{ status: ['ready'] }, ['fox', 'owl']],
    [{ status: ['ready', 'stopped'] }, ['fox', 'hen', 'owl']],
    [{ status: ['removed'] }, ['old']],
    [{ status: ['unreachable'] }, []],
    [{ type: ['custom'] }, ['owl']],
    [{ role: ['builder'] }, ['fox']],
    [{ host: ['local'] }, ['fox', 'hen', 'owl']],
    [{ host: ['far'] }, []],
    [{ tag: ['team'] }, ['fox', 'owl']],
    [{ tag: ['team=red'] }, ['owl']],
    [{ tag: ['note=a=b'] }, ['fox']],
    [{ tag: ['team=blue', 'note'] }, ['fox']],
    [{ tag: ['toString'] }, []],
    [{ q: ' OW ' }, ['owl']],
    [{ q: 'team=blue' }, ['fox']],
    [{ q: 'starter' }, ['fox', 'hen', 'owl']],
    [{ q: 'ready' }, []],
    [{ status: [], type: [], tag: [], q: '' }, ['fox', 'hen', 'owl']],
  ])('with %j is %j', (filter, wanted) => {
    expect(names(filter)).toEqual(wanted);
  });

  it('asks no engine, also while the host is away; its agents are unreachable then', async () => {
    world.fake.goAway();
    world.host.poke();
    await expect.poll(() => world.host.state, { interval: 5 }).not.toBe('online');
    world.host.poke();
    await expect.poll(() => world.host.state, { interval: 5 }).toBe('offline');
    expect(names({ status: ['unreachable'] })).toEqual(['fox', 'hen', 'owl']);
    expect(names({ status: ['ready'] })).toEqual([]);
  });

  it('comes in pages, newest first, each agent once', () => {
    const { agents } = world.services;
    const all = agents.list(world.admin).map((agent) => agent.id);
    expect(all).toEqual(all.toSorted().toReversed());
    const first = agents.page(world.admin, {}, 2, null);
    expect(first).toMatchObject({ count: 3, nextCursor: all[1] });
    const second = agents.page(world.admin, {}, 2, first.nextCursor ?? null);
    expect([...first.agents, ...second.agents].map((agent) => agent.id)).toEqual(all);
    expect(second).not.toHaveProperty('nextCursor');
    expect(agents.page(world.admin, {}, 3, null)).not.toHaveProperty('nextCursor');
  });
});

describe('one agent', () => {
  it('is found by id or by name; a removed one by id', async () => {
    const { agents } = world.services;
    const fox = await world.spawn({ name: 'fox' });
    expect(agents.get(world.admin, 'fox').id).toBe(fox.id);
    expect(agents.get(world.admin, fox.id).name).toBe('fox');
    await agents.remove(world.admin, 'fox', { force: true }, { wait: true });
    expect(() => agents.get(world.admin, 'fox')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(agents.get(world.admin, fox.id)).toMatchObject({ state: 'removed', can: [] });
    const next = await world.spawn({ name: 'fox' });
    expect(agents.get(world.admin, 'fox').id).toBe(next.id);
  });

  it('says when it was last active: by its output, else by what was written down', async () => {
    const { agents } = world.services;
    const fox = await world.spawn({ name: 'fox' });
    expect(fox.lastActivityAt).toBeNull();
    world.pulses.output(fox.id, 'hello', Date.UTC(2026, 2, 1));
    expect(agents.get(world.admin, 'fox').lastActivityAt).toBe('2026-03-01T00:00:00.000Z');
    expect(agents.pulses(world.admin)[fox.id]?.lastOutput).toBe('hello');
    world.pulses.forget(fox.id);
    expect(agents.get(world.admin, 'fox').lastActivityAt).toBeNull();
    expect(agents.pulses(world.admin)).toEqual({});
  });

  it('is shown whole as the engine sees it, when it has a container', async () => {
    const { agents } = world.services;
    const fox = await world.spawn({ name: 'fox' });
    expect(await agents.inspect(world.admin, 'fox')).toMatchObject({ Id: fox.containerId });
    await agents.remove(world.admin, 'fox', { force: true }, { wait: true });
    const gone = world.row(fox.id);
    expect(await outcome(() => agents.inspect(world.admin, gone.id))).toBe('NOT_FOUND');
  });

  it('offers no snapshot and no stop when it has no container', async () => {
    world.fake.hold('inspectImage');
    const agent = await world.services.agents.spawn(world.admin, { type: 'shell', name: 'fox' });
    await settled();
    expect(agent.can).toEqual(['cancel', 'remove']);
    world.services.agents.cancel(world.admin, 'fox');
    world.fake.comeBack();
    await settled();
    expect(world.services.agents.get(world.admin, 'fox')).toMatchObject({
      state: 'failed',
      attention: null,
      can: ['start', 'rename', 'recreate', 'remove'],
    });
  });
});

describe('cancelling', () => {
  it('what is over is a conflict', async () => {
    await world.spawn({ name: 'fox' });
    expect(await outcome(() => world.services.agents.cancel(world.admin, 'fox'))).toBe('CONFLICT');
  });
});
