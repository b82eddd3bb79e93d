import { describe, expect, it } from 'vitest';
import { flatPage, levelPage } from './change-page.ts';
import { changeTree, isFolder, nodeAt } from './change-tree.ts';
import { fromEngine } from './engine-changes.ts';
import { comparePaths, type ChangeKind, type FileChange, type FileState } from './file-change.ts';
import { sideBySide, type DiffLine } from './side-by-side.ts';

const state = (size: number): FileState => ({
  type: 'file',
  size,
  mode: 0o644,
  owner: null,
  linkTarget: null,
});
const change = (path: string, before: number | null, after: number | null): FileChange => ({
  path,
  kind: before === null ? 'added' : after === null ? 'deleted' : 'changed',
  before: before === null ? null : state(before),
  after: after === null ? null : state(after),
});
const ALL = { kind: null, q: '' };

describe('the tree of changes', () => {
  const changes = [
    change('/a/b/new', null, 100),
    change('/a/b/old', 30, null),
    change('/a/grown', 10, 15),
    change('/a.txt', 10, 4),
  ];
  const root = changeTree(changes);

  it('has the sums of all that is in a folder, and not of itself', () => {
    expect(root.sums).toEqual({ added: 1, changed: 2, deleted: 1, bytesAdded: 105, bytesRemoved: 36 });
    expect(nodeAt(root, '/a/b')?.sums).toEqual({
      added: 1,
      changed: 0,
      deleted: 1,
      bytesAdded: 100,
      bytesRemoved: 30,
    });
    expect(nodeAt(root, '/a.txt')?.sums.changed).toBe(0);
  });

  it('knows where nothing has changed', () => {
    expect(nodeAt(root, '/a/c')).toBeUndefined();
    expect(nodeAt(root, '/')).toBe(root);
  });

  it('can be opened where something is in it, or it is a folder itself', () => {
    const made = changeTree([{ ...change('/empty', null, 0), after: { ...state(0), type: 'directory' } }]);
    expect([...made.children.values()].map(isFolder)).toEqual([true]);
    expect([...root.children.values()].map((node) => [node.path, isFolder(node)])).toEqual([
      ['/a', true],
      ['/a.txt', false],
    ]);
  });

  it('is shown by kind with the folders that hold it', () => {
    const paths = (kind: ChangeKind) =>
      levelPage(root, { kind, q: '' }, { cursor: null, limit: 10 }).items.map((node) => node.path);
    expect(paths('deleted')).toEqual(['/a']);
    expect(paths('changed')).toEqual(['/a', '/a.txt']);
  });

  it('is given in pages that leave nothing out', () => {
    const many = changeTree(
      Array.from({ length: 25 }, (_, at) => change(`/f${String(at).padStart(2, '0')}`, null, 1)),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = levelPage(many, ALL, { cursor, limit: 10 });
      expect(page.count).toBe(25);
      seen.push(...page.items.map((node) => node.path));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...many.children.values()].map((node) => node.path));
  });

  it('is found by a part of the path, in any case, below a folder', () => {
    const found = (folder: string, q: string) =>
      flatPage(changes, folder, { kind: null, q }, { cursor: null, limit: 10 }).items.map(({ path }) => path);
    expect(found('/', 'B/')).toEqual(['/a/b/new', '/a/b/old']);
    expect(found('/a', 'grown')).toEqual(['/a/grown']);
    expect(found('/a', '')).toEqual(['/a/b/new', '/a/b/old', '/a/grown']);
  });
});

describe('what an engine tells', () => {
  it('loses the folders on the way, and keeps what stands for itself', () => {
    const told = [
      { path: '/a', kind: 'changed' },
      { path: '/a.b', kind: 'changed' },
      { path: '/a/b', kind: 'added' },
      { path: '/a/b/c', kind: 'added' },
      { path: '/etc', kind: 'changed' },
      { path: '/var', kind: 'deleted' },
    ] as const;
    expect(fromEngine(told).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'added /a/b',
      'added /a/b/c',
      'changed /a.b',
      'changed /etc',
      'deleted /var',
    ]);
  });
});

describe('the order of paths', () => {
  it('is that of a walk', () => {
    expect(['/a.b', '/b', '/a/z', '/a', '/a b', '/a/b/c'].toSorted(comparePaths)).toEqual([
      '/a',
      '/a/b/c',
      '/a/z',
      '/a b',
      '/a.b',
      '/b',
    ]);
  });
});

describe('lines side by side', () => {
  const line = (kind: DiffLine['kind'], text: string): DiffLine => ({
    kind,
    text,
    before: null,
    after: null,
  });
  it('has what went beside what came in its place', () => {
    const rows = sideBySide([
      line('same', 'a'),
      line('removed', 'b'),
      line('removed', 'c'),
      line('added', 'B'),
      line('removed', 'd'),
      line('added', 'D'),
      line('added', 'E'),
      line('same', 'f'),
    ]);
    expect(rows.map(({ before, after }) => [before?.text, after?.text])).toEqual([
      ['a', 'a'],
      ['b', 'B'],
      ['c', undefined],
      ['d', 'D'],
      [undefined, 'E'],
      ['f', 'f'],
    ]);
  });
});
