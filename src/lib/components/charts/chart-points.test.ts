import { describe, expect, it } from 'vitest';
import type { MetricPoint } from '#lib/protocol/metrics.ts';
import { columnsOf, nearest, summaryOf, withLive } from './chart-points.ts';

const point = (at: number, cpu: number | null, but: Partial<MetricPoint> = {}): MetricPoint => ({
  at,
  samples: 1,
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
  ...but,
});
const live = (at: number, cpu: number) => {
  const { samples: _samples, cpuMax: _cpu, memoryMax: _memory, ...sample } = point(at, cpu);
  return sample;
};

describe('live samples', () => {
  it('go on where the history ends, and come in no point twice', () => {
    const all = withLive(
      [point(0, 1), point(10_000, 2)],
      [live(9_000, 8), live(19_000, 9), live(21_000, 3)],
      10_000,
    );
    expect(all.map(({ at, cpu }) => [at, cpu])).toEqual([
      [0, 1],
      [10_000, 2],
      [21_000, 3],
    ]);
  });

  it('are summed up where the chart is coarse', () => {
    const all = withLive([point(0, 1)], [live(61_000, 10), live(62_000, 20), live(121_000, 5)], 60_000);
    expect(all.map(({ at, cpu, cpuMax }) => [at, cpu, cpuMax])).toEqual([
      [0, 1, 1],
      [60_000, 15, 20],
      [120_000, 5, 5],
    ]);
  });
});

it('no line is drawn over what was not measured', () => {
  const points = [point(0, 1), point(10_000, 2), point(90_000, 3)];
  const { at, values } = columnsOf(points, 10_000, [(each) => each.cpu, (each) => each.pids]);
  expect(at).toEqual([0, 10_000, 10_001, 90_000]);
  expect(values).toEqual([
    [1, 2, null, 3],
    [1, 1, null, 1],
  ]);
});

describe('a summary', () => {
  it('weighs by samples and knows the largest single value', () => {
    const points = [point(0, 10, { samples: 6, cpuMax: 95 }), point(60_000, 80), point(70_000, null)];
    const summary = summaryOf(
      points,
      (each) => each.cpu,
      (each) => each.cpuMax,
    );
    expect(summary).toEqual({ last: 80, least: 10, mean: 20, most: 95 });
  });

  it('of nothing is nothing', () => {
    expect(summaryOf([point(0, null)], (each) => each.cpu)).toBeNull();
  });
});

it.each([
  [-5, 0],
  [14, 0],
  [16, 1],
  [31, 1],
  [99, 2],
])('the row nearest to %i is %i', (time, place) => {
  expect(nearest([10, 20, 50], time)).toBe(place);
});
