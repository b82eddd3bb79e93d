import { describe, expect, it } from 'vitest';
import { fieldsOf, fieldValue, looksLikeJson } from './log-json.ts';
import { line } from './testing/log-lines.ts';

describe('the fields of a line', () => {
  it('are those of its object, others as JSON again', () => {
    expect(fieldsOf(line(7, '{"msg":"x","n":42,"deep":{"a":[1]},"none":null}'))).toEqual([
      { seq: 7, field: 0, name: 'msg', value: 'x', kind: 'text' },
      { seq: 7, field: 1, name: 'n', value: '42', kind: 'number' },
      { seq: 7, field: 2, name: 'deep', value: '{"a":[1]}', kind: 'other' },
      { seq: 7, field: 3, name: 'none', value: 'null', kind: 'other' },
    ]);
  });

  it('are found through colours', () => {
    expect(fieldValue(line(1, '\u001b[33m{"a":"b"}\u001b[0m'), 'a')).toBe('b');
  });

  it.each(['text', '{}', '[1]', '{"torn":', '{not: json}', '{"a":1} and more'])('of %s are none', (text) => {
    expect(fieldsOf(line(1, text))).toBeNull();
  });

  it('that are not there have no value, also with the name of what every object has', () => {
    expect(fieldValue(line(1, '{"a":1}'), 'toString')).toBeNull();
  });

  it('are guessed at without reading', () => {
    expect(looksLikeJson('{"a":1}')).toBe(true);
    expect(looksLikeJson('{a}')).toBe(false);
  });
});
