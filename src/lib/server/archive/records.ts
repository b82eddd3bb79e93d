/** Finding and reading records in the bytes of a part. Records are in the order of their numbers. Pure. */
import type { LogLine } from '#lib/protocol/log-line.ts';
import { fromRecord } from './segment-format.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Where the first record with this number or a larger one begins; the length when there is none. */
export function seek(records: Buffer, seq: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const start = startOfRecord(records, Math.floor((low + high) / 2));
    if (seqAt(records, start) < seq) low = nextRecord(records, start);
    else high = start;
  }
  return low;
}

/** Records from `at` on, at most `count`, and where the next one begins. */
export function linesFrom(
  records: Buffer,
  at: number,
  count: number,
): { readonly lines: LogLine[]; readonly next: number } {
  const lines: LogLine[] = [];
  let from = at;
  while (lines.length < count && from < records.length) {
    const next = nextRecord(records, from);
    const line = fromRecord(records.toString('utf8', from, next - 1));
    if (line !== null) lines.push(line);
    from = next;
  }
  return { lines, next: from };
}

/** The last records before `at`, at most `count`, in their order, and where the first of them begins. */
export function linesBefore(
  records: Buffer,
  at: number,
  count: number,
): { readonly lines: LogLine[]; readonly start: number } {
  let start = at;
  for (let found = 0; found < count && start > 0; found += 1) start = startOfRecord(records, start - 1);
  return { lines: linesFrom(records.subarray(0, at), start, count).lines, start };
}

export function countRecords(records: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = records.indexOf(NEWLINE, from); at !== -1 && at < to; at = records.indexOf(NEWLINE, at + 1))
    count += 1;
  return count;
}

function seqAt(records: Buffer, start: number): number {
  return Number(records.toString('latin1', start, records.indexOf(SPACE, start)));
}

function startOfRecord(records: Buffer, at: number): number {
  return at === 0 ? 0 : records.lastIndexOf(NEWLINE, at - 1) + 1;
}

function nextRecord(records: Buffer, start: number): number {
  const end = records.indexOf(NEWLINE, start);
  return end === -1 ? records.length : end + 1;
}
