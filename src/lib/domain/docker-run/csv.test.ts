import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsv, readCsv } from './csv.ts';

describe('a line of fields', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi""",x', ['say "hi"', 'x']],
    ['""', ['']],
    ['a, b', ['a', ' b']],
  ])('%s is read', (text, fields) => {
    expect(readCsv(text)).toEqual({ value: fields });
  });

  it.each(['', '"a', 'a"b', '"a"b', 'a\nb'])('is not %j', (text) => {
    expect(readCsv(text)).toHaveProperty('rule');
  });

  it('is written so that it reads back', () => {
    const fields = fc.array(
      fc.string().filter((field) => !/[\r\n]/.test(field)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(fields, (list) => {
        const text = formatCsv(list);
        expect(text === '' ? { value: list } : readCsv(text)).toEqual({ value: list });
      }),
    );
  });
});
