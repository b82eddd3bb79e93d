import { describe, expect, it } from 'vitest';
import { keyOf, pruneOf, readWish, wasSeen, wishFields } from './cleanup-wish.ts';

describe('what to clean up', () => {
  it('begins with what is safe, and then is what was ticked', () => {
    expect(readWish(new URLSearchParams())).toMatchObject({ agents: true, days: '30', volumes: false });
    const wish = readWish(new URLSearchParams('look=1&days=7&volumes=1'));
    expect(wish).toEqual({ agents: false, days: '7', images: false, networks: false, volumes: true });
    expect(readWish(new URLSearchParams(wishFields(wish)))).toEqual(wish);
  });

  it('becomes the input of a prune', () => {
    const wish = readWish(new URLSearchParams('look=1&days=7&agents=1&images=1'));
    expect(pruneOf(wish)).toEqual({ agentsOlderThan: 604_800, images: true });
    expect(pruneOf({ ...wish, days: '0' })).toMatchObject({ agentsOlderThan: 1 });
    expect(pruneOf({ ...wish, days: 'soon' })).toBeNull();
    expect(pruneOf({ ...wish, agents: false, images: false })).toBeNull();
  });

  it('tells when something would go that nobody saw', () => {
    const item = { kind: 'image', id: 'x', host: 'local' };
    expect(wasSeen([item], [keyOf(item)])).toBe(true);
    expect(wasSeen([item, { ...item, id: 'y' }], [keyOf(item)])).toBe(false);
    expect(wasSeen([], [keyOf(item)])).toBe(true);
  });
});
