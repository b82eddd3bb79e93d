/** What differs between two filesystems: one path after the other, and the order in which they are listed. */
export const CHANGE_KINDS = ['added', 'changed', 'deleted'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export type EntryType = 'file' | 'directory' | 'link' | 'other';

/** A path as one of the two filesystems has it. */
export interface FileState {
  readonly type: EntryType;
  /** Bytes; 0 for what has no content. */
  readonly size: number;
  /** Permission bits, with set-user-id and its like. */
  readonly mode: number;
  /** `uid:gid`; null: not known. */
  readonly owner: string | null;
  readonly linkTarget: string | null;
}

export interface FileChange {
  /** From the root on, `/etc/hosts`. */
  readonly path: string;
  readonly kind: ChangeKind;
  /** null: it was not there, or what it was is not known. */
  readonly before: FileState | null;
  readonly after: FileState | null;
}

/** The order of a walk: a folder, what is in it, then what comes after it. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const SLASH = 47;

/** A slash ends a name, so it comes before everything that goes on. */
function rank(code: number): number {
  return code === SLASH ? -1 : code;
}
