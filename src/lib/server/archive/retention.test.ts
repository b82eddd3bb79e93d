import { describe, expect, it } from 'vitest';
import type { AgentId, HostId, SegmentId } from '#lib/domain/ids.ts';
import type { LogSegmentRow } from '../storage/log-segments.ts';
import { beyondRetention } from './retention.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = 100 * DAY_MS;

const row = (id: string, ageDays: number, packedBytes: number): LogSegmentRow => ({
  id: id as SegmentId,
  agentId: 'a' as AgentId,
  hostId: 'h' as HostId,
  containerId: 'c',
  file: `a/${id}`,
  firstSeq: 1,
  lastSeq: 2,
  firstAt: NOW - (ageDays + 1) * DAY_MS,
  lastAt: NOW - ageDays * DAY_MS,
  lines: 2,
  bytes: packedBytes * 10,
  packedBytes,
  levels: {},
});
const rows = [row('old', 40, 10), row('middle', 20, 10), row('new', 1, 10)];
const going = (plainBytes: number, keepDays: number, maxBytes: number) =>
  beyondRetention(rows, plainBytes, { keepDays, maxBytes }, NOW).map((each) => each.id);

describe('what goes', () => {
  it('is what ended before the oldest day that is kept', () => {
    expect(going(0, 30, 1_000)).toEqual(['old']);
    expect(going(0, 50, 1_000)).toEqual([]);
  });

  it('is the oldest, until the rest fits', () => {
    expect(going(0, 50, 30)).toEqual([]);
    expect(going(0, 50, 29)).toEqual(['old']);
    expect(going(0, 50, 15)).toEqual(['old', 'middle']);
  });

  it('makes room for files that are still written, which stay', () => {
    expect(going(15, 50, 30)).toEqual(['old', 'middle']);
    expect(going(1_000, 50, 30)).toEqual(['old', 'middle', 'new']);
  });

  it('counts what is too old first: it makes room', () => {
    expect(going(0, 30, 20)).toEqual(['old']);
  });
});
