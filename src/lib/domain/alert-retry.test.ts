import { describe, expect, it } from 'vitest';
import { MOST_TRIES, nextTryAt, retryAfterOf } from './alert-retry.ts';

describe('when a delivery is tried again', () => {
  it('waits longer after each try, and gives up after the last', () => {
    const waits = Array.from({ length: MOST_TRIES }, (_, done) => nextTryAt(done + 1, 0));
    expect(waits).toEqual([10_000, 60_000, 300_000, 1_800_000, 7_200_000, 7_200_000, 7_200_000, null]);
  });

  it('waits as long as the other side asks, but not for ever and never shorter than planned', () => {
    expect(nextTryAt(1, 1_000, 45)).toBe(46_000);
    expect(nextTryAt(1, 0, 1)).toBe(10_000);
    expect(nextTryAt(1, 0, 10 ** 9)).toBe(6 * 3_600_000);
  });

  it.each([
    ['120', 120],
    ['Thu, 01 Jan 1970 00:01:30 GMT', 90],
    ['Thu, 01 Jan 1960 00:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('reads Retry-After %s as %s seconds', (header, seconds) => {
    expect(retryAfterOf(header, 0)).toBe(seconds);
  });
});
