import { describe, expect, it } from 'vitest';
import { linePattern } from './search-pattern.ts';
import { scan, type ScanWish } from './search-scan.ts';
import { toRecord } from './segment-format.ts';
import { lineAt } from './testing/archived-files.ts';

const RED = '\u001b[31m';
const OFF = '\u001b[0m';

function found(
  texts: readonly string[],
  q: string,
  wish: Partial<ScanWish> & { regex?: boolean } = {},
): readonly string[] {
  const bytes = Buffer.from(texts.map((text, at) => toRecord(lineAt(at, text))).join(''));
  return scanned(bytes, q, wish).map((each) => each.line.text);
}

function scanned(bytes: Buffer, q: string, wish: Partial<ScanWish> & { regex?: boolean } = {}) {
  return scan(bytes, {
    agentId: 'a',
    pattern: linePattern(q, wish.regex ?? false),
    levels: null,
    stream: null,
    since: null,
    until: null,
    before: null,
    limit: 1_000,
    ...wish,
  });
}

describe('a scan', () => {
  it('gives lines that hold the words, the newest first', () => {
    expect(found(['one fish', 'two', 'Fish three'], 'fish')).toEqual(['Fish three', 'one fish']);
    expect(found(['one fish', 'two', 'Fish three'], 'Fish')).toEqual(['Fish three']);
    expect(found(['one', 'two'], '')).toEqual(['two', 'one']);
  });

  it('does not take a time or a number of the archive for words of the line', () => {
    expect(found(['at noon', 'since 2026'], '2026')).toEqual(['since 2026']);
    expect(found(['x'], ' o ')).toEqual([]);
  });

  it('finds words that a colour divides, beside plain ones', () => {
    const texts = [`${RED}ERROR${OFF}: disk full`, 'error: plain', 'other'];
    expect(found(texts, 'error: ')).toEqual(['error: plain', `${RED}ERROR${OFF}: disk full`]);
    expect(scanned(Buffer.from(toRecord(lineAt(0, texts[0] ?? ''))), 'disk')[0]?.places).toEqual([[7, 11]]);
  });

  it('does not find what is part of a code only', () => {
    expect(found([`${RED}red${OFF}`], '[31m')).toEqual([]);
  });

  it('finds regular expressions line by line', () => {
    expect(found(['code 12', 'code x', '7'], '^code \\d+$', { regex: true })).toEqual(['code 12']);
  });

  it('looks through more than one block, and stops where it has enough', () => {
    const texts = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${'x'.repeat(60)}`);
    texts[3] = 'needle at the beginning';
    texts[19_990] = 'needle at the end';
    expect(found(texts, 'needle')).toEqual(['needle at the end', 'needle at the beginning']);
    expect(found(texts, 'needle', { limit: 1 })).toEqual(['needle at the end']);
    expect(found(texts, 'line', { limit: 3 })).toEqual(
      ['line 19999', 'line 19998', 'line 19997'].map((t) => `${t} ${'x'.repeat(60)}`),
    );
  });

  it('reads a line that is longer than a block', () => {
    const long = `${'y'.repeat(400_000)} needle`;
    expect(found(['needle one', long, 'needle two'], 'needle')).toEqual(['needle two', long, 'needle one']);
  });

  it('leaves out what is still being written, and marks of gaps', () => {
    const gap = toRecord(lineAt(1, '', { gap: { from: 'needle', to: 'needle' } }));
    const bytes = Buffer.from(
      `${toRecord(lineAt(0, 'needle'))}${gap}3 2026-03-01T12:00:00.000000000Z o needle`,
    );
    expect(scanned(bytes, 'needle')).toHaveLength(1);
    expect(scanned(Buffer.from(''), 'needle')).toEqual([]);
    expect(scanned(Buffer.from('torn'), 'needle')).toEqual([]);
  });

  it('keeps to times, stream and level', () => {
    const bytes = Buffer.from(
      [lineAt(0, 'x old'), lineAt(1_000, 'ERROR x bad', { stream: 'stderr' }), lineAt(2_000, 'x new')]
        .map(toRecord)
        .join(''),
    );
    const texts = (wish: Partial<ScanWish>) => scanned(bytes, 'x', wish).map((each) => each.line.text);
    expect(texts({ since: lineAt(1_000, '').time })).toEqual(['x new', 'ERROR x bad']);
    expect(texts({ until: lineAt(1_000, '').time })).toEqual(['ERROR x bad', 'x old']);
    expect(texts({ stream: 'stderr' })).toEqual(['ERROR x bad']);
    expect(texts({ levels: ['error', 'fatal'] })).toEqual(['ERROR x bad']);
    expect(scanned(bytes, 'x', { stream: 'stderr' })[0]?.line.level).toBe('error');
  });

  it('goes on after the line that was last, also among lines of one time', () => {
    const bytes = Buffer.from([5, 6, 7].map((seq) => toRecord(lineAt(0, `x ${seq}`, { seq }))).join(''));
    const before = { time: lineAt(0, '').time, agentId: 'a', seq: 6 };
    expect(scanned(bytes, 'x', { before }).map((each) => each.line.text)).toEqual(['x 5']);
  });

  it('ends when it is stopped', () => {
    const bytes = Buffer.from(toRecord(lineAt(0, 'needle')));
    const wish = {
      agentId: 'a',
      pattern: null,
      levels: null,
      stream: null,
      since: null,
      until: null,
      before: null,
      limit: 1,
    };
    expect(scan(bytes, wish, () => true)).toEqual([]);
    expect(scan(bytes, wish, () => false)).toHaveLength(1);
  });
});
