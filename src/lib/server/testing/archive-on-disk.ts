import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { wholeRecords } from '../archive/archive-part.ts';
import { linesBefore, linesFrom } from '../archive/records.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';

/** The archive in a data directory, read past Slipway: of all agents together, or of one. */
export class ArchiveOnDisk {
  readonly #root: string;

  constructor(dataDir: string, agentId = '') {
    this.#root = join(dataDir, 'logs', agentId);
  }

  /** Of records that are in files now, packed ones estimated. */
  bytes(): number {
    return this.#files().reduce(
      (sum, file) => sum + (file.endsWith('.zst') ? 4 * 1024 * 1024 : (sizeOf(file) ?? 0)),
      0,
    );
  }

  /** Of the newest record that is not packed. */
  lastText(): string | null {
    const open = this.#files().filter((file) => !file.endsWith('.zst'));
    const newest = open
      .map((file) => wholeRecords(readIfThere(file)))
      .flatMap((records) => linesBefore(records, records.length, 1).lines)
      .sort((a, b) => a.seq - b.seq);
    return newest.at(-1)?.text ?? null;
  }

  lines(): Promise<readonly LogLine[]> {
    const all = this.#files().flatMap((file) => {
      const bytes = readIfThere(file);
      const records = file.endsWith('.zst') ? zstdDecompressSync(bytes) : wholeRecords(bytes);
      const { lines } = linesFrom(records, 0, Number.MAX_SAFE_INTEGER);
      return lines.length === 0 ? [] : [lines];
    });
    return Promise.resolve(all.sort((a, b) => (a[0]?.seq ?? 0) - (b[0]?.seq ?? 0)).flat());
  }

  #files(): readonly string[] {
    if (!existsSync(this.#root)) return [];
    return readdirSync(this.#root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log') || name.endsWith('.zst'))
      .map((name) => join(this.#root, name));
  }
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

/** It may have been renamed since it was listed. */
function readIfThere(file: string): Buffer {
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
}
