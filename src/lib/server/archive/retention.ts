/** What of the archive goes, oldest first: what is too old, what is too much, and what nothing belongs to. */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogSegmentRow } from '../storage/log-segments.ts';
import type { LogStore } from './log-store.ts';

export interface RetentionRule {
  readonly keepDays: number;
  /** Of packed and plain files together. */
  readonly maxBytes: number;
}

const DAY_MS = 24 * 3_600_000;

/** `rows` by their end, oldest first; `plainBytes` are files that cannot go. Pure. */
export function beyondRetention(
  rows: readonly LogSegmentRow[],
  plainBytes: number,
  { keepDays, maxBytes }: RetentionRule,
  nowMs: number,
): readonly LogSegmentRow[] {
  let bytes = rows.reduce((sum, row) => sum + row.packedBytes, plainBytes);
  const oldest = nowMs - keepDays * DAY_MS;
  return rows.filter((row) => {
    if (row.lastAt >= oldest && bytes <= maxBytes) return false;
    bytes -= row.packedBytes;
    return true;
  });
}

/** How many segments were removed. Throws what the disk says. */
export async function applyRetention(
  { archive, segments }: LogStore,
  rule: RetentionRule,
  nowMs: number,
): Promise<number> {
  const going = beyondRetention(segments.all(), archive.plainBytes(), rule, nowMs);
  for (const row of going) {
    segments.delete(row.id);
    await rm(join(archive.root, row.file), { force: true });
  }
  return going.length;
}

/** Takes away rows whose file is gone, files that have no row and are not in use, and empty folders. Gives how many. Throws what the disk says. */
export async function clearStrays({ archive, segments }: LogStore): Promise<number> {
  await archive.open();
  let cleared = 0;
  const known = new Set<string>();
  for (const row of segments.all()) {
    known.add(row.file);
    if ((await stat(join(archive.root, row.file)).catch(() => null)) !== null) continue;
    segments.delete(row.id);
    cleared += 1;
  }
  for (const folder of await readdir(archive.root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const name of await readdir(join(archive.root, folder.name))) {
      const file = join(folder.name, name);
      // a row may have been written since
      if (known.has(file) || archive.isInUse(file) || segments.hasFile(file)) continue;
      await rm(join(archive.root, file), { force: true });
      cleared += 1;
    }
    // one that is not empty stays
    await rmdir(join(archive.root, folder.name)).catch(() => undefined);
  }
  return cleared;
}
