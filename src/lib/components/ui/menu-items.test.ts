import { describe, expect, it } from 'vitest';
import { moveInMenu, placeMenu } from './menu-items.ts';

const view = { width: 1000, height: 800 };
const size = { width: 200, height: 300 };
const anchor = (left: number, top: number) => ({ left, right: left + 24, top, bottom: top + 24 });

describe('placeMenu', () => {
  it('stands under its anchor with the right edges in line', () => {
    expect(placeMenu(anchor(800, 100), size, view)).toEqual({ left: 624, top: 128 });
  });

  it('stands above where there is no room below', () => {
    expect(placeMenu(anchor(800, 700), size, view).top).toBe(396);
  });

  it('begins at the left edge of an anchor that is far left', () => {
    expect(placeMenu(anchor(20, 100), size, view).left).toBe(20);
  });

  it('never leaves the window', () => {
    const place = placeMenu(anchor(5, 5), { width: 900, height: 790 }, view);
    expect(place.left).toBeGreaterThanOrEqual(4);
    expect(place.top + 790).toBeLessThanOrEqual(800);
  });
});

describe('moveInMenu', () => {
  it('goes round at both ends', () => {
    expect(moveInMenu('ArrowDown', 2, 3)).toBe(0);
    expect(moveInMenu('ArrowUp', 0, 3)).toBe(2);
    expect(moveInMenu('Home', 2, 3)).toBe(0);
    expect(moveInMenu('End', 0, 3)).toBe(2);
  });

  it('leaves other keys and empty menus alone', () => {
    expect(moveInMenu('a', 0, 3)).toBeNull();
    expect(moveInMenu('ArrowDown', 0, 0)).toBeNull();
  });
});
