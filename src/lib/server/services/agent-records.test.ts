import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '#lib/domain/agent-state.ts';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import { makeWorld, newRow, type TestWorld } from '../testing/world.ts';

let world: TestWorld;
let id: AgentId;
beforeEach(async () => {
  world = await makeWorld({ offline: true });
  id = newId<AgentId>();
  world.records.create(newRow(world, { id }), () => undefined);
  world.records.move(id, 'preparing', 'operator ada');
  world.records.move(id, 'creating', 'operator ada');
  world.records.move(id, 'starting', 'operator ada', { containerId: 'c1' });
});
afterEach(() => world.close());

const exited = (exitCode: number, oomKilled = false): Observation => ({
  kind: 'exited',
  exitCode,
  oomKilled,
  by: 'itself',
});
const lives = () => world.agents.lives(id, 10);
const ready = (startedAt: number) => world.records.move(id, 'ready', 'operator ada', { startedAt });

describe('a life', () => {
  it('opens when the row says that it started', () => {
    expect(lives()).toEqual([]);
    ready(100);
    expect(lives()).toMatchObject([{ containerId: 'c1', startedAt: 100, endedAt: null }]);
  });

  it('closes with the code, the time and the reason of the end', () => {
    ready(100);
    world.records.observe(id, exited(137, true), { endedAt: 250 });
    expect(lives()).toMatchObject([
      { startedAt: 100, endedAt: 250, exitCode: 137, oomKilled: true, reason: 'oom' },
    ]);
    expect(world.row(id)).toMatchObject({ state: 'crashed', wanted: 'stopped', endedAt: 250, exitCode: 137 });
  });

  it('is one of several when the container starts again', () => {
    ready(100);
    world.records.observe(id, exited(0), { endedAt: 200 });
    world.records.observe(id, { kind: 'started' }, { startedAt: 300 });
    expect(world.row(id)).toMatchObject({
      state: 'ready',
      wanted: 'running',
      reason: 'external',
      endedAt: null,
      exitCode: null,
    });
    expect(lives()).toMatchObject([
      { startedAt: 300, endedAt: null },
      { startedAt: 100, endedAt: 200, exitCode: 0 },
    ]);
  });

  it('closes at the next start when nobody heard its end', () => {
    ready(100);
    world.records.move(id, 'restarting', 'operator ada');
    world.records.observe(id, { kind: 'started' }, { startedAt: 300 });
    expect(lives()).toMatchObject([{ startedAt: 300 }, { startedAt: 100, endedAt: 300, exitCode: null }]);
  });

  it('closes with its own code when the end is heard in the middle of a restart', () => {
    ready(100);
    world.records.move(id, 'restarting', 'operator ada');
    world.records.observe(
      id,
      { kind: 'exited', exitCode: 143, oomKilled: false, by: 'slipway' },
      { endedAt: 200 },
    );
    expect(world.row(id).state).toBe('restarting');
    world.records.observe(id, { kind: 'started' }, { startedAt: 300 });
    expect(lives()).toMatchObject([{ startedAt: 300 }, { startedAt: 100, endedAt: 200, exitCode: 143 }]);
  });

  it('closes when the container is removed under it', () => {
    ready(100);
    world.records.observe(id, { kind: 'gone' });
    expect(world.row(id)).toMatchObject({ state: 'removed', wanted: 'removed', reason: 'external' });
    expect(lives()[0]?.endedAt).not.toBeNull();
  });
});

describe('observing', () => {
  it('a repeated report changes nothing and is not told', () => {
    ready(100);
    world.records.observe(id, exited(3), { endedAt: 200 });
    const [told, before] = [world.facts.length, world.row(id)];
    world.records.observe(id, exited(3), { endedAt: 200 });
    expect(world.facts).toHaveLength(told);
    expect(world.row(id)).toBe(before);
  });

  it('what was announced as our own doing carries its reason, and afterwards it is external again', () => {
    ready(100);
    const over = world.records.intend(id, 'operator bob');
    world.records.observe(id, { kind: 'paused' });
    expect(world.row(id).reason).toBe('operator bob');
    over();
    world.records.observe(id, { kind: 'running' });
    expect(world.row(id)).toMatchObject({ state: 'ready', reason: 'external' });
  });

  it('a crash keeps its own reason whatever was announced', () => {
    ready(100);
    world.records.intend(id, 'operator bob');
    world.records.observe(id, exited(3));
    expect(world.row(id).reason).toBe('crash 3');
  });
});

describe('moving', () => {
  it('a step that the table does not have throws and writes nothing', () => {
    const told = world.facts.length;
    expect(() => world.records.move(id, 'stopped', null)).not.toThrow();
    expect(() => world.records.move(id, 'ready', null)).toThrow(
      'illegal transition of an agent: stopped -> ready',
    );
    expect(world.row(id).state).toBe('stopped');
    expect(world.facts).toHaveLength(told + 1);
  });

  it('since is the time of the last change of state, not of the last change', () => {
    ready(100);
    const { since } = world.row(id);
    world.records.patch(id, { stopDeadline: 5 });
    expect(world.row(id).since).toBe(since);
  });

  it('an error goes when the agent moves on', () => {
    world.records.fail(id, { code: 'ENGINE_ERROR', message: 'no', hint: 'none' });
    expect(world.row(id)).toMatchObject({
      state: 'failed',
      reason: 'ENGINE_ERROR',
      error: { message: 'no' },
    });
    world.records.move(id, 'queued', 'operator ada');
    expect(world.row(id).error).toBeNull();
  });

  it('each change is told with the whole view, and the change of state beside it', () => {
    ready(100);
    const fact = world.facts.at(-1);
    expect(fact).toMatchObject({
      kind: 'agent',
      agent: { id, state: 'ready' },
      change: { from: 'starting', to: 'ready', reason: 'operator ada' },
    });
  });
});

it('when the database refuses, memory is as it was', () => {
  const other = newId<AgentId>();
  expect(() => {
    world.records.create(newRow(world, { id: other }), () => undefined);
  }).toThrow(/UNIQUE/);
  expect(world.agents.byId(other)).toBeUndefined();
  expect(world.agents.byName('one')?.id).toBe(id);
});
