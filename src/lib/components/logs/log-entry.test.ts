import { describe, expect, it } from 'vitest';
import { rowOf, timeOf, widthOf, type LogEntry } from './log-entry.ts';

const line = (text: string, time = '2026-11-21T09:36:02.274123456Z'): LogEntry => ({
  seq: 1,
  time,
  stream: 'stdout',
  text,
});

describe('a row', () => {
  it('is made once for an entry', () => {
    const entry = line('x');
    expect(rowOf(entry)).toBe(rowOf(entry));
  });

  it('sees the level through the colours', () => {
    expect(rowOf(line('\u001b[31mERROR:\u001b[0m x')).level).toBe('error');
  });

  it('counts cells as a terminal does', () => {
    const width = (text: string) => rowOf(line(text)).width;
    expect([width('abc'), width('\u001b[31mabc'), width('a\tb'), width('日本'), width('é')]).toEqual([
      3, 3, 9, 4, 1,
    ]);
  });

  it('has a guessed width before it is drawn and the true one after', () => {
    const entry = line('\u001b[31mabc');
    expect(widthOf(entry)).toBe(8);
    rowOf(entry);
    expect(widthOf(entry)).toBe(3);
  });

  it('of a note is no output and has no level', () => {
    const row = rowOf({ seq: 1.5, time: '2026-11-21T09:36:02Z', note: 'ERROR: skipped', tone: 'need' });
    expect(row).toMatchObject({ note: 'need', level: 'unknown' });
  });

  it('of a gap says how long the output is missing', () => {
    const gap = { from: '2026-11-21T09:36:02Z', to: '2026-11-21T09:39:12Z' };
    expect(rowOf({ seq: 2, time: gap.from, stream: 'stdout', text: '', gap })).toMatchObject({
      note: 'need',
      plain: 'Output of 3 min 10 s is missing: the engine no longer had it',
    });
  });

  it('of lines that were left out stands out', () => {
    const note = { seq: 1.5, time: '2026-11-21T09:36:02Z', note: '', skipped: { from: 2, to: 9 } };
    expect(rowOf(note).note).toBe('need');
  });
});

describe('the time of a row', () => {
  it('has milliseconds, in UTC or in a zone', () => {
    const row = rowOf(line('x'));
    expect(timeOf(row, 'utc')).toBe('09:36:02.274');
    expect(timeOf(row, 'local', 'Asia/Tokyo')).toBe('18:36:02.274');
    expect(timeOf(row, 'off')).toBe('');
  });

  it('is told by how long ago it was', () => {
    const row = rowOf(line('x'));
    expect(timeOf(row, 'relative', undefined, row.at + 240_000)).toBe('4 min');
  });

  it('is filled up where the engine gave fewer digits', () => {
    expect(timeOf(rowOf(line('x', '2026-11-21T09:36:02Z')), 'utc')).toBe('09:36:02.000');
    expect(timeOf(rowOf(line('x', '2026-11-21T09:36:02.5Z')), 'utc')).toBe('09:36:02.500');
  });

  it('is empty rather than wrong for a time that cannot be read', () => {
    expect(timeOf(rowOf(line('x', 'yesterday')), 'local', 'UTC')).toBe('');
  });
});
