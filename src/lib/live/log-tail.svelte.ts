/**
 * The lines of one agent in a page: what `load` gave, what comes, and the pages of history around them. At most `KEPT` are here; those far from
 * the reader go and are loaded again. While the end is not here, what comes is only counted (and the newest of it kept, to join on).
 */
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import type { LogEntry, LogFeed, LogHead, LogNote } from './log-feed.ts';
import { LateLines } from './late-lines.ts';
import { readPage, type LogPage, type PagePlace, type ReadPage } from './log-pages.ts';
import { readSkipped } from './skipped-lines.ts';
import type { Line } from './socket.svelte.ts';

const KEPT = 50_000;
/** Lines beyond `KEPT` before some go, so that it is not done for each batch. */
const SLACK = 5_000;
const PAGE = 500;
export class LogTail implements LogFeed {
  revision = $state(0);
  epoch = 0;
  state = $state<LogState['state'] | null>(null);
  head = $state<LogHead>('none');
  ahead = $state<number | null>(null);
  lines: LogEntry[];

  readonly #agentId: string;
  readonly #read: ReadPage;
  #late: LateLines | null = null;
  #reading: number | null = null;
  #busy = false;
  /** What was put away ends here; no line has this number or a smaller one when nothing was. */
  #clearedTo = -1;
  /** Ends when what is being loaded is here. */
  #work: Promise<void> = Promise.resolve();

  constructor(lines: readonly LogLine[], agentId: string, read: ReadPage = readPage) {
    this.lines = [...lines];
    this.#agentId = agentId;
    this.#read = read;
    if (lines.length > 0) this.head = 'more';
  }

  follow(line: Pick<Line, 'followLog'>, agentId: string): () => void {
    return line.followLog(agentId, {
      cursor: () => this.#newest(),
      state: (state) => {
        this.state = state;
      },
      batch: (batch) => {
        this.#take(batch);
      },
    });
  }

