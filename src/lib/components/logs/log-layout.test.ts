import { describe, expect, it } from 'vitest';
import { FixedLayout, indexAfterSeq, indexOfSeq, MeasuredHeights, ROW, WrappedLayout } from './log-layout.ts';
import type { LogEntry } from './log-entry.ts';

const line = (seq: number, text = 'x'): LogEntry => ({
  seq,
  time: '2026-11-21T09:42:07.000000000Z',
  stream: 'stdout',
  text,
});

describe('rows of one height', () => {
  const layout = new FixedLayout(100);

  it('are all arithmetic', () => {
    expect(layout.height).toBe(100 * ROW);
    expect(layout.top(3)).toBe(60);
    expect(layout.indexAt(61)).toBe(3);
  });

  it('end at the last row', () => {
    expect(layout.indexAt(1e9)).toBe(99);
    expect(layout.indexAt(-5)).toBe(0);
  });
});

describe('wrapped rows', () => {
  it('are as high as their characters need', () => {
    const heights = new MeasuredHeights();
    heights.setColumns(10);
    const layout = new WrappedLayout([line(1), line(2, 'x'.repeat(25)), line(3)], heights);
    expect([layout.top(1), layout.top(2), layout.height]).toEqual([ROW, 4 * ROW, 5 * ROW]);
    expect([layout.indexAt(0), layout.indexAt(79), layout.indexAt(80), layout.indexAt(1e6)]).toEqual([
      0, 1, 2, 2,
    ]);
  });

  it('are as high as they were measured, until the width changes', () => {
    const heights = new MeasuredHeights();
    heights.setColumns(10);
    expect(heights.measure(2, 77)).toBe(true);
    expect(heights.measure(2, 77)).toBe(false);
    expect(new WrappedLayout([line(1), line(2)], heights).height).toBe(97);
    heights.setColumns(11);
    expect(new WrappedLayout([line(1), line(2)], heights).height).toBe(40);
  });

  it('are remembered for the newest measures only', () => {
    const heights = new MeasuredHeights();
    heights.setColumns(10);
    for (let seq = 1; seq <= 20_001; seq++) heights.measure(seq, 60);
    expect([heights.of(1, 1), heights.of(20_001, 1)]).toEqual([ROW, 60]);
  });

  it('of an empty log have no height', () => {
    expect(new WrappedLayout([], new MeasuredHeights()).height).toBe(0);
  });
});

describe('finding a line by its number', () => {
  const source = [line(3), line(4), line(4.5), line(9)];

  it('works where numbers have gaps', () => {
    expect([
      indexOfSeq(source, 4),
      indexOfSeq(source, 5),
      indexOfSeq(source, 10),
      indexOfSeq(source, -Infinity),
    ]).toEqual([1, 3, 4, 0]);
  });

  it('tells what came after', () => {
    expect([indexAfterSeq(source, 4), indexAfterSeq(source, 9), indexAfterSeq(source, -Infinity)]).toEqual([
      2, 4, 0,
    ]);
  });
});
