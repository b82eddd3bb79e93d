/** Comparisons of filesystems, as they cross the wire. */
import type { ChangeKind, FileState } from '../domain/diff/file-change.ts';
import type { ChangeSums } from '../domain/diff/change-tree.ts';
import type { DiffLine } from '../domain/diff/side-by-side.ts';

/** One of the two that are compared. */
export interface DiffSideView {
  readonly kind: 'agent' | 'image' | 'snapshot';
  /** Of the agent or the snapshot; of an image its id. */
  readonly id: string;
  readonly name: string;
}

/** One path. In a level of the tree it may be a folder that only holds changes: `kind` is null then. */
export interface ChangeItem {
  readonly path: string;
  readonly name: string;
  readonly kind: ChangeKind | null;
  /** It can be opened. */
  readonly folder: boolean;
  /** null: it was not there, or what it was is not known. */
  readonly before: FileState | null;
  readonly after: FileState | null;
  /** What has changed in it; null for what holds nothing. */
  readonly within: ChangeSums | null;
}

export interface ChangePage {
  readonly from: DiffSideView;
  readonly to: DiffSideView;
  /** When it was looked at. */
  readonly at: string;
  /** The folder whose changes these are. */
  readonly path: string;
  readonly changes: readonly ChangeItem[];
  /** Of all pages of this list. */
  readonly count: number;
  readonly nextCursor?: string;
  /** Of the whole comparison. */
  readonly total: ChangeSums;
  /** Whether `bytesAdded` and `bytesRemoved` are known. */
  readonly sized: boolean;
  /** Mounts of the agent: nothing in them is looked at. */
  readonly notSeen: readonly { readonly target: string; readonly kind: string; readonly source: string }[];
}

/** A file as one side has it. */
export interface FileSideView extends FileState {
  /** Hexadecimal; null: not read. */
  readonly sha256: string | null;
  readonly lineEnds: 'lf' | 'crlf' | 'mixed' | null;
  /** Of a text: whether its last line has an end. */
  readonly endsWithNewline: boolean | null;
}

export interface DiffHunk {
  readonly beforeStart: number;
  readonly afterStart: number;
  readonly lines: readonly DiffLine[];
}

export type FileComparison =
  /** `truncated`: there is more than is shown. */
  | { readonly kind: 'text'; readonly hunks: readonly DiffHunk[]; readonly truncated: boolean }
  /** `limit`: the most bytes of a side that are compared. */
  | { readonly kind: 'too-large'; readonly limit: number }
  /** One of them is no UTF-8 text; nearly every line differs; no file; the content is the same. */
  | { readonly kind: 'binary' | 'too-different' | 'no-content' | 'same' };

export interface FileDiffView {
  readonly path: string;
  readonly from: DiffSideView;
  readonly to: DiffSideView;
  /** null: it is not there. */
  readonly before: FileSideView | null;
  readonly after: FileSideView | null;
  readonly content: FileComparison;
}
