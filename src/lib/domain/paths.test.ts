import { describe, expect, it } from 'vitest';
import { folderOf, insidePath, isWithin, linkEnd, nameIn, pathBelow, settledPath } from './paths.ts';

describe('a path inside a container', () => {
  it.each([
    ['/', '/'],
    ['//a///b/', '/a/b'],
    ['/a/./b/../c', '/a/c'],
    ['/../../etc', '/etc'],
    ['/..', '/'],
    ['/a b/"q"/-rf/\n/...', '/a b/"q"/-rf/\n/...'],
  ])('%j is settled as %j and never leads above the root', (given, settled) => {
    expect(settledPath(given)).toBe(settled);
  });

  it.each(['', 'relative', './a', '../a', '/a\0b', `/${'x'.repeat(256)}`, `/${'ü'.repeat(128)}`, '/\ud800'])(
    '%j is refused',
    (given) => {
      expect(insidePath.safeParse(given).success).toBe(false);
    },
  );

  it('may have names of 255 bytes', () => {
    const name = 'é'.repeat(127);
    expect(insidePath.parse(`/${name}x/`)).toBe(`/${name}x`);
  });

  it('has a folder and a name', () => {
    expect([folderOf('/a/b'), folderOf('/a'), folderOf('/')]).toEqual(['/a', '/', '/']);
    expect([nameIn('/a/b'), nameIn('/')]).toEqual(['b', '']);
    expect([pathBelow('/', 'a'), pathBelow('/a', 'b')]).toEqual(['/a', '/a/b']);
  });

  it('is within a folder by whole names', () => {
    expect([isWithin('/data/x', '/data'), isWithin('/data', '/data'), isWithin('/a', '/')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(isWithin('/database', '/data')).toBe(false);
  });

  it('that is a link leads on from its own folder', () => {
    expect(linkEnd('/a/link', 'b/c')).toBe('/a/b/c');
    expect(linkEnd('/a/link', '../../../etc')).toBe('/etc');
    expect(linkEnd('/a/link', '/b')).toBe('/b');
  });
});
