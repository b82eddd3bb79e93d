import { describe, expect, it } from 'vitest';
import { toRawStats } from '../engine/docker/shapes.ts';
import { CGROUP_V1_HELD_BACK, CGROUP_V2 } from '../engine/docker/testing/stats-samples.ts';
import type { RawStats } from '../engine/engine.ts';
import { toSample } from './rates.ts';

function reading(but: Partial<RawStats> = {}): RawStats {
  return {
    readAt: 10_000,
    cpuNanos: 5_000_000_000,
    memoryBytes: 1024,
    memoryLimit: 4096,
    netRxBytes: 1_000,
    netTxBytes: 2_000,
    blockReadBytes: null,
    blockWriteBytes: null,
    pids: 3,
    throttledNanos: 0,
    ...but,
  };
}

describe('a sample', () => {
  it('of the first reading has amounts and no rates', () => {
    expect(toSample(reading(), null)).toEqual({
      at: 10_000,
      cpu: null,
      memory: 1024,
      memoryLimit: 4096,
      netRx: null,
      netTx: null,
      blockRead: null,
      blockWrite: null,
      pids: 3,
      throttled: null,
    });
  });

  it('has rates by the time between the two readings', () => {
    const now = reading({ readAt: 12_000, cpuNanos: 6_000_000_000, netRxBytes: 5_000, netTxBytes: 2_001 });
    expect(toSample(now, reading())).toMatchObject({ cpu: 50, netRx: 2_000, netTx: 0.5 });
  });

  it('counts percent of one core: four busy cores are 400', () => {
    const now = reading({ readAt: 11_000, cpuNanos: 9_000_000_000 });
    expect(toSample(now, reading()).cpu).toBe(400);
  });

  it('is zero for what rested, which is not the same as unknown', () => {
    expect(toSample(reading({ readAt: 11_000 }), reading())).toMatchObject({ cpu: 0, netRx: 0, netTx: 0 });
  });

  it('has two digits', () => {
    expect(toSample(reading({ readAt: 13_000, cpuNanos: 5_010_000_000 }), reading()).cpu).toBe(0.33);
  });

  it('does not know the rate of a counter that went back, and is never negative', () => {
    const now = reading({ readAt: 11_000, cpuNanos: 1, netRxBytes: 0 });
    expect(toSample(now, reading())).toMatchObject({ cpu: null, netRx: null, netTx: 0 });
  });

  it.each([10_000, 9_000])('knows no rates when no time passed (%i)', (readAt) => {
    expect(toSample(reading({ readAt }), reading())).toMatchObject({ cpu: null, netRx: null, netTx: null });
  });

  it.each([
    [null, 5],
    [5, null],
  ])('knows no rate of what was not reported (%s, %s)', (before, now) => {
    expect(
      toSample(reading({ readAt: 11_000, netRxBytes: now }), reading({ netRxBytes: before })).netRx,
    ).toBeNull();
  });
});

/** As the engine said it. */
function recorded(answer: unknown): RawStats {
  const raw = toRawStats(answer);
  if (raw === null) throw new Error('this is no reading of one that runs');
  return raw;
}

it('what cgroup v1 said of a loop with a fifth of a core is a fifth of a core, and held back most of the time', () => {
  const [before, now] = CGROUP_V1_HELD_BACK.map(recorded);
  if (before === undefined || now === undefined) throw new Error('there are two');
  expect(toSample(now, before)).toEqual({
    at: now.readAt,
    cpu: 18.01,
    memory: 22_208_512,
    memoryLimit: 67_108_864,
    netRx: 0,
    netTx: 0,
    blockRead: null,
    blockWrite: null,
    pids: 2,
    throttled: 252.86,
  });
});

it('what cgroup v2 says is read the same way', () => {
  const before = recorded(CGROUP_V2);
  const now = recorded({
    ...CGROUP_V2,
    read: '2026-11-21T09:06:46.5Z',
    cpu_stats: {
      ...CGROUP_V2.cpu_stats,
      cpu_usage: { total_usage: 8_000_000_000 },
      throttling_data: { periods: 20, throttled_periods: 10, throttled_time: 500_000_000 },
    },
    blkio_stats: {
      io_service_bytes_recursive: [
        { major: 254, minor: 0, op: 'read', value: 4096 },
        { major: 254, minor: 0, op: 'write', value: 16_384 },
        { major: 254, minor: 16, op: 'read', value: 2049 },
      ],
    },
  });
  expect(toSample(now, before)).toMatchObject({
    cpu: 150,
    memory: 20_000_000,
    blockRead: 1024,
    blockWrite: 4096,
    throttled: 250,
  });
});
