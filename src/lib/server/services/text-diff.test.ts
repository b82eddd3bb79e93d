import { describe, expect, it } from 'vitest';
import { compareTexts, isText, lineFacts } from './text-diff.ts';

const hunksOf = (before: string, after: string) => {
  const compared = compareTexts(before, after);
  if (compared.kind !== 'text') throw new Error(`it is ${compared.kind}`);
  return compared.hunks;
};
const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `${word} ${at}\n`).join('');

describe('two texts', () => {
  it('are compared line by line, with three lines around a change and numbers on both sides', () => {
    const before = lines(20);
    const [hunk, ...more] = hunksOf(before, before.replace('line 10\n', 'new\nlines\n'));
    expect(more).toEqual([]);
    expect([hunk?.beforeStart, hunk?.afterStart]).toEqual([8, 8]);
    expect(
      hunk?.lines.map(({ kind, text, before: old, after }) => `${old ?? ''}|${after ?? ''} ${kind} ${text}`),
    ).toEqual([
      '8|8 same line 7',
      '9|9 same line 8',
      '10|10 same line 9',
      '11| removed line 10',
      '|11 added new',
      '|12 added lines',
      '12|13 same line 11',
      '13|14 same line 12',
      '14|15 same line 13',
    ]);
  });

  it.each([
    ['a last line without its end', 'a\nb\n', 'a\nb', ['same a', 'removed b', 'added b']],
    ['line ends', 'a\n', 'a\r\n', ['removed a', 'added a\r']],
    ['a line that begins with a backslash', '\\ one\n', '\\ two\n', ['removed \\ one', 'added \\ two']],
    ['a file that came', '', 'a\n', ['added a']],
    ['a file that went', 'a\n', '', ['removed a']],
  ])('differ by %s', (_, before, after, expected) => {
    expect(
      hunksOf(before, after).flatMap((hunk) => hunk.lines.map(({ kind, text }) => `${kind} ${text}`)),
    ).toEqual(expected);
  });

  it('that are the same are said to be', () => {
    expect(compareTexts('a\n', 'a\n')).toEqual({ kind: 'same' });
  });

  it('in which everything differs are given up soon', () => {
    const started = performance.now();
    expect(compareTexts(lines(30_000, 'one'), lines(30_000, 'two'))).toEqual({ kind: 'too-different' });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('that came with very many lines are cut', () => {
    const compared = compareTexts('', lines(6_000));
    expect(compared).toMatchObject({ kind: 'text', truncated: true });
    expect(hunksOf('', lines(6_000)).flatMap((hunk) => hunk.lines)).toHaveLength(5_000);
  });
});

describe('what a file holds', () => {
  it.each([
    ['text', Buffer.from('ünï\n'), true],
    ['nothing', Buffer.alloc(0), true],
    ['a NUL', Buffer.from('a\0b'), false],
    ['what is no UTF-8', Buffer.from([0x61, 0xff]), false],
  ])('%s', (_, bytes, text) => {
    expect(isText(bytes)).toBe(text);
  });

  it.each([
    ['a\nb\n', 'lf', true],
    ['a\r\nb', 'crlf', false],
    ['a\r\nb\n', 'mixed', true],
    ['a', null, false],
  ] as const)('the line ends of %j', (text, lineEnds, endsWithNewline) => {
    expect(lineFacts(Buffer.from(text))).toEqual({ lineEnds, endsWithNewline });
  });
});
