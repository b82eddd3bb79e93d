/**
 * Which rows of a log are in the document, and where. It keeps the reader's place: the end while following, else the row that was on top,
 * whatever comes in at either side.
 */
import { DrawPace } from './draw-pace.ts';
import {
  ROW,
  FixedLayout,
  indexAfterSeq,
  indexOfSeq,
  MeasuredHeights,
  WrappedLayout,
  type LogLayout,
} from './log-layout.ts';
import type { LogSource } from './log-entry.ts';
import { shapeRows, type ShownRow } from './log-shape.ts';

const OVERSCAN = 8;
/** Pixels of air under the last line. */
const FOOT = 12;
/** Rows before an end at which more are asked for. */
const NEAR = 150;

interface Parts {
  /** What scrolls, what is as tall as the whole log, what holds the rows. */
  readonly box: HTMLElement;
  readonly spacer: HTMLElement;
  readonly rows: HTMLElement;
}

interface Told {
  /** Following started or ended, whoever caused it. */
  follow(on: boolean): void;
  /** The rows on screen begin and end here; `near` an end of what is here. */
  place(seq: number, near: 'start' | 'end' | null): void;
}

export class LogWindow {
  rows = $state.raw<readonly ShownRow[]>([]);
  /** Pixels from the top of the log to the first row. */
  top = $state(0);
  follow = $state(true);
  /** Lines that came since the end was left. */
  newer = $state(0);

