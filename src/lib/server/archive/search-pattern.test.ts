import { describe, expect, it } from 'vitest';
import { linePattern, PatternMistake } from './search-pattern.ts';

describe('words', () => {
  it.each([
    ['error', 'an ERROR here', true],
    ['Error', 'an ERROR here', false],
    ['Error', 'an Error here', true],
    ['größe', 'DIE GRÖSSE', false],
    ['größe', 'Die GRÖßE', true],
    ['a.c', 'abc', false],
    ['(x', 'f(x)', true],
  ])('%j in %j: %s', (q, line, fits) => {
    expect(linePattern(q, false)?.matches(line)).toBe(fits);
  });

  it('are marked where they stand, also twice and after other characters', () => {
    expect(linePattern('ab', false)?.places('🚢 AB xabab')).toEqual([
      [3, 5],
      [7, 9],
      [9, 11],
    ]);
  });

  it('are not marked where a letter grew when it was made small', () => {
    expect(linePattern('x', false)?.places('İx')).toEqual([]);
    expect(linePattern('x', false)?.matches('İx')).toBe(true);
  });

  it('can be looked for in bytes, but not beyond ASCII in any case', () => {
    expect(linePattern('error', false)?.bytes).toEqual({ needle: 'error', anyCase: true });
    expect(linePattern('Größe', false)?.bytes).toEqual({ needle: 'Größe', anyCase: false });
    expect(linePattern('größe', false)?.bytes).toBeNull();
  });
});

describe('regular expressions', () => {
  it.each([
    ['err(or)?s?$', 'two ERRORS', true],
    ['Err', 'ERR', false],
    ['\\Serr', 'xERR', true],
    ['^\\w+ \\d{2,}$', 'line 12', true],
    ['^.$', '🚢', true],
    ['\\p{Greek}', 'Ω', true],
  ])('%j in %j: %s', (q, line, fits) => {
    expect(linePattern(q, true)?.matches(line)).toBe(fits);
  });

  it('are marked without what is empty', () => {
    expect(linePattern('\\d*', true)?.places('a12b3')).toEqual([
      [1, 3],
      [4, 5],
    ]);
  });

  it.each([
    ['ab[cd', 2],
    ['a**', 1],
    ['x\\q', 1],
    ['ab)', 2],
    ['a(b[)]', 1],
    ['end\\', 3],
    ['(?=x)', 0],
  ])('%j is refused with the place %i', (q, at) => {
    expect(() => linePattern(q, true)).toThrow(PatternMistake);
    try {
      linePattern(q, true);
    } catch (error) {
      expect(error).toMatchObject({ at });
    }
  });

  it('take a time that grows with the line, whatever the pattern', () => {
    const line = `${'a'.repeat(60_000)}!`;
    for (const bomb of ['(a+)+$', '(a|a)+$', '(a?){50}a{50}$', '(.*)*=', 'a.*a.*a.*a.*b'])
      expect(linePattern(bomb, true)?.matches(line)).toBe(false);
  });
});

it('nothing is looked for: every line will do', () => {
  expect(linePattern('', false)).toBeNull();
  expect(linePattern('', true)).toBeNull();
});
