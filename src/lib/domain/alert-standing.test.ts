import { describe, expect, it } from 'vitest';
import { isDue, standingAfter, type Reading, type Standing } from './alert-standing.ts';

/** The seconds at which it is told. */
function told(readings: readonly (readonly [second: number, holds: boolean | null])[], windowMs: number) {
  let standing: Standing | undefined;
  return readings.flatMap(([second, holds]) => {
    const reading: Reading = { at: second * 1000, holds };
    standing = standingAfter(standing, reading);
    if (!isDue(standing, windowMs)) return [];
    standing = { ...standing, told: true };
    return [second];
  });
}

const every10 = (from: number, to: number, holds: boolean | null) =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, place) => [from + place * 10, holds] as const);

describe('a condition that lasts', () => {
  it('is told once, when it has held for the whole window', () => {
    expect(told(every10(0, 300, true), 60_000)).toEqual([60]);
  });

  it('begins anew after one reading at which it did not hold', () => {
    expect(told([...every10(0, 50, true), [60, false], ...every10(70, 200, true)], 60_000)).toEqual([130]);
  });

  it('is told again when it held no more in between', () => {
    expect(told([...every10(0, 60, true), [70, false], ...every10(80, 140, true)], 60_000)).toEqual([
      60, 140,
    ]);
  });

  it('counts nothing of a while in which nobody measured', () => {
    expect(
      told(
        [
          [0, true],
          [10, true],
          [200, true],
          [210, true],
        ],
        60_000,
      ),
    ).toEqual([]);
  });

  it('does not hold while nobody knows', () => {
    expect(told([...every10(0, 50, true), [60, null], ...every10(70, 120, true)], 60_000)).toEqual([]);
  });

  it('without a window is told at once', () => {
    expect(
      told(
        [
          [0, false],
          [10, true],
          [20, true],
        ],
        0,
      ),
    ).toEqual([10]);
  });
});
