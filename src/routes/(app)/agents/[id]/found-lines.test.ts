import { describe, expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { foundLines, wantsSome } from './found-lines.ts';

const line = (seq: number, text: string): LogLine => ({
  seq,
  time: '2026-03-01T00:00:00.000Z',
  stream: 'stdout',
  text,
});
const log = [line(1, 'hello'), line(2, 'ERROR: x'), line(3, '    at y')];
const seqs = (wanted: Parameters<typeof foundLines>[1]) => foundLines(log, wanted).map(({ seq }) => seq);

describe('lines for a page without JavaScript', () => {
  it('are those of a level with the lines that belong to them', () => {
    expect(seqs({ text: '', mode: 'find', levels: ['error'] })).toEqual([2, 3]);
  });

  it('are those with words, or without', () => {
    expect(seqs({ text: 'hello', mode: 'only', levels: [] })).toEqual([1]);
    expect(seqs({ text: 'hello', mode: 'without', levels: [] })).toEqual([2, 3]);
  });

  it('are all when nothing is left out', () => {
    expect(wantsSome({ text: 'hello', mode: 'find', levels: [] })).toBe(false);
    expect(seqs({ text: 'hello', mode: 'find', levels: [] })).toEqual([1, 2, 3]);
  });
});
