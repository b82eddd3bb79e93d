import type { LogEntry } from './log-feed.ts';

/** So many of the newest are kept while the end of a log is not in the page. */
const KEPT = 5_000;

/** What came behind the lines that a page has. Pure. */
export class LateLines {
  entries: LogEntry[];
  /** Nothing is missing between what the page has and the first of these. */
  joins: boolean;

  constructor(entries: readonly LogEntry[], joins: boolean) {
    this.entries = [...entries];
    this.joins = joins;
    this.#cut();
  }

  get newest(): LogEntry | undefined {
    return this.entries.at(-1);
  }

  take(entries: readonly LogEntry[]): void {
    for (const each of entries) this.entries.push(each);
    this.#cut();
  }

  /** Whether a line is at the first of these or behind it. */
  reaches(seq: number | undefined): boolean {
    const [first] = this.entries;
    return seq !== undefined && first !== undefined && seq >= first.seq;
  }

  /** The page dropped lines before these. */
  parted(): this {
    this.joins = false;
    return this;
  }

  #cut(): void {
    if (this.entries.length <= KEPT) return;
    this.entries = this.entries.slice(-KEPT);
    this.joins = false;
  }
}
