/**
 * Which lines belong together: one with a level and those without one that its stream says within 50 ms after it, such as a stack. They are one
 * entry: the time and the level stand at the first. Pure.
 */
import type { LogLevel } from '#lib/domain/log-level.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { isEntry, levelOfEntry, type LogItem, type LogSource } from './log-entry.ts';

const WITHIN_MS = 50;
/** A group is not looked for further than this. */
const LONGEST = 200;

export interface Standing {
  /** Its own level, or that of the line it belongs to. */
  readonly level: LogLevel;
  /** It belongs to a line before it. */
  readonly continued: boolean;
}

/** Goes from line to line, in their order. */
export class Grouping {
  #first: LogLine | null = null;
  #firstAt = Number.NaN;
  #level: LogLevel = 'unknown';

  next(item: LogItem): Standing {
    if (!isEntry(item)) return { level: this.#level, continued: true };
    if ('note' in item || item.gap !== undefined) {
      this.#first = null;
      return { level: 'unknown', continued: false };
    }
    const level = levelOfEntry(item);
    if (level === 'unknown' && this.#first !== null && this.#belongs(this.#first, item))
      return { level: this.#level, continued: true };
    this.#first = level === 'unknown' ? null : item;
    this.#firstAt = Number.NaN;
    this.#level = level;
    return { level, continued: false };
  }

  #belongs(first: LogLine, line: LogLine): boolean {
    if (first.stream !== line.stream) return false;
    if (Number.isNaN(this.#firstAt)) this.#firstAt = Date.parse(first.time);
    const lateMs = Date.parse(line.time) - this.#firstAt;
    return lateMs >= 0 && lateMs <= WITHIN_MS;
  }
}

/** A grouping that has seen what is needed for the item at `index` to be the next. */
export function groupingAt(source: LogSource, index: number): Grouping {
  let from = index;
  const least = Math.max(0, index - LONGEST);
  while (from > least) {
    from -= 1;
    const item = source.at(from);
    if (item === undefined || (isEntry(item) && levelOfEntry(item) !== 'unknown')) break;
  }
  const grouping = new Grouping();
  for (let i = from; i < index; i++) {
    const item = source.at(i);
    if (item !== undefined) grouping.next(item);
  }
  return grouping;
}

/** How many items after the one at `index` belong to it. */
export function followersOf(source: LogSource, index: number): number {
  const first = source.at(index);
  if (first === undefined || !isEntry(first) || levelOfEntry(first) === 'unknown') return 0;
  const grouping = new Grouping();
  grouping.next(first);
  let count = 0;
  while (count < LONGEST) {
    const item = source.at(index + count + 1);
    if (item === undefined || !grouping.next(item).continued) break;
    count += 1;
  }
  return count;
}
