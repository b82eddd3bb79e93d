import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogFeed } from '#lib/live/log-feed.ts';
import type { LogEntry } from './log-entry.ts';
import { LogReading } from './log-reading.svelte.ts';
import { line, lines } from './testing/log-lines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nothing = () => undefined;
const feedOf = (log: readonly LogEntry[]): LogFeed => ({
  lines: log,
  revision: 0,
  epoch: 0,
  state: 'live',
  head: 'none',
  ahead: null,
  older: nothing,
  newer: nothing,
  toEnd: nothing,
  fill: nothing,
  clear: nothing,
  reading: nothing,
});

function read(log: readonly LogEntry[], wish: (reading: LogReading) => void = nothing) {
  const reading = new LogReading();
  wish(reading);
  reading.update(feedOf(log));
  vi.runAllTimers();
  return reading;
}
const seqs = (reading: LogReading) =>
  Array.from({ length: reading.rows.length }, (_, i) => reading.rows.at(i)?.seq);

describe('stepping through what was found', () => {
  const found = () => read(lines(1, 30), (reading) => (reading.text = 'line 1'));

  it('counts the lines, and begins with the first from where the reader is', () => {
    const reading = found();
    expect(reading.hits).toBe(11);
    expect([reading.step(1, 12), reading.place]).toEqual([12, 4]);
    expect(reading.step(1, 12)).toBe(13);
    expect(reading.step(-1, 12)).toBe(12);
  });

  it('goes round about at the ends', () => {
    const reading = found();
    expect(reading.step(-1, 1)).toBe(19);
    expect(reading.step(1, 1)).toBe(1);
  });

  it('leads nowhere when there is nothing', () => {
    const reading = read(lines(1, 3), (each) => (each.text = 'absent'));
    expect([reading.hits, reading.step(1, 1), reading.place]).toEqual([0, null, 0]);
  });

  it('leaves every line in its place, until only matches are wanted', () => {
    const reading = found();
    expect(reading.rows.length).toBe(30);
    reading.mode = 'only';
    reading.update(feedOf(lines(1, 30)));
    expect([reading.rows.length, reading.count, reading.hits]).toEqual([11, 11, 11]);
    reading.mode = 'without';
    reading.update(feedOf(lines(1, 30)));
    expect([reading.count, reading.hits]).toEqual([19, null]);
  });
});

describe('filters', () => {
  const log = [line(1, '{"id":1,"level":"warn"}'), line(2, '{"id":2}'), line(3, 'ERROR: x')];

  it('by level and by a field leave the others out; all of them can be dropped', () => {
    const reading = read(log, (each) => (each.levels = ['warn', 'error']));
    expect(seqs(reading)).toEqual([1, 3]);
    reading.filterBy({ name: 'id', value: '1' });
    reading.update(feedOf(log));
    expect(seqs(reading)).toEqual([1]);
    expect(reading.isFiltered).toBe(true);
    reading.showAll();
    reading.update(feedOf(log));
    expect(seqs(reading)).toEqual([1, 2, 3]);
  });

  it('by another value of a field take its place', () => {
    const reading = read(log, (each) => {
      each.filterBy({ name: 'id', value: '1' });
      each.filterBy({ name: 'id', value: '2' });
    });
    expect(seqs(reading)).toEqual([2]);
    reading.dropField('id');
    expect(reading.isFiltered).toBe(false);
  });
});

it('the chosen line moves among those that are shown', () => {
  const reading = read(lines(1, 30), (each) => {
    each.text = 'line 2';
    each.mode = 'only';
  });
  expect([reading.select(1, 5), reading.select(1, 5), reading.select(-1, 5), reading.select(-1, 5)]).toEqual([
    20, 21, 20, 2,
  ]);
  expect(reading.lineAt(20)?.seq).toBe(20);
  expect(reading.lineAt(5)).toBeNull();
});
