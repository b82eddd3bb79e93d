/**
 * What a reader does with a log: looks for words, leaves lines out, opens and folds them, chooses one. `update` makes the rows of it; it is to be
 * called when the feed changed or anything that it reads here did.
 */
import { wordsOf, type Words } from '#lib/domain/log-words.ts';
import type { LogLevel } from '#lib/domain/log-level.ts';
import type { LogFeed } from '#lib/live/log-feed.ts';
import { LineScan } from './line-scan.ts';
import { LogDisplay } from './log-display.ts';
import type { LogEntry, LogSource } from './log-entry.ts';
import { hitTest, testOf, type FindMode, type LogWish, type StreamWish } from './log-filter.ts';
import { indexOfSeq } from './log-layout.ts';

export interface FieldWish {
  readonly name: string;
  readonly value: string;
}

export class LogReading {
  text = $state('');
  mode = $state<FindMode>('find');
  levels = $state.raw<readonly LogLevel[]>([]);
  stream = $state<StreamWish>('both');
  fields = $state.raw<readonly FieldWish[]>([]);
  opened = $state.raw<ReadonlySet<number>>(new Set());
  folded = $state.raw<ReadonlySet<number>>(new Set());
  selected = $state<number | null>(null);
  /** The line of the words that was stepped to. */
  current = $state<number | null>(null);

  rows = $state.raw<LogSource>([]);
  /** Nothing is loaded, and nothing was put away. */
  isEmpty = $state(false);
  /** Lines that are shown of those that are loaded. */
  count = $state(0);
  /** Lines with the words; null: nothing is looked for. */
  hits = $state<number | null>(null);
  busy = $state(false);
  readonly words: Words | null = $derived(wordsOf(this.text.trim()));
  readonly wish: LogWish = $derived({
    levels: this.levels,
    stream: this.stream,
    words: this.mode === 'find' ? null : this.words,
    mode: this.mode,
    fields: this.fields,
  });
  /** Lines are left out. */
  readonly isFiltered: boolean = $derived(testOf(this.wish) !== null);

  #filter: LineScan | null = null;
  #filteredBy: LogWish | null = null;
  #hits: LineScan | null = null;
  #hitsOf: readonly [Words | null, LineScan | null] = [null, null];
  #feed: LogFeed | null = null;

  update(feed: LogFeed): void {
    this.#feed = feed;
    const { wish } = this;
    if (wish !== this.#filteredBy) {
      this.#filteredBy = wish;
      this.#filter?.end();
      const test = testOf(wish);
      this.#filter = test === null ? null : new LineScan(test, () => this.#show());
    }
    this.#filter?.show(feed.lines, feed.epoch);
    const words = this.mode === 'without' ? null : this.words;
    if (words !== this.#hitsOf[0] || this.#filter !== this.#hitsOf[1]) {
      this.#hitsOf = [words, this.#filter];
      this.#hits?.end();
      this.#hits = words === null ? null : new LineScan(hitTest(words), () => this.#show());
      this.current = null;
    }
    this.#show();
  }

  end(): void {
    this.#filter?.end();
    this.#hits?.end();
  }

  /** The hit after or before the one that was stepped to, else after `from`; round about at the ends. null: there is none. */
  step(by: 1 | -1, from: number): number | null {
    const found = this.#hits?.found ?? [];
    if (found.length === 0) return null;
    const start = this.current ?? from;
    let at = indexOfSeq(found, start);
    if (this.current === null) at = by === 1 ? at : at - 1;
    else if (found[at]?.seq === start) at += by;
    else if (by === -1) at -= 1;
    const seq = found[(at + found.length) % found.length]?.seq ?? null;
    this.current = seq;
    return seq;
  }

  /** Which of the hits it is, from 1; 0 for none. */
  get place(): number {
    if (this.current === null) return 0;
    const found = this.#hits?.found ?? [];
    const at = indexOfSeq(found, this.current);
    return found[at]?.seq === this.current ? at + 1 : 0;
  }

  filterBy(field: FieldWish): void {
    this.fields = [...this.fields.filter(({ name }) => name !== field.name), field];
  }

  dropField(name: string): void {
    this.fields = this.fields.filter((field) => field.name !== name);
  }

  showAll(): void {
    this.fields = [];
    this.levels = [];
    this.stream = 'both';
    this.mode = 'find';
  }

  toggle(which: 'opened' | 'folded', seq: number): void {
    const next = new Set(this[which]);
    if (!next.delete(seq)) next.add(seq);
    this[which] = next;
  }

  /** The line that is chosen moves among those that are shown. */
  select(by: 1 | -1, from: number): number | null {
    const lines = this.#lines;
    const start = this.selected ?? from;
    let at = indexOfSeq(lines, start);
    if (this.selected !== null) at += by;
    this.selected = lines[Math.max(0, Math.min(at, lines.length - 1))]?.seq ?? null;
    return this.selected;
  }

  lineAt(seq: number): LogEntry | null {
    if (this.rows.length === 0) return null;
    const line = this.#lines[indexOfSeq(this.#lines, seq)];
    return line?.seq === seq ? line : null;
  }

  get #lines(): readonly LogEntry[] {
    return this.#filter?.found ?? this.#feed?.lines ?? [];
  }

  #show(): void {
    const feed = this.#feed;
    if (feed === null) return;
    const lines = this.#lines;
    this.#hits?.show(lines, feed.epoch);
    this.isEmpty = feed.lines.length === 0 && feed.head !== 'cleared';
    this.count = lines.length;
    this.hits = this.#hits?.found.length ?? null;
    this.busy = this.#filter?.busy === true || this.#hits?.busy === true;
    this.rows = new LogDisplay(lines, feed.head, this.opened, this.folded);
  }
}
