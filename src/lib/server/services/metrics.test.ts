import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { metricQuery } from '#lib/domain/inputs/metric-query.ts';
import type { MetricPoint } from '#lib/protocol/metrics.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { MetricRepository } from '../storage/metrics.ts';
import { HostBoard } from '../streams/host-board.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import { MetricService } from './metrics.ts';

const ADA = person('viewer', 'ada');
const OPERATOR = person('operator', 'bob');
const STEP_MS = 10_000;

let world: TestWorld;
let kept: MetricRepository;
let metrics: MetricService;
let agent: AgentDetailView;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  kept = new MetricRepository(world.database.db);
  metrics = new MetricService({ ...world, metrics: kept, hostFigures: new HostBoard() });
  agent = await world.spawn({ name: 'fox' });
});
afterEach(() => world.close());

const ago = (ms: number, grid: number) => Math.floor((Date.now() - ms) / grid) * grid;
const iso = (ms: number) => new Date(Date.now() - ms).toISOString();
const ask = (query: Readonly<Record<string, string>> = {}, id = 'fox') =>
  metrics.history(ADA, id, parseInput(metricQuery, query));

function write(step: number, ats: readonly number[], cpu = 10): void {
  const point = (at: number): MetricPoint => ({
    at,
    samples: step / 10,
    cpu,
    cpuMax: cpu,
    memory: 1,
    memoryMax: 1,
    memoryLimit: null,
    netRx: null,
    netTx: null,
    blockRead: null,
    blockWrite: null,
    pids: 1,
    throttled: 0,
  });
  kept.write(step, { agents: ats.map((at) => ({ id: agent.id, point: point(at) })) });
}

describe('history', () => {
  it('of the last hour has all that was measured', () => {
    const at = ago(60_000, STEP_MS);
    write(10, [at, at + STEP_MS, at + 4 * STEP_MS]);
    const { step, points } = ask();
    expect(step).toBe(10);
    expect(points.map((point) => point.at)).toEqual([at, at + STEP_MS, at + 4 * STEP_MS]);
  });

  it('of a long while goes on with finer figures where the coarse ones are not made yet', () => {
    const quarter = ago(60 * 60_000, 900_000);
    write(900, [quarter], 10);
    write(60, [quarter + 120_000, quarter + 900_000], 30);
    write(10, [quarter + 960_000], 50);
    const { step, points } = ask({ from: iso(7 * 24 * 3_600_000) });
    expect(step).toBe(900);
    expect(points.map(({ at, samples, cpu }) => [at, samples, cpu])).toEqual([
      [quarter, 90, 10],
      [quarter + 900_000, 7, 32.86],
    ]);
  });

  it('is in the step that was asked for', () => {
    const at = ago(120_000, 60_000);
    write(10, [at, at + STEP_MS]);
    expect(ask({ step: '60' }).points).toMatchObject([{ at, samples: 2 }]);
  });

  it('stays when the agent is removed', async () => {
    write(10, [ago(60_000, STEP_MS)]);
    await world.services.agents.remove(OPERATOR, agent.id, { force: true, timeout: 0 }, { wait: true });
    expect(ask({}, agent.id).points).toHaveLength(1);
    expect(() => ask({}, 'fox')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

it.each([{ step: '5' }, { from: 'x' }, { from: iso(0), to: iso(3_600_000) }, { range: '1h' }])(
  'a question such as %j is refused',
  (query) => {
    expect(() => ask(query)).toThrow(expect.objectContaining({ code: 'VALIDATION' }));
  },
);

it('restarts are starts after the first, and marks tell of them', async () => {
  expect(metrics.ends(ADA, 'fox')).toEqual({ restarts: 0, oomKills: 0 });
  await world.services.agents.restart(OPERATOR, 'fox', { timeout: 0 }, { wait: true });
  expect(metrics.ends(ADA, 'fox')).toEqual({ restarts: 1, oomKills: 0 });
  const query = { from: Date.now() - 60_000, to: Date.now() + 1, step: undefined, now: Date.now() };
  const kinds = metrics.marks(ADA, 'fox', query).map(({ kind }) => kind);
  expect(kinds).toEqual(['start', 'stop', 'start']);
});

it('a stranger sees nothing of it', () => {
  const query = parseInput(metricQuery, {});
  for (const look of [
    () => metrics.history(null, 'fox', query),
    () => metrics.marks(null, 'fox', query),
    () => metrics.lines(null, 'fox', query),
    () => metrics.ends(null, 'fox'),
    () => metrics.hosts(null),
    () => metrics.host(null, 'local', query),
  ])
    expect(look).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});
