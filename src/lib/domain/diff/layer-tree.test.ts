import { describe, expect, it } from 'vitest';
import { Chance } from '../testing/random.ts';
import { compareTrees } from './compare-trees.ts';
import { comparePaths, type FileChange } from './file-change.ts';
import { applyLayer, EMPTY_TREE, type FileTree, type LayerEntry, type TreeState } from './layer-tree.ts';

const PLAIN: TreeState = {
  type: 'file',
  size: 1,
  mode: 0o644,
  owner: '0:0',
  linkTarget: null,
  content: 'x',
};
const file = (path: string, content = 'x', more: Partial<TreeState> = {}): LayerEntry => ({
  path,
  state: { ...PLAIN, content, size: content.length, ...more },
  sameAs: null,
});
const folder = (path: string, mode = 0o755): LayerEntry => ({
  path,
  state: { ...PLAIN, type: 'directory', size: 0, mode, content: null },
  sameAs: null,
});
const link = (path: string, linkTarget: string): LayerEntry => ({
  path,
  state: { ...PLAIN, type: 'link', size: 0, linkTarget, content: null },
  sameAs: null,
});
const hardLink = (path: string, sameAs: string): LayerEntry => ({ ...file(path, ''), sameAs });
const gone = (path: string): LayerEntry => file(path.replace(/([^/]+)$/, '.wh.$1'), '');
const opaque = (path: string): LayerEntry => file(`${path}/.wh..wh..opq`, '');

const fold = (...layers: readonly (readonly LayerEntry[])[]): FileTree =>
  layers.reduce<FileTree>(applyLayer, EMPTY_TREE);

function listing(tree: FileTree, path = ''): Map<string, TreeState> {
  const found = new Map<string, TreeState>();
  for (const [name, child] of tree.children ?? []) {
    found.set(`${path}/${name}`, child.state);
    for (const [at, state] of listing(child, `${path}/${name}`)) found.set(at, state);
  }
  return found;
}
const contents = (tree: FileTree) =>
  [...listing(tree)].map(([path, { content, type, linkTarget }]) =>
    type === 'file'
      ? `${path}=${content ?? ''}`
      : type === 'link'
        ? `${path}->${linkTarget ?? ''}`
        : `${path}/`,
  );

