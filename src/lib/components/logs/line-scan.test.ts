import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineScan } from './line-scan.ts';
import type { LogEntry } from './log-entry.ts';
import type { LineTest } from './log-filter.ts';
import { line, lines } from './testing/log-lines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tens: LineTest = (entry) => entry.seq % 10 === 0;

/** A scan, and what it has found when all its slices are done. */
function scan(test: LineTest = tens) {
  const told = vi.fn<() => void>();
  const made = new LineScan(test, told);
  return {
    told,
    made,
    show: (log: readonly LogEntry[], epoch = 0): readonly number[] => {
      made.show(log, epoch);
      vi.runAllTimers();
      return made.found.map(({ seq }) => seq);
    },
  };
}

describe('a scan', () => {
  it('finds what passes, in order', () => {
    expect(scan().show(lines(1, 35))).toEqual([10, 20, 30]);
  });

  it('is done in slices, from the newest back, and tells when there is more', () => {
    const { made, told } = scan();
    let now = 0;
    // each look at the clock takes a slice
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    made.show(lines(1, 2_000), 0);
    expect(made.busy).toBe(true);
    expect(made.found.at(-1)?.seq).toBe(2_000);
    expect(made.found[0]?.seq).toBe(1_510);
    vi.runAllTimers();
    expect(made.busy).toBe(false);
    expect(made.found).toHaveLength(200);
    expect(told).toHaveBeenCalled();
  });

  it('looks only at what came', () => {
    const test = vi.fn<LineTest>(tens);
    const { show } = scan(test);
    show(lines(1, 100));
    test.mockClear();
    expect(show(lines(1, 110)).at(-1)).toBe(110);
    expect(test).toHaveBeenCalledTimes(10);
  });

  it('takes in what was loaded before the first line', () => {
    const { show } = scan();
    show(lines(101, 150));
    expect(show(lines(81, 150))).toEqual([90, 100, 110, 120, 130, 140, 150]);
  });

  it('drops what left the log at either end', () => {
    const { show } = scan();
    show(lines(1, 100));
    expect(show(lines(41, 100))).toEqual([50, 60, 70, 80, 90, 100]);
    expect(show(lines(41, 70))).toEqual([50, 60, 70]);
  });

  it('begins anew for another log and when lines came in between', () => {
    const { show } = scan();
    show(lines(1, 20));
    expect(show(lines(501, 520))).toEqual([510, 520]);
    const filled = [...lines(501, 505), line(506), line(510), line(520)];
    expect(show(filled, 1)).toEqual([510, 520]);
  });

  it('gives a line its level by the one that is loaded before it', () => {
    const { show } = scan((_, level) => level === 'error');
    const stack = [line(3, 'at a', { ms: 2 }), line(4, 'at b', { ms: 3 }), line(5, 'other', { ms: 900 })];
    expect(show(stack)).toEqual([]);
    expect(show([line(1, 'x', { ms: -500 }), line(2, 'ERROR: y', { ms: 0 }), ...stack])).toEqual([2, 3, 4]);
  });

  it('finds nothing in an empty log', () => {
    expect(scan().show([])).toEqual([]);
  });

  it('does nothing more when it ended', () => {
    const { made } = scan();
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    made.show(lines(1, 2_000), 0);
    made.end();
    const before = made.found;
    vi.runAllTimers();
    expect(made.found).toBe(before);
  });
});