  older(): void {
    const [first] = this.lines;
    if (first === undefined && this.head !== 'cleared') return;
    const before = this.head === 'cleared' ? this.#clearedTo + 1 : Math.ceil(first?.seq ?? 0);
    void this.#load({ before }, PAGE, (page) => {
      this.lines = [...page.lines.filter(({ seq }) => seq < (first?.seq ?? Infinity)), ...this.lines];
      this.head = page.hasBefore ? 'more' : 'begin';
    });
  }

  newer(): void {
    const late = this.#late;
    const last = this.lines.at(-1);
    if (late === null || last === undefined) return;
    if (late.joins) this.#join(late);
    else
      void this.#load({ after: Math.floor(last.seq) }, PAGE, (page) => {
        this.lines = [...this.lines, ...page.lines];
        if (!page.hasAfter || late.reaches(page.lines.at(-1)?.seq)) this.#join(late);
        else this.ahead = Math.max(1, (this.ahead ?? 0) - page.lines.length);
      });
  }

  toEnd(): void {
    void this.#work.then(() => {
      const late = this.#late;
      if (late === null) return;
      if (late.joins) this.#join(late);
      else
        void this.#load({ tail: PAGE }, PAGE, (page) => {
          this.lines = [...page.lines];
          this.head = 'more';
          this.epoch += 1;
          this.#reading = null;
          this.#join(late);
        });
    });
  }

  /** Opens at a line, also one that is only in the archive. Gives its number; null: it is not kept. */
  async openLine(seq: number): Promise<number | null> {
    if (!this.lines.some((each) => each.seq === seq)) await this.#around(seq);
    return this.lines.some((each) => each.seq === seq) ? seq : null;
  }

  /** Opens at the first line from a time on, else at the last before it. Gives its number; null: there is none. */
  async openAt(time: string): Promise<number | null> {
    // numbers are the microseconds of their lines, or little more
    await this.#around(Date.parse(time) * 1_000);
    const first = this.lines.find((each) => Date.parse(each.time) >= Date.parse(time));
    return (first ?? this.lines.at(-1))?.seq ?? null;
  }

  async #around(seq: number): Promise<void> {
    await this.#work;
    await this.#load({ around: seq }, PAGE, (page) => {
      if (page.lines.length === 0) return;
      this.lines = [...page.lines];
      this.head = page.hasBefore ? 'more' : 'begin';
      this.epoch += 1;
      this.#reading = seq;
      this.#late = page.hasAfter ? new LateLines([], false) : null;
      this.ahead = page.hasAfter ? 0 : null;
    });
  }

  fill(note: LogNote): void {
    const { skipped } = note;
    if (skipped === undefined || this.#busy) return;
    this.#work = this.#fill(note, skipped);
  }

  clear(): void {
    this.#clearedTo = this.#newest()?.seq ?? this.#clearedTo;
    this.#beginAnew();
    this.#reading = null;
    this.head = 'cleared';
    this.revision += 1;
  }

  #beginAnew(): void {
    this.lines = [];
    this.#late = null;
    this.ahead = null;
    this.head = 'more';
  }

  reading(seq: number | null): void {
    this.#reading = seq;
  }

  #newest(): { readonly seq: number; readonly time: string } | null {
    const entry = this.#late?.newest ?? this.lines.findLast((each) => !('note' in each));
    return entry === undefined ? null : { seq: entry.seq, time: entry.time };
  }

  #take({ lines, skipped, skippedFrom, skippedTo, reset }: LogBatch): void {
    const known = this.#newest()?.seq ?? this.#clearedTo;
    const news = lines.filter((each) => each.seq > known);
    const entries: LogEntry[] = [];
    const [first] = news;
    if (skipped !== undefined && skippedFrom !== undefined && skippedTo !== undefined && first !== undefined)
      entries.push({
        seq: Math.max(skippedFrom, known + 1) - 0.5,
        time: first.time,
        note: '',
        skipped: { from: skippedFrom, to: skippedTo },
      });
    // not one of them is here, and nobody knows what was between
    else if (reset === true && news.length > 0 && news.length === lines.length && this.lines.length > 0)
      this.#beginAnew();
    for (const each of news) entries.push(each);
    if (this.#late === null) {
      if (this.head === 'none' && entries.length > 0) this.head = 'more';
      for (const each of entries) this.lines.push(each);
      this.#trim();
    } else {
      this.#late.take(entries);
      this.ahead = (this.ahead ?? 0) + news.length;
    }
    this.revision += 1;
  }

  /** Drops what is far from the reader. */
  #trim(): void {
    if (this.lines.length <= KEPT + SLACK) return;
    const reading = this.#reading;
    const place = reading === null ? -1 : this.lines.findIndex(({ seq }) => seq >= reading);
    if (place === -1 || place > this.lines.length / 2) {
      this.lines = this.lines.slice(-KEPT);
      this.head = 'more';
      return;
    }
    const dropped = this.lines.slice(KEPT);
    this.lines = this.lines.slice(0, KEPT);
    this.ahead = (this.ahead ?? 0) + dropped.length;
    this.#late = this.#late === null ? new LateLines(dropped, true) : this.#late.parted();
  }

  /** The end is here again. */
  #join(late: LateLines): void {
    const last = this.lines.at(-1)?.seq ?? -1;
    for (const each of late.entries) if (each.seq > last) this.lines.push(each);
    this.#late = null;
    this.ahead = null;
    this.#trim();
    this.revision += 1;
  }

  /** Does nothing while something else is being loaded. */
  #load(place: PagePlace, limit: number, take: (page: LogPage) => void): Promise<void> {
    if (!this.#busy) this.#work = this.#page(place, limit, take);
    return this.#work;
  }

  async #page(place: PagePlace, limit: number, take: (page: LogPage) => void): Promise<void> {
    this.#busy = true;
    const before = this.head;
    const atHead = 'before' in place;
    if (atHead) this.head = 'loading';
    const [first] = this.lines;
    const last = this.lines.at(-1);
    const page = await this.#read(this.#agentId, place, limit);
    this.#busy = false;
    // cleared or begun anew meanwhile: the page is of no use
    const joins = atHead ? this.lines[0] === first : !('after' in place) || this.lines.at(-1) === last;
    if (!joins) {
      if (atHead && this.head === 'loading') this.head = before;
      return;
    }
    if (page === null) {
      if (atHead) this.head = 'failed';
      return;
    }
    take(page);
    this.#trim();
    this.revision += 1;
  }

  async #fill(note: LogNote, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
    this.#busy = true;
    const { lines: found, done } = await readSkipped(this.#read, this.#agentId, { from, to });
    this.#busy = false;
    const place = this.lines.findIndex(({ seq }) => seq === note.seq);
    const last = found.at(-1);
    if (place === -1 || (last === undefined && !done)) return;
    const rest: LogEntry[] =
      done || last === undefined
        ? []
        : [{ ...note, seq: last.seq + 0.5, skipped: { from: last.seq + 1, to } }];
    this.lines = [...this.lines.slice(0, place), ...found, ...rest, ...this.lines.slice(place + 1)];
    this.epoch += 1;
    this.#trim();
    this.revision += 1;
  }
}
