import type { FileChange, FileState } from './file-change.ts';
import type { FileTree, TreeState } from './layer-tree.ts';

/** Everything that differs, in the order of comparePaths. Of a folder itself only what it is, not that something in it has changed. */
export function compareTrees(before: FileTree, after: FileTree): readonly FileChange[] {
  const changes: FileChange[] = [];
  walk(before, after, '', changes);
  return changes;
}

function walk(before: FileTree, after: FileTree, path: string, changes: FileChange[]): void {
  if (before === after || (before.children === null && after.children === null)) return;
  for (const name of namesOf(before, after)) {
    const [old, now] = [before.children?.get(name), after.children?.get(name)];
    if (old === now) continue;
    const at = `${path}/${name}`;
    if (old === undefined && now !== undefined)
      changes.push({ path: at, kind: 'added', before: null, after: now.state });
    else if (old !== undefined && now === undefined)
      changes.push({ path: at, kind: 'deleted', before: old.state, after: null });
    else if (old !== undefined && now !== undefined && !isSame(old.state, now.state))
      changes.push({ path: at, kind: 'changed', before: old.state, after: now.state });
    walk(old ?? NOTHING, now ?? NOTHING, at, changes);
  }
}

function namesOf(before: FileTree, after: FileTree): readonly string[] {
  const names = [...(before.children?.keys() ?? [])];
  for (const name of after.children?.keys() ?? []) if (before.children?.has(name) !== true) names.push(name);
  return names.sort(byCodeUnit);
}

const NOTHING: FileTree = {
  state: { type: 'directory', size: 0, mode: 0, owner: null, linkTarget: null, content: null },
  children: null,
};

function isSame(a: TreeState, b: TreeState): boolean {
  return (
    a.type === b.type &&
    a.mode === b.mode &&
    a.linkTarget === b.linkTarget &&
    hasSameOwner(a, b) &&
    (a.type !== 'file' || (a.size === b.size && a.content === b.content))
  );
}

function hasSameOwner(a: FileState, b: FileState): boolean {
  return a.owner === null || b.owner === null || a.owner === b.owner;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
