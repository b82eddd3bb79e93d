/**
 * The lines as rows: what stands before the first, fields below a line that is opened, and no rows for lines that are folded away. A view over
 * the lines, made anew for each change in the time of what is opened, not of what is there. Pure.
 */
import type { LogEntry, LogField, LogHead, LogItem, LogSource, LogTop } from './log-entry.ts';
import { followersOf } from './log-groups.ts';
import { fieldsOf } from './log-json.ts';
import { indexOfSeq } from './log-layout.ts';

/** What differs from one row a line: behind `owner` (an index of the lines) fields come in, or lines are left out. */
interface Change {
  readonly owner: number;
  readonly fields: readonly LogField[];
  readonly hidden: number;
  /** Rows that all changes before this one add or take. */
  readonly shift: number;
}

export class LogDisplay implements LogSource {
  readonly length: number;
  readonly #lines: readonly LogEntry[];
  readonly #top: LogTop | null;
  readonly #changes: readonly Change[];

  constructor(
    lines: readonly LogEntry[],
    head: LogHead,
    opened: ReadonlySet<number> = new Set(),
    folded: ReadonlySet<number> = new Set(),
  ) {
    this.#lines = lines;
    this.#top = head === 'none' ? null : { seq: -1, top: head };
    this.#changes = changesOf(lines, opened, folded);
    this.length = lines.length + shiftAfter(this.#changes.at(-1)) + (this.#top === null ? 0 : 1);
  }

  at(index: number): LogItem | undefined {
    if (this.#top !== null && index === 0) return this.#top;
    const row = this.#top === null ? index : index - 1;
    const change = this.#changeBefore(row);
    if (change === undefined) return this.#lines[row];
    const behind = row - change.owner - change.shift;
    if (behind >= 1 && behind <= change.fields.length) return change.fields[behind - 1];
    return this.#lines[row - shiftAfter(change)];
  }

  /** How many lines are folded away behind this one. */
  hiddenAfter(seq: number): number {
    return this.#changes.find(({ owner }) => this.#lines[owner]?.seq === seq)?.hidden ?? 0;
  }

  /** The last change whose owner is above this row. */
  #changeBefore(row: number): Change | undefined {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const change = this.#changes[middle];
      if (change !== undefined && change.owner + change.shift < row) low = middle + 1;
      else high = middle;
    }
    return this.#changes[low - 1];
  }
}

function shiftAfter(change: Change | undefined): number {
  return change === undefined ? 0 : change.shift + change.fields.length - change.hidden;
}

function changesOf(
  lines: readonly LogEntry[],
  opened: ReadonlySet<number>,
  folded: ReadonlySet<number>,
): readonly Change[] {
  const changes: Change[] = [];
  let shownFrom = 0;
  for (const seq of [...new Set([...opened, ...folded])].sort((a, b) => a - b)) {
    const owner = indexOfSeq(lines, seq);
    const line = lines[owner];
    // it left the page; when it comes again it is opened still
    if (line?.seq !== seq || owner < shownFrom) continue;
    const fields = opened.has(seq) ? (fieldsOf(line) ?? []) : [];
    const hidden = folded.has(seq) ? followersOf(lines, owner) : 0;
    shownFrom = owner + hidden + 1;
    changes.push({ owner, fields, hidden, shift: shiftAfter(changes.at(-1)) });
  }
  return changes;
}
