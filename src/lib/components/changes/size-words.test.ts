import { describe, expect, it } from 'vitest';
import type { FileState } from '#lib/domain/diff/file-change.ts';
import type { ChangeItem } from '#lib/protocol/changes.ts';
import { sizeWords } from './size-words.ts';

const file = (size: number): FileState => ({
  type: 'file',
  size,
  mode: 0o644,
  owner: null,
  linkTarget: null,
});
const item = (more: Partial<ChangeItem>): ChangeItem => ({
  path: '/a',
  name: 'a',
  kind: 'changed',
  folder: false,
  before: null,
  after: null,
  within: null,
  ...more,
});

describe('the size of a change', () => {
  it.each([
    ['what came', { kind: 'added', after: file(4096) }, '+4 KiB'],
    ['what went', { kind: 'deleted', before: file(10) }, '\u221210 B'],
    ['what went, and nobody knows how large it was', { kind: 'deleted' }, ''],
    ['what grew', { before: file(1024), after: file(2048) }, '2 KiB, was 1 KiB'],
    ['what changed in its place', { before: file(10), after: file(10) }, '10 B'],
    ['a link', { kind: 'added', after: { ...file(5), type: 'link' } }, ''],
    [
      'a folder',
      { kind: null, within: { added: 1, changed: 0, deleted: 1, bytesAdded: 2048, bytesRemoved: 5 } },
      '+2 KiB \u22125 B',
    ],
  ] as const)('%s', (_, more, words) => {
    expect(sizeWords(item(more))).toBe(words);
  });
});
