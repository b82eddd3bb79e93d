/** The part of a comparison that is asked for: one folder of the tree, or a flat list, a page at a time. */
import { comparePaths, type ChangeKind, type FileChange } from './file-change.ts';
import type { ChangeNode } from './change-tree.ts';

export interface ChangeFilter {
  readonly kind: ChangeKind | null;
  /** A part of the path, in any case. */
  readonly q: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of all pages together. */
  readonly count: number;
  /** Where the next page begins; null: this is the last one. */
  readonly nextCursor: string | null;
}

export interface PageWish {
  /** The path of the last item of the page before. */
  readonly cursor: string | null;
  readonly limit: number;
}

/** What is in a folder: each that has changed, or holds what has. */
export function levelPage(folder: ChangeNode, { kind }: ChangeFilter, wish: PageWish): Page<ChangeNode> {
  const shown = [...folder.children.values()].filter(
    ({ change, sums }) => kind === null || change?.kind === kind || sums[kind] > 0,
  );
  return pageOf(shown, wish);
}

/** All changes in and below a folder. */
export function flatPage(
  changes: readonly FileChange[],
  folder: string,
  { kind, q }: ChangeFilter,
  wish: PageWish,
): Page<FileChange> {
  const below = folder === '/' ? '/' : `${folder}/`;
  const words = q.toLowerCase();
  const shown = changes.filter(
    (change) =>
      (kind === null || change.kind === kind) &&
      change.path.startsWith(below) &&
      (words === '' || change.path.toLowerCase().includes(words)),
  );
  return pageOf(shown, wish);
}

function pageOf<Item extends { readonly path: string }>(
  all: readonly Item[],
  { cursor, limit }: PageWish,
): Page<Item> {
  const start = cursor === null ? 0 : firstAfter(all, cursor);
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return {
    items,
    count: all.length,
    nextCursor: last === undefined || start + limit >= all.length ? null : last.path,
  };
}

function firstAfter(all: readonly { readonly path: string }[], cursor: string): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = all[middle];
    if (item !== undefined && comparePaths(item.path, cursor) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
