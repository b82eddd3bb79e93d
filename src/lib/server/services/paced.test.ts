import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paced } from './paced.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells at once, then not before the pause is over, and never loses the last change', () => {
  let value = 0;
  const told: number[] = [];
  const pace = paced(250, () => told.push(value));
  for (value = 1; value <= 100; value += 1) {
    pace.news();
    vi.advanceTimersByTime(10);
  }
  // a second of changes is told five times: at the beginning and after each pause
  expect(told).toEqual([1, 25, 50, 75, 100]);
});

it('begins anew after a quiet time', () => {
  const tell = vi.fn();
  const pace = paced(250, tell);
  pace.news();
  vi.advanceTimersByTime(1_000);
  pace.news();
  expect(tell).toHaveBeenCalledTimes(2);
});

it('tells what is left at the end, and nothing after it', () => {
  const tell = vi.fn();
  const pace = paced(250, tell);
  pace.news();
  pace.news();
  pace.end();
  expect(tell).toHaveBeenCalledTimes(2);
  pace.news();
  vi.advanceTimersByTime(1_000);
  expect(tell).toHaveBeenCalledTimes(2);
});
