import { describe, expect, it } from 'vitest';
import type { HostPoint, MetricPoint } from '#lib/protocol/metrics.ts';
import { aDatabase } from '../testing/database.ts';
import { MetricRepository } from './metrics.ts';

const make = () => new MetricRepository(aDatabase().db);

const point = (at: number, cpu: number | null = 1): MetricPoint => ({
  at,
  samples: 1,
  cpu,
  cpuMax: cpu,
  memory: 2,
  memoryMax: 3,
  memoryLimit: null,
  netRx: 0.5,
  netTx: null,
  blockRead: null,
  blockWrite: 4,
  pids: 5,
  throttled: 0,
});

const hostPoint = (at: number): HostPoint => ({
  at,
  samples: 1,
  cpu: 12.5,
  memory: 1,
  memoryTotal: 2,
  disk: null,
  diskTotal: null,
  containers: 3,
  containersRunning: 2,
  images: 1,
  clockSkew: -7,
});

describe('figures of an agent', () => {
  it('are given as they were written, oldest first, from one time up to another', () => {
    const metrics = make();
    const points = [point(30_000), point(10_000), point(20_000, null)];
    metrics.write(10, { agents: points.map((each) => ({ id: 'a', point: each })) });
    metrics.write(60, { agents: [{ id: 'a', point: point(0) }] });
    expect(metrics.agent('a', 10, 10, 30)).toEqual([point(10_000), point(20_000, null)]);
    expect(metrics.agent('b', 10, 0, 100)).toEqual([]);
  });

  it('are replaced by those of the same interval', () => {
    const metrics = make();
    metrics.write(10, { agents: [{ id: 'a', point: point(10_000, 1) }] });
    metrics.write(10, { agents: [{ id: 'a', point: point(10_000, 9) }] });
    expect(metrics.agent('a', 10, 0, 100)).toEqual([point(10_000, 9)]);
  });

  it('go by step and age', () => {
    const metrics = make();
    for (const step of [10, 60])
      metrics.write(step, { agents: [0, 60_000].map((at) => ({ id: 'a', point: point(at) })) });
    metrics.prune('agents', 10, 60);
    expect(metrics.agent('a', 10, 0, 100).map(({ at }) => at)).toEqual([60_000]);
    expect(metrics.agent('a', 60, 0, 100)).toHaveLength(2);
    expect(metrics.newest('agents', 60)).toBe(60);
    expect(metrics.newest('agents', 900)).toBe(0);
    expect(metrics.ids('agents', 10, 0, 60)).toEqual([]);
    expect(metrics.ids('agents', 10, 0, 61)).toEqual(['a']);
  });
});

it('figures of a host are given as they were written', () => {
  const metrics = make();
  metrics.write(30, { hosts: [{ id: 'h', point: hostPoint(30_000) }] });
  expect(metrics.host('h', 30, 0, 100)).toEqual([hostPoint(30_000)]);
});

it('lines are added up, by minute and by quarter of an hour', () => {
  const metrics = make();
  const count = (at: number, lines: number) => ({ id: 'a', point: { at, lines, warnings: 1, errors: 0 } });
  metrics.write(10, { lines: [count(900_000, 5), count(960_000, 7)] });
  metrics.write(10, { lines: [count(960_000, 1)] });
  expect(metrics.lines('a', 60, 0, 2_000)).toEqual([
    { at: 900_000, lines: 5, warnings: 1, errors: 0 },
    { at: 960_000, lines: 8, warnings: 2, errors: 0 },
  ]);
  expect(metrics.lines('a', 900, 0, 2_000)).toEqual([{ at: 900_000, lines: 13, warnings: 3, errors: 0 }]);
});
