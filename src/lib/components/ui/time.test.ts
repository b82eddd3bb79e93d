import { describe, expect, it } from 'vitest';
import {
  ago,
  clockMinute,
  clockSecond,
  exactTime,
  longSpan,
  secondsUntil,
  shortSpan,
  sinceWhen,
} from './time.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const AT = Date.parse('2026-11-21T09:42:07Z');

describe('spans', () => {
  it('have one unit in columns', () => {
    expect([8_000, 59_999, MIN, 4 * MIN, 2 * HOUR, 25 * HOUR, 300 * HOUR].map(shortSpan)).toEqual([
      '8 s',
      '59 s',
      '1 min',
      '4 min',
      '2 h',
      '1 d',
      '12 d',
    ]);
  });

  it('have two units in sentences, without a zero', () => {
    expect([7_000, 9 * MIN + 20_000, 2 * HOUR + 14 * MIN, 2 * HOUR, 76 * HOUR].map(longSpan)).toEqual([
      '7 s',
      '9 min 20 s',
      '2 h 14 min',
      '2 h',
      '3 d 4 h',
    ]);
  });

  it('are never below zero when clocks disagree', () => {
    expect(shortSpan(-5000)).toBe('0 s');
    expect(ago(AT + 60_000, AT)).toBe('now');
  });

  it('are "now" for the first five seconds', () => {
    expect([0, 4_999, 5_000].map((ms) => ago(AT - ms, AT))).toEqual(['now', 'now', '5 s']);
  });

  it('count down to zero and show one until it is over', () => {
    expect([AT + 7_000, AT + 1, AT, AT - 1].map((at) => secondsUntil(at, AT))).toEqual([7, 1, 0, 0]);
  });
});

describe('clock times', () => {
  it('are in the zone that is asked for', () => {
    expect(clockMinute(AT, 'UTC')).toBe('09:42');
    expect(clockSecond(AT, 'Asia/Tokyo')).toBe('18:42:07');
    expect(exactTime(AT, 'Asia/Tokyo')).toBe('2026-11-21 18:42:07');
  });

  it('are in UTC, and say so, where there is no reader', () => {
    expect(exactTime(AT)).toBe('2026-11-21 09:42:07 UTC');
  });

  it('write midnight as 00', () => {
    expect(clockSecond(Date.parse('2026-11-21T00:00:00Z'), 'UTC')).toBe('00:00:00');
  });

  it('name the day when it is not today', () => {
    expect(sinceWhen(AT - MIN, AT, 'UTC')).toBe('09:41');
    expect(sinceWhen(AT - 48 * HOUR, AT, 'UTC')).toBe('2026-11-19 09:42');
  });
});
