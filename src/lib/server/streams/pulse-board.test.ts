import { describe, expect, it } from 'vitest';
import type { StatsSample } from '#lib/protocol/views.ts';
import { PulseBoard } from './pulse-board.ts';

const BUCKET_MS = 20_000;
const NOW = 100 * BUCKET_MS;

function sample(but: Partial<StatsSample> = {}): StatsSample {
  return {
    at: NOW,
    cpu: 10,
    memory: 1024,
    memoryLimit: 4096,
    netRx: 0,
    netTx: 0,
    blockRead: null,
    blockWrite: null,
    pids: 1,
    throttled: 0,
    ...but,
  };
}

describe('the figures of an agent', () => {
  it('are not there before anything was heard of it', () => {
    const board = new PulseBoard();
    expect(board.pulse('a1', NOW)).toBeNull();
    expect(board.samples('a1')).toEqual([]);
    expect(board.lastActivityAt('a1')).toBeNull();
  });

  it('are those of the newest sample', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    board.sample('a1', sample({ at: NOW + 1_000, cpu: 20, memory: 2048 }));
    expect(board.pulse('a1', NOW + 1_000)).toMatchObject({ cpu: 20, memory: 2048, memoryLimit: 4096 });
    expect(board.samples('a1').map((each) => each.cpu)).toEqual([10, 20]);
  });

  it('are unknown and not zero where a sample does not know them', () => {
    const board = new PulseBoard();
    board.sample('a1', sample({ cpu: null, memory: null }));
    expect(board.pulse('a1', NOW)).toMatchObject({ cpu: null, memory: null });
    expect(board.pulse('a1', NOW)?.spark.every((value) => value === null)).toBe(true);
  });

  it('go when it rests, but its last output stays', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    board.output('a1', 'done', NOW);
    board.rest('a1');
    expect(board.pulse('a1', NOW)).toEqual({
      cpu: null,
      memory: null,
      memoryLimit: null,
      spark: [],
      lastOutput: 'done',
      lastActivityAt: new Date(NOW).toISOString(),
      idle: null,
    });
  });

  it('come back with the next sample', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    board.rest('a1');
    board.sample('a1', sample({ cpu: 30 }));
    expect(board.pulse('a1', NOW)?.cpu).toBe(30);
  });

  it('are up to date after each change, and move on with time, however often they were asked for', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    expect(board.pulse('a1', NOW)?.lastOutput).toBeNull();
    board.output('a1', 'line', NOW);
    expect(board.pulse('a1', NOW)?.lastOutput).toBe('line');
    expect(board.pulse('a1', NOW)?.spark.at(-1)).toBe(10);
    expect(board.pulse('a1', NOW + BUCKET_MS)?.spark.slice(-2)).toEqual([10, null]);
  });

  it('are those of that agent only, and are forgotten with it', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    expect(board.pulse('a2', NOW)).toBeNull();
    board.forget('a1');
    expect(board.pulse('a1', NOW)).toBeNull();
  });

  it('keep no more than the samples of the last minutes', () => {
    const board = new PulseBoard();
    for (let count = 0; count < 1_000; count += 1) board.sample('a1', sample({ at: NOW + count * 1_000 }));
    expect(board.samples('a1')).toHaveLength(900);
    expect(board.samples('a1').at(-1)?.at).toBe(NOW + 999_000);
  });
});

describe('the sparkline', () => {
  it('has the mean of each 20 s of the last ten minutes, oldest first, and gaps where nothing was measured', () => {
    const board = new PulseBoard();
    board.sample('a1', sample({ at: NOW - 2 * BUCKET_MS, cpu: 10 }));
    board.sample('a1', sample({ at: NOW - 2 * BUCKET_MS + 1, cpu: 20.26 }));
    board.sample('a1', sample({ at: NOW, cpu: 0 }));
    const spark = board.pulse('a1', NOW + 1)?.spark ?? [];
    expect(spark).toHaveLength(30);
    expect(spark.slice(-3)).toEqual([15.1, null, 0]);
    expect(spark.slice(0, -3).every((value) => value === null)).toBe(true);
  });

  it('moves on with time also when nothing is measured', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    expect(board.pulse('a1', NOW + BUCKET_MS)?.spark.slice(-2)).toEqual([10, null]);
    expect(board.pulse('a1', NOW + 30 * BUCKET_MS)?.spark.every((value) => value === null)).toBe(true);
  });
});

describe('the last output', () => {
  it('is the newest line, and the time of activity never goes back', () => {
    const board = new PulseBoard();
    board.output('a1', 'one', NOW);
    board.output('a1', 'two', NOW - 5_000);
    expect(board.pulse('a1', NOW)?.lastOutput).toBe('two');
    expect(board.lastActivityAt('a1')).toBe(NOW);
  });
});

describe('what changed', () => {
  it('names each agent once, and only since it was last asked', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    board.output('a1', 'x', NOW);
    board.output('a2', 'y', NOW);
    expect(board.takeChanged()).toEqual(['a1', 'a2']);
    expect(board.takeChanged()).toEqual([]);
  });

  it('names an agent once when it comes to rest', () => {
    const board = new PulseBoard();
    board.sample('a1', sample());
    board.takeChanged();
    board.rest('a1');
    expect(board.takeChanged()).toEqual(['a1']);
    board.rest('a1');
    board.rest('a9');
    expect(board.takeChanged()).toEqual([]);
  });
});

describe('whoever keeps figures', () => {
  it('hears of each sample until it wants no more', () => {
    const board = new PulseBoard();
    const heard: string[] = [];
    const end = board.onSample((agentId, { at }) => heard.push(`${agentId} ${at}`));
    board.sample('a', sample({ at: 1 }));
    end();
    board.sample('a', sample({ at: 2 }));
    expect(heard).toEqual(['a 1']);
  });

  it('gets the newest sample, and none of what has stopped', () => {
    const board = new PulseBoard();
    expect(board.now('a')).toBeNull();
    board.sample('a', sample({ at: 1 }));
    board.sample('a', sample({ at: 2 }));
    expect(board.now('a')?.at).toBe(2);
    board.rest('a');
    expect(board.now('a')).toBeNull();
  });
});
