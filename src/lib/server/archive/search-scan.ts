/**
 * Looks through the records of one file, the newest first. Words are looked for in the bytes, and only records that hold them are read; what has
 * terminal codes is read line by line, because a code may stand in the middle of a word.
 */
import { levelOf } from '#lib/domain/log-level.ts';
import type { LogLevel } from '#lib/domain/log-level.ts';
import { plainText } from '#lib/domain/log-text.ts';
import { asciiLowered } from './ascii-lowered.ts';
import type { LinePattern } from './search-pattern.ts';
import { newestFirst, placeOf, type Found, type Place } from './search-place.ts';
import { fromRecord } from './segment-format.ts';

export interface ScanWish {
  readonly agentId: string;
  readonly pattern: LinePattern | null;
  /** null: any. */
  readonly levels: readonly LogLevel[] | null;
  readonly stream: 'stdout' | 'stderr' | null;
  /** Not older, and not newer; as the engine writes times. */
  readonly since: string | null;
  readonly until: string | null;
  /** Only what comes after this in the order of a search. */
  readonly before: Place | null;
  readonly limit: number;
}

/** Between two of them a search can be stopped, and is when it has enough. Bytes. */
const BLOCK = 256 * 1024;
const NEWLINE = 0x0a;
const ESCAPE = 0x1b;

/** At most about `limit` lines, the newest; not ordered. */
export function scan(bytes: Buffer, wish: ScanWish, stopped: () => boolean = () => false): readonly Found[] {
  const found: Found[] = [];
  const wanted = wish.pattern?.bytes ?? null;
  const needle = wanted === null ? null : Buffer.from(wanted.needle);
  // what has no newline at its end is still being written
  let end = bytes.lastIndexOf(NEWLINE) + 1;
  while (end > 0 && found.length < wish.limit && !stopped()) {
    const start = blockStart(bytes, end);
    const block = bytes.subarray(start, end);
    if (needle === null || block.includes(ESCAPE)) everyRecord(block);
    else recordsWith(needle, block, wanted?.anyCase === true ? asciiLowered(block) : block);
    end = start;
  }
  return found.sort((a, b) => newestFirst(placeOf(a), placeOf(b))).slice(0, wish.limit);

  function everyRecord(block: Buffer): void {
    for (const record of block.toString().split('\n')) look(record);
  }

  function recordsWith(sought: Buffer, block: Buffer, haystack: Buffer): void {
    for (let at = haystack.indexOf(sought); at !== -1;) {
      const start = block.lastIndexOf(NEWLINE, at) + 1;
      const end = block.indexOf(NEWLINE, at);
      look(block.toString('utf8', start, end));
      at = haystack.indexOf(sought, end + 1);
    }
  }

  function look(record: string): void {
    const line = fromRecord(record);
    if (line === null || line.gap !== undefined) return;
    if (wish.stream !== null && line.stream !== wish.stream) return;
    if (wish.since !== null && line.time < wish.since) return;
    if (wish.until !== null && line.time > wish.until) return;
    const place = { time: line.time, agentId: wish.agentId, seq: line.seq };
    if (wish.before !== null && newestFirst(place, wish.before) <= 0) return;
    const plain = plainText(line.text);
    if (wish.pattern?.matches(plain) === false) return;
    const level = levelOf(plain);
    if (wish.levels?.includes(level) === false) return;
    found.push({
      agentId: wish.agentId,
      line: { ...line, level },
      places: wish.pattern?.places(plain) ?? [],
    });
  }
}

/** Of the block that ends here: whole records, at least one. */
function blockStart(bytes: Buffer, end: number): number {
  if (end <= BLOCK) return 0;
  const start = bytes.indexOf(NEWLINE, end - BLOCK) + 1;
  return start < end ? start : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
}
