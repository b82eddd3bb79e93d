import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { tar } from './tar.mjs';

const ENTRIES = [
  { path: 'workspace', owner: 1000 },
  { path: 'bin/sh', content: 'x'.repeat(513), mode: 0o755 },
  { path: 'bin/ls', linkTo: '/bin/busybox' },
  { path: 'empty', content: '' },
];

it('writes what the tar program reads: directories, files, links, owners and modes', () => {
  const listing = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], {
    input: tar(ENTRIES),
    encoding: 'utf8',
  });
  const lines = listing
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').replace(/ 1970-01-01 \d\d:\d\d/, ''));
  expect(lines).toEqual([
    'drwxr-xr-x 1000/1000 0 workspace',
    '-rwxr-xr-x 0/0 513 bin/sh',
    'lrwxrwxrwx 0/0 0 bin/ls -> /bin/busybox',
    '-rw-r--r-- 0/0 0 empty',
  ]);
});

it('keeps the content', () => {
  const content = execFileSync('tar', ['-xOf', '-', 'bin/sh'], { input: tar(ENTRIES), encoding: 'utf8' });
  expect(content).toBe('x'.repeat(513));
});

it('gives the same bytes for the same entries', () => {
  expect(tar(ENTRIES).equals(tar(ENTRIES))).toBe(true);
});

it('refuses a path that does not fit', () => {
  expect(() => tar([{ path: 'a'.repeat(101), content: '' }])).toThrow(/Too long/);
});
