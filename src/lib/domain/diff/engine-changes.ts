import { comparePaths, type ChangeKind, type FileChange } from './file-change.ts';

/**
 * What an engine says has changed in a container, as changes in their order. It also names every folder on the way to a change as changed:
 * those go, as the change stands for itself. Sizes it does not know.
 */
export function fromEngine(
  told: readonly { readonly path: string; readonly kind: ChangeKind }[],
): readonly FileChange[] {
  const sorted = told.toSorted((a, b) => comparePaths(a.path, b.path));
  return sorted.flatMap(({ path, kind }, at) => {
    const holdsNext = sorted[at + 1]?.path.startsWith(`${path}/`) === true;
    return kind === 'changed' && holdsNext ? [] : [{ path, kind, before: null, after: null }];
  });
}