  #source: LogSource = [];
  #wrap = false;
  /** Lines behind the last one here; null: the end is here. */
  #ahead: number | null = null;
  #parts: Parts | null = null;
  #layout: LogLayout = new FixedLayout(0);
  readonly #heights = new MeasuredHeights();
  readonly #pace = new DrawPace(() => this.#draw());
  /** The first row on screen and how far it is scrolled away: what stays in place. */
  #anchor = { seq: -Infinity, offset: 0 };
  #seen = -Infinity;
  #expected = -1;
  #characterWidth = 8;
  #widest = 0;

  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  attach(parts: Parts, characterWidth: number): () => void {
    this.#parts = parts;
    this.#characterWidth = characterWidth;
    const observer = new ResizeObserver(() => this.#draw());
    observer.observe(parts.box);
    this.#draw();
    return () => {
      observer.disconnect();
      this.#pace.end();
      this.#parts = null;
    };
  }

  /** New lines, or another way to show them. `ahead`: lines behind the last one; null: it is the end. */
  show(source: LogSource, wrap: boolean, ahead: number | null = null): void {
    const turned = wrap !== this.#wrap;
    this.#source = source;
    this.#wrap = wrap;
    this.#ahead = ahead;
    if (turned) {
      this.#widest = 0;
      this.#draw();
    } else this.#pace.ask();
  }

  setFollow(on: boolean): void {
    if (on === this.follow) return;
    this.follow = on;
    this.#told.follow(on);
    if (on) this.#draw();
    else {
      this.#seen = this.#source.at(this.#source.length - 1)?.seq ?? -Infinity;
      // what is read when the end is left: a draw that comes before the first scroll keeps it
      if (this.#parts !== null) this.#hold(this.#parts);
    }
  }

  /** Brings a line to the upper third, or the first one to the top. */
  goTo(seq: number): void {
    this.setFollow(false);
    const height = this.#parts?.box.clientHeight ?? 0;
    this.#anchor =
      seq === -Infinity ? { seq, offset: 0 } : { seq, offset: -Math.floor(height / 3 / ROW) * ROW };
    this.#expected = this.#parts?.box.scrollTop ?? -1;
    this.#draw();
    this.#tell();
  }

  /** The first line on screen. */
  first(): number {
    const index = this.#layout.indexAt(this.#parts?.box.scrollTop ?? 0);
    return this.#source.at(Math.max(index, this.#firstLine()))?.seq ?? -Infinity;
  }

  /** Whether a line is on screen. */
  shows(seq: number): boolean {
    const parts = this.#parts;
    if (parts === null) return false;
    const top = this.#layout.top(indexOfSeq(this.#source, seq)) - parts.box.scrollTop;
    return top >= 0 && top + ROW <= parts.box.clientHeight;
  }

  /** The reader (or this class) scrolled. */
  scrolled(): void {
    const parts = this.#parts;
    if (parts === null || !this.#isMoved(parts)) return;
    this.#read(parts);
    this.#fill(parts.box.scrollTop);
    if (this.#measure()) this.#draw();
    this.#tell();
  }

  #isMoved({ box }: Parts): boolean {
    return Math.abs(box.scrollTop - this.#expected) >= 1;
  }

  /** Takes the place that the reader chose. */
  #read(parts: Parts): void {
    this.#hold(parts);
    const { scrollTop, clientHeight } = parts.box;
    const atEnd = this.#ahead === null && scrollTop + clientHeight >= this.#layout.height - ROW / 2;
    if (atEnd !== this.follow) this.setFollow(atEnd);
  }

  #hold({ box: { scrollTop } }: Parts): void {
    this.#expected = scrollTop;
    // what stands before the first line stays there when lines come in under it: it is no place to hold on to
    const index = Math.max(this.#layout.indexAt(scrollTop), this.#firstLine());
    const seq = this.#source.at(index)?.seq ?? -Infinity;
    this.#anchor = { seq, offset: scrollTop - this.#layout.top(indexOfSeq(this.#source, seq)) };
  }

  #firstLine(): number {
    const first = this.#source.at(0);
    return first !== undefined && 'top' in first && this.#source.length > 1 ? 1 : 0;
  }

  #tell(): void {
    const parts = this.#parts;
    if (parts === null) return;
    const { scrollTop, clientHeight } = parts.box;
    const first = this.#layout.indexAt(scrollTop);
    const last = this.#layout.indexAt(scrollTop + clientHeight);
    const near = first < NEAR ? 'start' : last > this.#source.length - NEAR ? 'end' : null;
    this.#told.place(this.first(), near);
  }

  #draw(again = true): void {
    const parts = this.#parts;
    if (parts === null) return;
    const began = performance.now();
    // a scroll that was not told yet is the reader's wish: it must not be pulled back
    if (this.#expected >= 0 && this.#isMoved(parts)) this.#read(parts);
    this.#lay(parts);
    parts.spacer.style.height = `${this.#layout.height + FOOT}px`;
    const place = this.#place(parts.box.clientHeight);
    if (Math.abs(parts.box.scrollTop - place) >= 1) parts.box.scrollTop = place;
    this.#expected = parts.box.scrollTop;
    this.#fill(place);
    this.newer = this.follow
      ? 0
      : this.#source.length - indexAfterSeq(this.#source, this.#seen) + (this.#ahead ?? 0);
    // after this the rows are in the document
    queueMicrotask(() => {
      if (this.#wrap && again && this.#measure()) this.#draw(false);
      this.#pace.drawn(began);
    });
  }

  #lay(parts: Parts): void {
    if (!this.#wrap) {
      this.#layout = new FixedLayout(this.#source.length);
      return;
    }
    const text = parts.rows.querySelector<HTMLElement>('.tx');
    const width =
      text === null ? 0 : text.clientWidth - parseFloat(getComputedStyle(text).paddingInline || '0');
    this.#heights.setColumns(width > 0 ? Math.floor(width / this.#characterWidth) : 0);
    this.#layout = new WrappedLayout(this.#source, this.#heights);
  }

  /** Where the scroll box belongs. */
  #place(viewHeight: number): number {
    const end = Math.max(0, this.#layout.height + FOOT - viewHeight);
    if (this.follow || this.#anchor.seq === -Infinity) return this.follow ? end : 0;
    const index = indexOfSeq(this.#source, this.#anchor.seq);
    // the row on top is gone: its place is taken by the next that is left
    const kept = this.#source.at(index)?.seq === this.#anchor.seq;
    return Math.max(0, Math.min(end, this.#layout.top(index) + (kept ? this.#anchor.offset : 0)));
  }

  #fill(place: number): void {
    const parts = this.#parts;
    if (parts === null) return;
    const first = Math.max(0, this.#layout.indexAt(place) - OVERSCAN);
    const last = Math.min(
      this.#source.length - 1,
      this.#layout.indexAt(place + parts.box.clientHeight) + OVERSCAN,
    );
    const rows = shapeRows(this.#source, first, last, this.rows);
    this.top = this.#layout.top(first);
    this.rows = rows;
    // the widest line seen so far keeps the horizontal bar from jumping
    let widest = this.#widest;
    for (const row of rows) if (row.kind === 'line' && row.row.width > widest) widest = row.row.width;
    if (!this.#wrap && widest > this.#widest) {
      this.#widest = widest;
      parts.spacer.style.setProperty('--widest', `${Math.ceil(widest * this.#characterWidth)}px`);
    }
  }

  /** Takes the heights of the rows that are drawn. True when one was not as guessed. */
  #measure(): boolean {
    if (this.#parts === null || !this.#wrap) return false;
    let news = false;
    for (const element of this.#parts.rows.children) {
      const key = element instanceof HTMLElement ? element.dataset['key'] : undefined;
      if (key === undefined || !(element instanceof HTMLElement)) continue;
      const seq = Number(key);
      if (this.#heights.measure(Number.isNaN(seq) ? key : seq, element.offsetHeight)) news = true;
    }
    return news;
  }
}
