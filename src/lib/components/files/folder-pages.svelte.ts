/** A folder of any size in chunks: those near what is seen are loaded and drawn, the others are room for their rows. */
import type { Problem } from '#lib/domain/errors.ts';
import { callApi } from '#lib/live/api.ts';
import type { FileEntry, FolderView } from '#lib/protocol/files.ts';
import { apiHref, type FileAddress } from './file-address.ts';

export class FolderChunk {
  readonly cursor: number;
  readonly rows: number;
  entries = $state.raw<readonly FileEntry[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  isNear = $state(false);

  constructor(cursor: number, rows: number) {
    this.cursor = cursor;
    this.rows = rows;
  }
}

const CHUNK_ROWS = 200;

export class FolderPages {
  readonly chunks: readonly FolderChunk[];
  readonly #address: FileAddress;
  readonly #part: Readonly<Record<string, string>>;

  /** `first`: the page that is here already; `part`: path and order. */
  constructor(address: FileAddress, first: FolderView, part: Readonly<Record<string, string>>) {
    this.#address = address;
    this.#part = part;
    const rows = first.count - first.cursor;
    this.chunks = Array.from({ length: Math.ceil(rows / CHUNK_ROWS) }, (_, at) => {
      const cursor = first.cursor + at * CHUNK_ROWS;
      return new FolderChunk(cursor, Math.min(CHUNK_ROWS, first.count - cursor));
    });
    const [here] = this.chunks;
    if (here === undefined) return;
    here.entries = first.entries;
    here.isNear = true;
  }

  async near(chunk: FolderChunk): Promise<void> {
    chunk.isNear = true;
    if (chunk.entries !== null) return;
    chunk.problem = null;
    const query = { ...this.#part, cursor: chunk.cursor, limit: CHUNK_ROWS };
    const answer = await callApi('GET', apiHref(this.#address, '', query));
    if (answer.ok) chunk.entries = entriesIn(answer.value);
    else chunk.problem = answer.error;
  }
}

function entriesIn(value: unknown): readonly FileEntry[] {
  const hasEntries = typeof value === 'object' && value !== null && 'entries' in value;
  return hasEntries && Array.isArray(value.entries) ? value.entries.filter(isEntry) : [];
}

function isEntry(value: unknown): value is FileEntry {
  return typeof value === 'object' && value !== null && 'path' in value && 'kind' in value;
}
