/**
 * The files of an image out of its layers, laid one over the other. A layer says what is new as entries, and what is gone as whiteouts: `.wh.name`
 * hides one path of the layers below, `.wh..wh..opq` all that they have in its folder. Neither hides anything of its own layer.
 *
 * A tree is never changed once it is given: images that begin with the same layers share those nodes, and what is the same node is the same.
 */
import type { FileState } from './file-change.ts';

export interface TreeState extends FileState {
  /** A digest of what a file holds; null for what holds nothing. */
  readonly content: string | null;
}

export interface LayerEntry {
  /** Without a slash in front. */
  readonly path: string;
  readonly state: TreeState;
  /** A further name of another path of the same layer, whose state it has. */
  readonly sameAs: string | null;
}

export interface FileTree {
  readonly state: TreeState;
  /** null for all but directories. */
  readonly children: ReadonlyMap<string, FileTree> | null;
}

interface Node extends FileTree {
  state: TreeState;
  children: Map<string, Node> | null;
  /** The layer that made this node, which alone may change it. */
  readonly madeBy: symbol;
}

/** A folder that no layer says anything of itself about. */
const IMPLIED: TreeState = {
  type: 'directory',
  size: 0,
  mode: 0o755,
  owner: null,
  linkTarget: null,
  content: null,
};

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Notes of a storage driver to itself. */
const OWN = '.wh..wh.';

export const EMPTY_TREE: FileTree = { state: IMPLIED, children: new Map() };

export function applyLayer(below: FileTree, entries: readonly LayerEntry[]): FileTree {
  const layer = Symbol('layer');
  const root = owned(below, layer);
  const added: { readonly names: readonly string[]; readonly entry: LayerEntry }[] = [];
  for (const entry of entries) {
    const names = namesOf(entry.path);
    const last = names?.at(-1);
    if (names === null) continue;
    if (last === undefined) root.state = entry.state;
    else if (!last.startsWith(WHITEOUT)) added.push({ names, entry });
    else hide(root, layer, names.slice(0, -1), last);
  }
  for (const { names, entry } of added) if (entry.sameAs === null) put(root, layer, names, entry.state);
  for (const { names, entry } of added) {
    if (entry.sameAs === null) continue;
    const target = find(root, namesOf(entry.sameAs) ?? []);
    put(root, layer, names, target?.state ?? { ...entry.state, type: 'file' });
  }
  return root;
}

function find(root: FileTree, names: readonly string[]): FileTree | undefined {
  let node: FileTree | undefined = root;
  for (const name of names) node = node?.children?.get(name);
  return node;
}

function hide(root: Node, layer: symbol, folder: readonly string[], name: string): void {
  if (name !== OPAQUE && name.startsWith(OWN)) return;
  if (find(root, folder)?.children == null) return;
  const { children } = descend(root, layer, folder);
  if (name === OPAQUE) children?.clear();
  else children?.delete(name.slice(WHITEOUT.length));
}

function put(root: Node, layer: symbol, names: readonly string[], state: TreeState): void {
  const name = names.at(-1) ?? '';
  const folder = descend(root, layer, names.slice(0, -1));
  const isFolder = state.type === 'directory';
  const old = folder.children?.get(name);
  const children = isFolder ? new Map(old?.children) : null;
  if (old !== undefined && old.madeBy === layer) {
    old.state = state;
    old.children = isFolder ? (old.children ?? new Map()) : null;
    return;
  }
  folder.children?.set(name, { state, children, madeBy: layer });
}

/** To a folder, each on the way made the layer's own, and a folder where there was none. */
function descend(root: Node, layer: symbol, names: readonly string[]): Node {
  let node = root;
  for (const name of names) {
    const children = (node.children ??= new Map<string, Node>());
    const old = children.get(name);
    const next = old?.children == null ? implied(layer) : owned(old, layer);
    if (next !== old) children.set(name, next);
    node = next;
  }
  return node;
}

function implied(layer: symbol): Node {
  return { state: IMPLIED, children: new Map(), madeBy: layer };
}

function owned(tree: FileTree, layer: symbol): Node {
  if (isNode(tree) && tree.madeBy === layer) return tree;
  const children = tree.children === null ? null : new Map<string, Node>();
  for (const [name, child] of tree.children ?? []) children?.set(name, asNode(child));
  return { state: tree.state, children, madeBy: layer };
}

const NOBODY = Symbol('nobody');

function isNode(tree: FileTree): tree is Node {
  return 'madeBy' in tree;
}

function asNode(tree: FileTree): Node {
  return isNode(tree) ? tree : owned(tree, NOBODY);
}

/** null for a path that leads out of the image. */
function namesOf(path: string): readonly string[] | null {
  const names = path.split('/');
  const isPlain = names.every((name) => name !== '' && name !== '.' && name !== '..');
  if (isPlain) return names;
  return names.includes('..') ? null : names.filter((name) => name !== '' && name !== '.');
}
