import { describe, expect, it } from 'vitest';
import { followersOf, Grouping, groupingAt } from './log-groups.ts';
import type { LogItem } from './log-entry.ts';
import { line } from './testing/log-lines.ts';

const stack = [
  line(1, 'TypeError: x', { ms: 0 }),
  line(2, '    at a', { ms: 10 }),
  line(3, '    at b', { ms: 50 }),
  line(4, 'later', { ms: 51 }),
];
const standings = (items: readonly LogItem[]) => {
  const grouping = new Grouping();
  return items.map((item) => grouping.next(item));
};

describe('lines that belong together', () => {
  it('are one with a level and those without within 50 ms after it', () => {
    expect(standings(stack)).toEqual([
      { level: 'error', continued: false },
      { level: 'error', continued: true },
      { level: 'error', continued: true },
      { level: 'unknown', continued: false },
    ]);
    expect(followersOf(stack, 0)).toBe(2);
    expect(followersOf(stack, 1)).toBe(0);
  });

  it('begin anew with each level', () => {
    const two = [line(1, 'ERROR: x', { ms: 0 }), line(2, 'WARN: y', { ms: 1 }), line(3, 'z', { ms: 2 })];
    expect(standings(two).map(({ level }) => level)).toEqual(['error', 'warn', 'warn']);
  });

  it('are of one stream', () => {
    const mixed = [line(1, 'ERROR: x', { ms: 0, stream: 'stderr' }), line(2, 'y', { ms: 1 })];
    expect(standings(mixed)[1]).toEqual({ level: 'unknown', continued: false });
  });

  it('end at a gap and at a note', () => {
    const time = '2026-03-01T00:00:00Z';
    const gap = line(2, '', { ms: 1, gap: { from: time, to: time } });
    expect(standings([line(1, 'ERROR: x', { ms: 0 }), gap, line(3, 'y', { ms: 2 })])[2]).toEqual({
      level: 'unknown',
      continued: false,
    });
  });

  it('do not begin with a line of before it, though the clock went back', () => {
    expect(standings([line(1, 'ERROR: x', { ms: 100 }), line(2, 'y', { ms: 99 })])[1]?.continued).toBe(false);
  });

  it('are known in the middle of a log too', () => {
    expect(groupingAt(stack, 2).next(line(3, '    at b', { ms: 50 }))).toEqual({
      level: 'error',
      continued: true,
    });
    expect(groupingAt(stack, 0).next(line(9, 'x', { ms: 0 })).continued).toBe(false);
  });
});
