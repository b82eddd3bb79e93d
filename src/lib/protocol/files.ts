/** Files of an agent, as they cross the wire. */
export type FileKind = 'file' | 'folder' | 'link' | 'device' | 'fifo' | 'socket' | 'other';

export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: FileKind;
  /** Bytes; null for what is no file. */
  readonly size: number | null;
  /** Permission bits. */
  readonly mode: number;
  /** Name or number, as the container has it; null when it is not known without a look inside. */
  readonly user: string | null;
  readonly group: string | null;
  readonly modifiedAt: string;
  readonly link: FileLink | null;
  /** What is mounted here: `volume`, `bind`, `tmpfs`; null: nothing of its own. */
  readonly mount: string | null;
  /** Its name is no UTF-8: it is there, and cannot be asked for. */
  readonly nameless: boolean;
}

export interface FileLink {
  readonly target: string;
  /** What it leads to in the end; null: nothing (a broken link, or one that leads to itself). */
  readonly to: FileKind | null;
}

/** What stands in the way of a change. */
export type WhyNot = 'stopped' | 'paused' | 'no-shell' | 'read-only' | 'memory' | 'kernel';

/** What can be done here now: null, or why not. */
export interface FileMeans {
  readonly write: WhyNot | null;
  /** Move, rename and delete. */
  readonly move: WhyNot | null;
}

export interface FolderView {
  readonly path: string;
  readonly entries: readonly FileEntry[];
  readonly count: number;
  /** Where the page begins. */
  readonly cursor: number;
  readonly nextCursor?: number;
  /** false: there is more than was looked through. */
  readonly complete: boolean;
  /** `inside`: asked in the container; `archive`: read from what the engine packs. */
  readonly source: 'inside' | 'archive';
  /** It lies in memory, and nothing of it is kept while the container does not run. */
  readonly emptyTmpfs: boolean;
  readonly means: FileMeans;
}

export interface FileView {
  readonly path: string;
  readonly entry: FileEntry;
  readonly means: FileMeans;
}

/** What is shown of a file. */
export type FileSight =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Only its beginning. */
      readonly cut: boolean;
      readonly lineEnds: 'lf' | 'crlf' | 'mixed' | null;
    }
  | { readonly kind: 'image' }
  | { readonly kind: 'binary'; readonly rows: readonly HexRow[]; readonly cut: boolean }
  | { readonly kind: 'none' };

export interface HexRow {
  readonly at: string;
  readonly hex: string;
  readonly text: string;
}

export interface OpenedFile extends FileView {
  readonly sight: FileSight;
  /** Of what was read: a save names it, and is refused when the file is another one by then. */
  readonly version: string | null;
}
