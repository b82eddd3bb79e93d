import { describe, expect, it } from 'vitest';
import { changeTree } from '#lib/domain/diff/change-tree.ts';
import type { FileChange } from '#lib/domain/diff/file-change.ts';
import { ComparisonCache, type Comparison } from './comparison-cache.ts';

function of(count: number): Comparison {
  const changes = Array.from({ length: count }, (_, at): FileChange => ({
    path: `/${at}`,
    kind: 'added',
    before: null,
    after: null,
  }));
  return { changes, tree: changeTree(changes), at: 0, sized: false };
}

describe('kept comparisons', () => {
  it('are believed for as long as was said', () => {
    let now = 0;
    const cache = new ComparisonCache(1_000_000, () => now);
    const one = of(1);
    cache.set('one', one, 100);
    now = 99;
    expect(cache.get('one')).toBe(one);
    now = 100;
    expect(cache.get('one')).toBeNull();
  });

  it('give room to new ones: the one that was asked for longest ago goes first', () => {
    const cache = new ComparisonCache(15_000, () => 0);
    for (const key of ['a', 'b']) cache.set(key, of(10), 100);
    expect(cache.get('a')).not.toBeNull();
    cache.set('c', of(10), 100);
    expect(['a', 'b', 'c'].filter((key) => cache.get(key) !== null)).toEqual(['a', 'c']);
  });

  it('that are larger than all of the room are not kept, and drive nobody out', () => {
    const cache = new ComparisonCache(15_000, () => 0);
    cache.set('small', of(1), 100);
    cache.set('large', of(100), 100);
    expect([cache.get('small') === null, cache.get('large')]).toEqual([false, null]);
  });
});
