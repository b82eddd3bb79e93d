import { describe, expect, it } from 'vitest';
import { plainText } from './log-text.ts';
import { wordsOf } from './log-words.ts';

describe('words in lines', () => {
  it('are found in any case when they are small, else as written', () => {
    expect(wordsOf('error')?.has('An ERROR came')).toBe(true);
    expect(wordsOf('Error')?.has('An ERROR came')).toBe(false);
  });

  it('are found where they stand, without overlaps', () => {
    expect(wordsOf('aa')?.ranges('aaaaa b aa')).toEqual([
      [0, 2],
      [2, 4],
      [8, 10],
    ]);
  });

  it('are text and no pattern', () => {
    expect(wordsOf('(a+)+$')?.has('xx (a+)+$ yy')).toBe(true);
    expect(wordsOf('.')?.has('abc')).toBe(false);
  });

  it('are nothing when there are none', () => {
    expect(wordsOf('')).toBeNull();
  });

  it('keep their places beside characters that grow when they are made small', () => {
    expect(wordsOf('x')?.ranges('İx')).toEqual([[1, 2]]);
  });
});

describe('a line as it is read', () => {
  it.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m ok', 'red ok'],
    ['10 %\r50 %\r100 %', '100 %'],
    ['done\r', 'done'],
    ['\u001b]0;title\u0007a\tb', 'a\tb'],
  ])('%j is %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});
