import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import type { StatsSample } from '#lib/protocol/views.ts';
import { createLog } from '../log.ts';
import { openDatabase, type OpenDatabase } from '../storage/database.ts';
import { MetricRepository } from '../storage/metrics.ts';
import { HostBoard } from '../streams/host-board.ts';
import { LineCounts } from '../streams/line-counts.ts';
import { PulseBoard } from '../streams/pulse-board.ts';
import { pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { MetricRecorder } from './metric-recorder.ts';

useDrivenTime();

const START = Date.parse('2026-03-01T12:00:00Z');
const S = START / 1000;
const HOUR = 3_600;

let database: OpenDatabase;
let pulses: PulseBoard;
let lineCounts: LineCounts;
let hostFigures: HostBoard;
let repository: MetricRepository;
let recorder: MetricRecorder;

function begin(): void {
  recorder = new MetricRecorder({ repository, pulses, hostFigures, lineCounts, log: createLog('silent') });
  recorder.start();
}
beforeEach(() => {
  vi.setSystemTime(START);
  database = openDatabase(':memory:', 'drizzle');
  repository = new MetricRepository(database.db);
  pulses = new PulseBoard();
  lineCounts = new LineCounts();
  hostFigures = new HostBoard();
  begin();
});
afterEach(async () => {
  await recorder.close();
  database.close();
});

const sample = (cpu: number | null, but: Partial<StatsSample> = {}): StatsSample => ({
  at: Date.now(),
  cpu,
  memory: 1000,
  memoryLimit: 4000,
  netRx: 1,
  netTx: 2,
  blockRead: null,
  blockWrite: null,
  pids: 3,
  throttled: 0,
  ...but,
});

/** A sample each ten seconds, for so many of them. */
async function sampled(count: number, cpu: (place: number) => number = () => 10): Promise<void> {
  for (let place = 0; place < count; place += 1) {
    pulses.sample('a', sample(cpu(place)));
    await pass(10_000);
  }
}
const kept = (step: number) => repository.agent('a', step, S - HOUR, S + 100 * HOUR);

describe('what is kept', () => {
  it('is one figure for ten seconds, however often somebody looked', async () => {
    for (let second = 0; second < 10; second += 1) {
      pulses.sample('a', sample(second));
      await pass(1_000);
    }
    await pass(10_000);
    expect(kept(10)).toMatchObject([{ at: START, samples: 1, cpu: 4.5, cpuMax: 9, memory: 1000, netTx: 2 }]);
  });

  it('is summed up by minute and quarter of an hour, with the largest value', async () => {
    await sampled(93, (place) => (place === 40 ? 390 : 10));
    await pass(30_000);
    expect(kept(60)).toHaveLength(15);
    expect(kept(60)[6]).toMatchObject({ samples: 6, cpuMax: 390 });
    expect(kept(900)).toMatchObject([{ at: START, samples: 90, cpuMax: 390 }]);
    expect(kept(900)[0]?.cpu).toBeCloseTo(10 + 380 / 90, 1);
  });

  it('has a gap where nothing was measured, in each step', async () => {
    await sampled(6);
    await pass(180_000);
    await sampled(6);
    await pass(60_000);
    expect(kept(60).map(({ at }) => (at - START) / 60_000)).toEqual([0, 4]);
  });

  it('goes on after a restart, and nothing is counted twice', async () => {
    await sampled(9);
    await recorder.close();
    begin();
    await sampled(9);
    await pass(60_000);
    expect(kept(10)).toHaveLength(18);
    expect(kept(60)).toMatchObject([{ samples: 6 }, { samples: 6 }, { samples: 6 }]);
  });

  it('is summed up also when Slipway was away for longer than the finest figures are kept', async () => {
    await sampled(6);
    await recorder.close();
    vi.setSystemTime(START + 5 * HOUR * 1000);
    begin();
    await settled();
    await pass(1_000);
    expect(kept(60)).toMatchObject([{ at: START, samples: 6 }]);
    expect(kept(900)).toMatchObject([{ at: START, samples: 6 }]);
    expect(kept(10)).toEqual([]);
  });

  it('goes when it is too old: the finest first', async () => {
    await sampled(12);
    await pass(3 * HOUR * 1000);
    expect(kept(10)).toEqual([]);
    expect(kept(60)).toHaveLength(2);
    vi.setSystemTime(START + 50 * HOUR * 1000);
    await pass(20_000);
    expect(kept(60)).toEqual([]);
    expect(kept(900)).toHaveLength(1);
    vi.setSystemTime(START + 91 * 24 * HOUR * 1000);
    await pass(20_000);
    expect(kept(900)).toEqual([]);
  });

  it('is all there at the end, also what is not over', async () => {
    pulses.sample('a', sample(5));
    await recorder.close();
    expect(kept(10)).toMatchObject([{ at: START, cpu: 5 }]);
  });
});

it('lines are counted by level', async () => {
  lineCounts.add('a', START + 5_000, 'info', 3);
  lineCounts.add('a', START + 6_000, 'error');
  lineCounts.add('a', START + 6_000, 'warn', 2);
  await pass(10_000);
  lineCounts.add('a', START + 20_000, 'fatal');
  await pass(10_000);
  expect(repository.lines('a', 60, S, S + 60)).toEqual([{ at: START, lines: 7, warnings: 2, errors: 2 }]);
});

it('a database that cannot be written to is no end of it', async () => {
  const write = vi.spyOn(repository, 'write').mockImplementationOnce(() => {
    throw new Error('disk full');
  });
  pulses.sample('a', sample(5));
  await pass(20_000);
  expect(write).toHaveBeenCalled();
  await sampled(1);
  await pass(10_000);
  expect(kept(10)).toHaveLength(1);
});