describe('layers one over the other', () => {
  const base = [folder('a'), file('a/one', '1'), file('a/two', '2'), folder('a/deep'), file('a/deep/x', 'x')];

  it.each([
    [
      'a later file covers an earlier one',
      [file('a/one', 'new')],
      ['/a/', '/a/one=new', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
    ['a whiteout hides a file', [gone('a/one')], ['/a/', '/a/two=2', '/a/deep/', '/a/deep/x=x']],
    ['a whiteout hides a folder with all in it', [gone('a/deep')], ['/a/', '/a/one=1', '/a/two=2']],
    [
      'a whiteout of what is not there hides nothing',
      [gone('b/one')],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
    [
      'an opaque folder keeps only what its own layer has, wherever the mark stands',
      [file('a/new', 'n'), opaque('a'), folder('a')],
      ['/a/', '/a/new=n'],
    ],
    [
      'a file that is made anew beside its own whiteout is there',
      [file('a/one', 'again'), gone('a/one')],
      ['/a/', '/a/two=2', '/a/deep/', '/a/deep/x=x', '/a/one=again'],
    ],
    ['a file in the place of a folder takes all of it away', [file('a', 'f')], ['/a=f']],
    ['a link in the place of a folder takes all of it away', [link('a', 'b')], ['/a->b']],
    [
      'a folder in the place of a file',
      [folder('a/one'), file('a/one/in', 'i')],
      ['/a/', '/a/one/', '/a/one/in=i', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
    [
      'a folder that is named again keeps what is in it',
      [folder('a/deep', 0o700)],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
    [
      'a folder that nothing names is there for what is in it',
      [file('b/c', 'c')],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x', '/b/', '/b/c=c'],
    ],
    [
      'a hard link has the content of the file that it names',
      [file('b', 'same'), hardLink('c', 'b')],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x', '/b=same', '/c=same'],
    ],
    [
      "a storage driver's notes to itself are no files",
      [file('.wh..wh.plnk', ''), file('.wh..wh.aufs', '')],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
    [
      'a path that leads out of the image is left out',
      [file('../x', 'x'), file('a/../../y', 'y')],
      ['/a/', '/a/one=1', '/a/two=2', '/a/deep/', '/a/deep/x=x'],
    ],
  ])('%s', (_, layer, expected) => {
    expect(contents(fold(base, layer))).toEqual(expected);
  });

  it('the tree below is as it was, and what no layer touched is the same node', () => {
    const below = fold(base);
    const before = contents(below);
    const above = applyLayer(below, [file('a/one', 'new'), gone('a/two')]);
    expect(contents(below)).toEqual(before);
    expect(above.children?.get('a')?.children?.get('deep')).toBe(
      below.children?.get('a')?.children?.get('deep'),
    );
  });
});

describe('two trees', () => {
  const base = [folder('a'), file('a/one', '1'), file('a/two', '2')];
  const changes = (layer: readonly LayerEntry[]) =>
    compareTrees(fold(base), fold(base, layer)).map(({ kind, path }) => `${kind} ${path}`);

  it.each([
    ['content of the same size', [file('a/one', '9')], ['changed /a/one']],
    ['a file that was written again as it was', [file('a/one', '1')], []],
    ['permissions alone', [file('a/one', '1', { mode: 0o755 })], ['changed /a/one']],
    ['the owner alone', [file('a/one', '1', { owner: '1000:1000' })], ['changed /a/one']],
    ['a folder of which only the content has changed', [folder('a'), file('a/new')], ['added /a/new']],
    ['permissions of a folder', [folder('a', 0o700)], ['changed /a']],
    ['a file that became a link', [link('a/one', 'two')], ['changed /a/one']],
    ['a link that leads elsewhere', [link('b', 'a')], ['added /b']],
    ['a folder that became a file', [file('a', 'f')], ['changed /a', 'deleted /a/one', 'deleted /a/two']],
    ['a file that became a folder', [folder('a/one'), file('a/one/x')], ['changed /a/one', 'added /a/one/x']],
    ['a folder that went', [gone('a')], ['deleted /a', 'deleted /a/one', 'deleted /a/two']],
    ['a rename', [gone('a/one'), file('a/three', '1')], ['deleted /a/one', 'added /a/three']],
  ])('%s', (_, layer, expected) => {
    expect(changes(layer)).toEqual(expected);
  });

  it('differ as their listings do, whatever layers made them', () => {
    const chance = new Chance(7);
    for (let round = 0; round < 300; round += 1) {
      const [shared, one, other] = [randomLayers(chance), randomLayers(chance), randomLayers(chance)];
      const below = fold(...shared);
      expect(compareTrees(one.reduce(applyLayer, below), other.reduce(applyLayer, below))).toEqual(
        naive(naiveFold([...shared, ...one]), naiveFold([...shared, ...other])),
      );
    }
  });
});

function randomLayers(chance: Chance): readonly (readonly LayerEntry[])[] {
  return Array.from({ length: chance.whole(0, 3) }, () => randomLayer(chance));
}

function randomLayer(chance: Chance): readonly LayerEntry[] {
  const names = ['a', 'b', 'a.b', 'é'] as const;
  const paths = new Map<string, LayerEntry>();
  for (let n = chance.whole(1, 8); n > 0; n -= 1) {
    const path = Array.from({ length: chance.whole(1, 3) }, () => chance.pick(names)).join('/');
    const entry = chance.pick([
      file(path, chance.pick(['1', '2', '33'])),
      folder(path, chance.pick([0o755, 0o700])),
      link(path, chance.pick(names)),
      gone(path),
      opaque(path),
    ]);
    paths.set(entry.path, entry);
  }
  return [...paths.values()];
}

/** The same by a flat list of paths. */
function naiveFold(layers: readonly (readonly LayerEntry[])[]): Map<string, TreeState> {
  const found = new Map<string, TreeState>();
  const drop = (path: string, itself: boolean) => {
    for (const each of [...found.keys()])
      if (each.startsWith(`${path}/`) || (itself && each === path)) found.delete(each);
  };
  for (const layer of layers) {
    for (const { path } of layer) {
      const [, above = '', name = ''] = /^(.*\/)?\.wh\.(.*)$/.exec(path) ?? [];
      if (name === '.wh..opq') drop(`/${above}`.replace(/\/$/, ''), false);
      else if (name !== '') drop(`/${above}${name}`, true);
    }
    for (const { path, state } of layer) {
      if (path.includes('.wh.')) continue;
      const names = path.split('/');
      for (let depth = 1; depth < names.length; depth += 1) {
        const parent = `/${names.slice(0, depth).join('/')}`;
        if (found.get(parent)?.type !== 'directory')
          found.set(parent, {
            ...PLAIN,
            type: 'directory',
            size: 0,
            mode: 0o755,
            owner: null,
            content: null,
          });
      }
      if (state.type !== 'directory') drop(`/${path}`, false);
      found.set(`/${path}`, state);
    }
  }
  return found;
}

function naive(before: Map<string, TreeState>, after: Map<string, TreeState>): readonly FileChange[] {
  const kept = (state: TreeState) =>
    JSON.stringify({ ...state, size: state.type === 'file' ? state.size : 0 });
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort(comparePaths)
    .flatMap((path): readonly FileChange[] => {
      const [old, now] = [before.get(path) ?? null, after.get(path) ?? null];
      if (old === null) return [{ path, kind: 'added', before: null, after: now }];
      if (now === null) return [{ path, kind: 'deleted', before: old, after: null }];
      const known = old.owner === null || now.owner === null ? { owner: null } : {};
      return kept({ ...old, ...known }) === kept({ ...now, ...known })
        ? []
        : [{ path, kind: 'changed', before: old, after: now }];
    });
}
