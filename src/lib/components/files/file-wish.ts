import type { FileEntry } from '#lib/protocol/files.ts';

/** What somebody is about to do, and is asked about. */
export type FileWish =
  { readonly kind: 'delete' | 'move'; readonly entry: FileEntry } | { readonly kind: 'folder' };
