/** A flat list of changes as folders, each with the sums of what is in it. */
import type { FileChange } from './file-change.ts';

export interface ChangeSums {
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** By which files grew or came, and shrank or went. What is not known counts as nothing. */
  readonly bytesAdded: number;
  readonly bytesRemoved: number;
}

export interface ChangeNode {
  readonly name: string;
  readonly path: string;
  /** null: a folder that only holds changes. */
  readonly change: FileChange | null;
  /** By name, in the order of the list. */
  readonly children: ReadonlyMap<string, ChangeNode>;
  /** Of all that is in it, and not of itself. */
  readonly sums: ChangeSums;
}

interface Building extends ChangeNode {
  change: FileChange | null;
  children: Map<string, Building>;
  sums: Sums;
}

type Sums = { -readonly [Sum in keyof ChangeSums]: number };

/** Of everything in which nothing is, which is nearly everything: never written to. */
const NOTHING = { children: new Map<string, Building>(), sums: noSums() } as const;

/** `changes` in the order of comparePaths. */
export function changeTree(changes: readonly FileChange[]): ChangeNode {
  const root = building('', '/');
  for (const change of changes) {
    let node = root;
    const { path } = change;
    for (let from = 1; from > 0;) {
      if (node.children === NOTHING.children) {
        node.children = new Map();
        node.sums = noSums();
      }
      add(node.sums, change);
      const slash = path.indexOf('/', from);
      const name = slash === -1 ? path.slice(from) : path.slice(from, slash);
      let next = node.children.get(name);
      if (next === undefined) {
        next = building(name, slash === -1 ? path : path.slice(0, slash));
        node.children.set(name, next);
      }
      node = next;
      from = slash + 1;
    }
    node.change = change;
  }
  return root;
}

/** undefined: nothing has changed there or below. */
export function nodeAt(root: ChangeNode, path: string): ChangeNode | undefined {
  let node: ChangeNode | undefined = root;
  for (const name of path.split('/')) if (name !== '') node = node?.children.get(name);
  return node;
}

/** Whether something can be opened there. */
export function isFolder({ change, children }: ChangeNode): boolean {
  return children.size > 0 || (change?.after ?? change?.before)?.type === 'directory';
}

function building(name: string, path: string): Building {
  return { name, path, change: null, ...NOTHING };
}

function noSums(): Sums {
  return { added: 0, changed: 0, deleted: 0, bytesAdded: 0, bytesRemoved: 0 };
}

function add(sums: Sums, { kind, before, after }: FileChange): void {
  sums[kind] += 1;
  const grown = bytesOf(after) - bytesOf(before);
  if (grown > 0) sums.bytesAdded += grown;
  else sums.bytesRemoved -= grown;
}

function bytesOf(state: FileChange['before']): number {
  return state?.type === 'file' ? state.size : 0;
}
