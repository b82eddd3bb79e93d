import { describe, expect, it } from 'vitest';
import { AGENT_STEPS, chooseStep } from './metric-steps.ts';

const NOW = 1_800_000_000;
const HOUR = 3_600;
const last = (seconds: number, wish?: number) =>
  chooseStep(AGENT_STEPS, { from: NOW - seconds, to: NOW, now: NOW, wish });

describe('the step of an answer', () => {
  it.each([
    ['15 minutes', HOUR / 4, 10, 10],
    ['an hour', HOUR, 10, 10],
    ['6 hours', 6 * HOUR, 60, 60],
    ['24 hours', 24 * HOUR, 60, 120],
    ['7 days', 7 * 24 * HOUR, 900, 900],
    ['30 days', 30 * 24 * HOUR, 900, 3_600],
    ['90 days', 90 * 24 * HOUR, 900, 10_800],
    ['more than is kept', 400 * 24 * HOUR, 900, 48_600],
  ])('of the last %s', (_, seconds, kept, step) => {
    expect(last(seconds)).toEqual({ kept, step });
  });

  it('is coarse for a short while that is long ago: the finer ones are gone', () => {
    const from = NOW - 3 * 24 * HOUR;
    expect(chooseStep(AGENT_STEPS, { from, to: from + HOUR, now: NOW })).toEqual({ kept: 900, step: 900 });
  });

  it('is what was asked for, as a multiple of what is kept', () => {
    expect(last(HOUR, 60)).toEqual({ kept: 10, step: 60 });
    expect(last(6 * HOUR, 100)).toEqual({ kept: 60, step: 120 });
    expect(last(6 * HOUR, 10)).toEqual({ kept: 60, step: 60 });
  });

  it('never makes an answer too long', () => {
    expect(last(2 * HOUR, 1)).toEqual({ kept: 10, step: 10 });
    expect(last(48 * HOUR, 60)).toEqual({ kept: 60, step: 240 });
  });
});
