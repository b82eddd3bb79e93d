import { describe, expect, it } from 'vitest';
import { initials, isCurrent } from './nav.ts';

describe('the current page', () => {
  it('is the link itself and what lies below it', () => {
    expect(isCurrent({ href: '/agents' }, '/agents')).toBe(true);
    expect(isCurrent({ href: '/agents' }, '/agents/a1/history')).toBe(true);
    expect(isCurrent({ href: '/agents' }, '/agents-of-old')).toBe(false);
  });

  it('is not the start page everywhere', () => {
    expect(isCurrent({ href: '/' }, '/agents')).toBe(false);
    expect(isCurrent({ href: '/' }, '/')).toBe(true);
  });
});

describe('initials', () => {
  it('are two letters at most, in capitals', () => {
    expect([
      initials('admin'),
      initials('two words'),
      initials('a.b.c'),
      initials('x'),
      initials(''),
    ]).toEqual(['AD', 'TW', 'AB', 'X', '']);
  });
});
