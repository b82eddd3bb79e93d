import { describe, expect, it } from 'vitest';
import type { MatchPlace } from '#lib/protocol/log-search.ts';
import { excerptOf } from './excerpt.ts';

function shown(text: string, places: readonly MatchPlace[]): string {
  const line = { seq: 1, time: '', stream: 'stdout', text, level: 'info' } as const;
  return excerptOf({ line, places })
    .map((part) => (part.isMatch ? `<${part.text}>` : part.text))
    .join('');
}

describe('the excerpt of a line', () => {
  it('has its matches apart', () => {
    expect(
      shown('one two one', [
        [0, 3],
        [8, 11],
      ]),
    ).toBe('<one> two <one>');
    expect(shown('one', [])).toBe('one');
    expect(shown('', [])).toBe('');
  });

  it('has no codes, and counts its places without them', () => {
    expect(shown('\u001b[31mred\u001b[0m fish', [[0, 3]])).toBe('<red> fish');
  });

  it('is around the first match of a long line, with marks where it was cut', () => {
    const text = `${'a'.repeat(5_000)}needle${'b'.repeat(5_000)}`;
    const cut = shown(text, [[5_000, 5_006]]);
    expect(cut).toMatch(/^… a{120}<needle>b{474} …$/);
    expect(shown(text, [])).toMatch(/^a{600} …$/);
    expect(shown(`${'a'.repeat(1_000)}end`, [[1_000, 1_003]])).toMatch(/^… a+<end>$/);
  });
});
