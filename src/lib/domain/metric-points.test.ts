import { describe, expect, it } from 'vitest';
import { regroup, regroupHost, type HostPoint, type MetricPoint } from './metric-points.ts';

const MINUTE = 60_000;

function point(at: number, but: Partial<MetricPoint> = {}): MetricPoint {
  return {
    at,
    samples: 1,
    cpu: 10,
    cpuMax: 10,
    memory: 100,
    memoryMax: 100,
    memoryLimit: 1000,
    netRx: null,
    netTx: null,
    blockRead: null,
    blockWrite: null,
    pids: 2,
    throttled: 0,
    ...but,
  };
}

describe('coarser intervals', () => {
  it('weigh averages by how much was measured, and are no averages of averages', () => {
    const full = point(0, { samples: 6, cpu: 10, memory: 600 });
    const short = point(MINUTE, { samples: 1, cpu: 80, memory: 1300 });
    expect(regroup([full, short], 15 * MINUTE)).toMatchObject([{ at: 0, samples: 7, cpu: 20, memory: 700 }]);
  });

  it('keep the largest value that there was', () => {
    const points = [point(0, { cpuMax: 12 }), point(10_000, { cpuMax: 390 }), point(20_000, { cpuMax: 3 })];
    expect(regroup(points, MINUTE)).toMatchObject([{ cpu: 10, cpuMax: 390 }]);
  });

  it('begin at whole multiples, and leave out what nobody measured', () => {
    const points = [point(59_000), point(61_000), point(5 * MINUTE + 1)];
    expect(regroup(points, MINUTE).map(({ at }) => at)).toEqual([0, MINUTE, 5 * MINUTE]);
  });

  it('take what is not known for nothing, and not for zero', () => {
    const points = [point(0, { cpu: null, netRx: null }), point(10_000, { cpu: 50, netRx: null })];
    expect(regroup(points, MINUTE)).toMatchObject([{ samples: 2, cpu: 50, netRx: null, blockRead: null }]);
  });

  it('give the same in one step and in two', () => {
    const points = Array.from({ length: 90 }, (_, place) => point(place * 10_000, { cpu: place * 1.5 }));
    const inTwo = regroup(regroup(points, MINUTE), 15 * MINUTE);
    const [once] = regroup(points, 15 * MINUTE);
    expect(inTwo).toHaveLength(1);
    expect(inTwo[0]?.cpu).toBeCloseTo(once?.cpu ?? Number.NaN, 1);
    expect(inTwo[0]?.samples).toBe(90);
  });
});

it('a host has what it had last, and used what it used on average', () => {
  const host = (at: number, cpu: number, disk: number, images: number | null): HostPoint => ({
    at,
    samples: 1,
    cpu,
    memory: 10,
    memoryTotal: 20,
    disk,
    diskTotal: 100,
    containers: 3,
    containersRunning: 1,
    images,
    clockSkew: -4,
  });
  expect(regroupHost([host(0, 10, 50, 7), host(30_000, 30, 60, null)], MINUTE)).toEqual([
    { ...host(0, 20, 60, 7), samples: 2 },
  ]);
});
