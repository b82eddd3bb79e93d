import { describe, expect, it } from 'vitest';
import { barAt, barsOf, peaksOf } from './line-bars.ts';

const MINUTE = 60_000;
const count = (minute: number, lines: number, errors = 0) => ({
  at: minute * MINUTE,
  lines,
  warnings: 0,
  errors,
});

describe('bars of lines', () => {
  it('are one for each minute of an hour', () => {
    const bars = barsOf([count(1, 5, 2), count(3, 7)], { from: 0, to: 60 * MINUTE, stepMs: MINUTE });
    expect(bars).toEqual([
      { at: MINUTE, ms: MINUTE, lines: 5, warnings: 0, errors: 2 },
      { at: 3 * MINUTE, ms: MINUTE, lines: 7, warnings: 0, errors: 0 },
    ]);
  });

  it('are wider where there would be too many, and lose no line', () => {
    const counts = Array.from({ length: 720 }, (_, minute) => count(minute, 1, minute % 2));
    const bars = barsOf(counts, { from: 0, to: 720 * MINUTE, stepMs: MINUTE });
    expect(bars).toHaveLength(180);
    expect(bars[0]).toEqual({ at: 0, ms: 4 * MINUTE, lines: 4, warnings: 0, errors: 2 });
  });

  it('leave out what is before and after', () => {
    const around = [count(0, 1), count(9, 1), count(10, 1), count(20, 1)];
    const bars = barsOf(around, { from: 9.5 * MINUTE, to: 20 * MINUTE, stepMs: MINUTE });
    expect(bars.map(({ at }) => at / MINUTE)).toEqual([9, 10]);
  });

  it('are found by time', () => {
    const bars = barsOf([count(1, 5)], { from: 0, to: 60 * MINUTE, stepMs: MINUTE });
    expect(barAt(bars, 1.5 * MINUTE)?.lines).toBe(5);
    expect(barAt(bars, 2 * MINUTE)).toBeUndefined();
  });

  it('have peaks, told in the order of time', () => {
    const bars = barsOf([count(1, 5), count(2, 1), count(3, 9)], {
      from: 0,
      to: 60 * MINUTE,
      stepMs: MINUTE,
    });
    expect(peaksOf(bars, 2).map(({ lines }) => lines)).toEqual([5, 9]);
  });
});
