import { levelOf, type LogLevel } from '#lib/domain/log-level.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { plainText } from '../streams/plain-text.ts';

/** Counts lines by level, in all and by minute of the engine's time. Marks of gaps do not count. */
export class LineTally {
  readonly levels = new Map<LogLevel, number>();
  /** By minute (as the engine writes it: `2026-03-01T12:00`) and level. */
  readonly minutes = new Map<string, Map<LogLevel, number>>();

  add(line: LogLine): void {
    if (line.gap !== undefined) return;
    const level = levelOf(line.text.includes('\u001b') ? plainText(line.text) : line.text);
    count(this.levels, level, 1);
    const minute = line.time.slice(0, 16);
    const its = this.minutes.get(minute) ?? new Map<LogLevel, number>();
    this.minutes.set(minute, its);
    count(its, level, 1);
  }

  /** The levels of another tally, too. */
  join(other: LineTally): void {
    for (const [level, lines] of other.levels) count(this.levels, level, lines);
  }
}

function count(counts: Map<LogLevel, number>, level: LogLevel, lines: number): void {
  counts.set(level, (counts.get(level) ?? 0) + lines);
}
