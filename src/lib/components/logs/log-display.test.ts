import { describe, expect, it } from 'vitest';
import { LogDisplay } from './log-display.ts';
import { keyOf, type LogSource } from './log-entry.ts';
import { line } from './testing/log-lines.ts';

const log = [
  line(1, 'first'),
  line(2, '{"level":"warn","msg":"x"}', { ms: 2000 }),
  line(3, 'ERROR: y', { ms: 3000 }),
  line(4, '    at a', { ms: 3001 }),
  line(5, '    at b', { ms: 3002 }),
  line(6, 'last', { ms: 9000 }),
];
const keys = (source: LogSource) =>
  Array.from({ length: source.length }, (_, i) => {
    const item = source.at(i);
    return item === undefined ? null : keyOf(item);
  });

describe('the rows of a log', () => {
  it('are its lines when nothing was opened', () => {
    expect(keys(new LogDisplay(log, 'none'))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('begin with what stands before the first', () => {
    expect(keys(new LogDisplay(log, 'begin')).slice(0, 2)).toEqual(['top', 1]);
  });

  it('have the fields of an opened line below it', () => {
    expect(keys(new LogDisplay(log, 'more', new Set([2])))).toEqual(['top', 1, 2, '2/0', '2/1', 3, 4, 5, 6]);
  });

  it('leave out the lines that are folded into another', () => {
    const display = new LogDisplay(log, 'none', new Set(), new Set([3]));
    expect(keys(display)).toEqual([1, 2, 3, 6]);
    expect(display.hiddenAfter(3)).toBe(2);
  });

  it('know of several at once, and of none that is not here', () => {
    expect(keys(new LogDisplay(log, 'none', new Set([2, 99]), new Set([3])))).toEqual([
      1,
      2,
      '2/0',
      '2/1',
      3,
      6,
    ]);
  });

  it('end where they end', () => {
    expect(new LogDisplay(log, 'none', new Set([2])).at(8)).toBeUndefined();
    expect(new LogDisplay([], 'none').length).toBe(0);
  });
});
