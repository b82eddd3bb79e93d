import { describe, expect, it } from 'vitest';
import { namesInShort, rangeBetween } from './selection.ts';

describe('rangeBetween', () => {
  it('takes all between two rows, in either direction', () => {
    expect(rangeBetween(['a', 'b', 'c', 'd'], 'b', 'd')).toEqual(['b', 'c', 'd']);
    expect(rangeBetween(['a', 'b', 'c', 'd'], 'c', 'a')).toEqual(['a', 'b', 'c']);
  });

  it('takes the one row when the other has gone', () => {
    expect(rangeBetween(['a', 'b'], 'gone', 'b')).toEqual(['b']);
  });
});

describe('namesInShort', () => {
  it('names three and counts the rest', () => {
    expect(namesInShort(['a', 'b', 'c', 'd', 'e'])).toEqual({ shown: 'a, b, c', more: 2 });
    expect(namesInShort(['a'])).toEqual({ shown: 'a', more: 0 });
  });
});
