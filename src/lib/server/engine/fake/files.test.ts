import { describe, expect, it } from 'vitest';
import { directory, file, Files, joined, link } from './files.ts';

const words = (text: string) => file(Buffer.from(text), 0);

describe('files in memory', () => {
  it('are reached through links to folders, and a last link is itself', () => {
    const files = new Files();
    files.put('/srv/data/a', words('one'));
    files.put('/way', link('srv/data', 0));
    expect(files.get('/way/a')?.content.toString()).toBe('one');
    expect(files.get('/way')?.kind).toBe('link');
    expect(files.follow('/way')).toBe('/srv/data');
  });

  it('that link in a circle lead nowhere', () => {
    const files = new Files();
    files.put('/one', link('/two', 0));
    files.put('/two', link('/one', 0));
    expect(files.get('/one/a')).toBeUndefined();
  });

  it('get the folders above them, and tell what was new and what was there', () => {
    const files = new Files();
    expect(files.put('/etc/app/conf', words('x'))).toEqual({
      added: ['/etc/app', '/etc/app/conf'],
      changed: ['/etc'],
    });
    expect(files.put('/etc/app/conf', words('y'))).toEqual({
      added: [],
      changed: ['/etc', '/etc/app', '/etc/app/conf'],
    });
  });

  it('of a copy are its own', () => {
    const files = new Files();
    const copy = files.copy();
    copy.put('/new', words('x'));
    files.remove('/etc');
    expect(files.get('/new')).toBeUndefined();
    expect(copy.get('/etc')).toEqual(directory(0));
  });

  it('go with their folder, and not those of one whose name begins alike', () => {
    const files = new Files();
    files.put('/a/x', words('x'));
    files.put('/ab', words('x'));
    files.remove('/a');
    expect(files.get('/a/x')).toBeUndefined();
    expect(files.get('/ab')?.kind).toBe('file');
  });
});

it.each([
  ['/', '/'],
  ['/a', 'b'],
  ['/a/b', '../c'],
  ['/a', '../../x'],
  ['/a', '/b/./c/'],
])('a path is joined from %s and %s', (from, path) => {
  const expected = new URL(path, `file://${from}/`).pathname;
  expect(joined(from, path)).toBe(expected.length > 1 ? expected.replace(/\/$/, '') : expected);
});
