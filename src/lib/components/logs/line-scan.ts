/**
 * The entries of a log that pass a test, kept up while lines come, go, and are loaded before the first. It works in slices of a few
 * milliseconds, from the newest back, so that a page with 50,000 lines stays quick while it is filtered.
 */
import type { LogEntry } from './log-entry.ts';
import type { LineTest } from './log-filter.ts';
import { groupingAt } from './log-groups.ts';
import { indexAfterSeq, indexOfSeq } from './log-layout.ts';

const SLICE_MS = 6;
const CHUNK = 500;

export class LineScan {
  /** Replaced when it changes. */
  found: readonly LogEntry[] = [];

  readonly #test: LineTest;
  readonly #told: () => void;
  #lines: readonly LogEntry[] = [];
  #epoch = -1;
  /** Numbers of the first and the last line that were looked at; null: none yet. */
  #looked: { from: number; to: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `told` is called when `found` changed without `show` being called. */
  constructor(test: LineTest, told: () => void) {
    this.#test = test;
    this.#told = told;
  }

  /** Lines that were not looked at yet are here. */
  get busy(): boolean {
    return this.#timer !== undefined;
  }

  /** The lines as they are now. A new `epoch`: nothing of before counts. */
  show(lines: readonly LogEntry[], epoch: number): void {
    this.#lines = lines;
    const first = lines[0]?.seq ?? Infinity;
    const last = lines.at(-1)?.seq ?? -Infinity;
    const looked = this.#looked;
    if (epoch !== this.#epoch || looked === null || looked.to < first || looked.from > last) {
      this.#epoch = epoch;
      this.#looked = null;
      this.found = [];
    } else {
      this.#looked = { from: Math.max(looked.from, first), to: Math.min(looked.to, last) };
      this.#drop(first, last);
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#work(false);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #drop(first: number, last: number): void {
    const { found } = this;
    if ((found[0]?.seq ?? first) >= first && (found.at(-1)?.seq ?? last) <= last) return;
    this.found = found.slice(indexOfSeq(found, first), indexAfterSeq(found, last));
  }

  #work(tell: boolean): void {
    const until = performance.now() + SLICE_MS;
    let changed = false;
    let more: boolean;
    do {
      const { found } = this;
      more = this.#step();
      changed ||= found !== this.found;
    } while (more && performance.now() < until);
    this.#timer = more
      ? setTimeout(() => {
          this.#timer = undefined;
          this.#work(true);
        })
      : undefined;
    if (tell && (changed || !more)) this.#told();
  }

  /** One chunk: what came last, else what stands before. False when all was looked at. */
  #step(): boolean {
    const lines = this.#lines;
    if (lines.length === 0) return false;
    if (this.#looked === null) {
      this.#back(lines.length);
      return this.#hasMore();
    }
    const next = indexAfterSeq(lines, this.#looked.to);
    if (next < lines.length) {
      const end = Math.min(lines.length, next + CHUNK);
      const news = this.#matching(next, end);
      if (news.length > 0) this.found = [...this.found, ...news];
      this.#looked = { from: this.#looked.from, to: lines[end - 1]?.seq ?? this.#looked.to };
      return this.#hasMore();
    }
    this.#back(indexOfSeq(lines, this.#looked.from));
    return this.#hasMore();
  }

  #hasMore(): boolean {
    const looked = this.#looked;
    return (
      looked !== null &&
      ((this.#lines[0]?.seq ?? Infinity) < looked.from || (this.#lines.at(-1)?.seq ?? -Infinity) > looked.to)
    );
  }

  /** The chunk that ends before `end`. Lines after it that turn out to belong to a line in it are looked at again. */
  #back(end: number): void {
    const lines = this.#lines;
    const from = Math.max(0, end - CHUNK);
    if (from >= end) return;
    const grouping = groupingAt(lines, from);
    const matched: LogEntry[] = [];
    let at = from;
    for (; at < lines.length; at++) {
      const entry = lines[at];
      if (entry === undefined) break;
      const { level, continued } = grouping.next(entry);
      if (at >= end && !continued) break;
      if (this.#test(entry, level)) matched.push(entry);
    }
    const seam = lines[at]?.seq ?? Infinity;
    const rest = this.found.slice(indexOfSeq(this.found, seam));
    if (matched.length > 0 || rest.length < this.found.length) this.found = [...matched, ...rest];
    this.#looked = {
      from: lines[from]?.seq ?? 0,
      to: Math.max(this.#looked?.to ?? 0, lines[at - 1]?.seq ?? 0),
    };
  }

  #matching(from: number, to: number): readonly LogEntry[] {
    const grouping = groupingAt(this.#lines, from);
    const matched: LogEntry[] = [];
    for (let i = from; i < to; i++) {
      const entry = this.#lines[i];
      if (entry === undefined) continue;
      const { level } = grouping.next(entry);
      if (this.#test(entry, level)) matched.push(entry);
    }
    return matched;
  }
}
