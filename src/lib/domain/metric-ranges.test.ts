import { describe, expect, it } from 'vitest';
import { rangeOf, zoomQuery } from './metric-ranges.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const read = (query: string) => rangeOf(new URLSearchParams(query), NOW);
const HOUR = 3_600_000;

describe('the time of a page of figures', () => {
  it('is the last hour, or what was chosen', () => {
    expect(read('')).toEqual({ key: '1h', from: NOW - HOUR, to: NOW });
    expect(read('range=7d')).toEqual({ key: '7d', from: NOW - 7 * 24 * HOUR, to: NOW });
    expect(read('range=forever').key).toBe('1h');
  });

  it('is a part of it, which ends at the latest now', () => {
    const part = 'from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z';
    expect(read(part)).toEqual({ key: null, from: NOW - 2 * HOUR, to: NOW - HOUR });
    expect(read('from=2026-03-01T11:00:00Z&to=2027-01-01T00:00:00Z').to).toBe(NOW);
  });

  it.each(['from=2026-03-01T11:00:00Z', 'from=x&to=y', 'from=2026-03-01T11:00:00Z&to=2026-03-01T10:00:00Z'])(
    'is the last hour for %s',
    (query) => {
      expect(read(query).key).toBe('1h');
    },
  );

  it('is never shorter than half a minute', () => {
    const { from, to } = read(zoomQuery(NOW - HOUR, NOW - HOUR + 1_000).slice(1));
    expect(to - from).toBe(30_000);
    expect((from + to) / 2).toBe(NOW - HOUR + 500);
  });
});
