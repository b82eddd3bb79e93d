/**
 * Which rows of a log are in the document, and where. It keeps the reader's place: the end while following, else the row that was on top,
 * whatever comes in at either side. Draws at most once a frame and 20 times a second, whatever the rate of the lines.
 */
import {
  ROW,
  FixedLayout,
  indexAfterSeq,
  indexOfSeq,
  MeasuredHeights,
  WrappedLayout,
  type LogLayout,
} from './log-layout.ts';
import { rowOf, type LogRow, type LogSource } from './log-entry.ts';

const OVERSCAN = 8;
/** Air under the last line. */
const FOOT = 12;
const DRAW_EVERY_MS = 50;

interface Parts {
  /** What scrolls, what is as tall as the whole log, what holds the rows. */
  readonly box: HTMLElement;
  readonly spacer: HTMLElement;
  readonly rows: HTMLElement;
}

export class LogWindow {
  rows = $state.raw<readonly LogRow[]>([]);
  /** Pixels from the top of the log to the first row. */
  top = $state(0);
  follow = $state(true);
  /** Lines that came since the end was left. */
  newer = $state(0);

  #source: LogSource = [];
  #wrap = false;
  #parts: Parts | null = null;
  #layout: LogLayout = new FixedLayout(0);
  readonly #heights = new MeasuredHeights();
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  /** The first row on screen and how far it is scrolled away: what stays in place. */
  #anchor = { seq: -Infinity, offset: 0 };
  #seen = -Infinity;
  #expected = -1;
  #characterWidth = 8;
  #widest = 0;

  readonly #onfollow: (on: boolean) => void;

  /** `onfollow` is told when following starts or ends, whoever caused it. */
  constructor(onfollow: (on: boolean) => void) {
    this.#onfollow = onfollow;
  }

  attach(parts: Parts, characterWidth: number): () => void {
    this.#parts = parts;
    this.#characterWidth = characterWidth;
    const observer = new ResizeObserver(() => this.#draw());
    observer.observe(parts.box);
    this.#draw();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#timer);
      this.#parts = null;
    };
  }

  /** New lines, or another way to show them. */
  show(source: LogSource, wrap: boolean): void {
    const turned = wrap !== this.#wrap;
    this.#source = source;
    this.#wrap = wrap;
    if (turned) {
      this.#widest = 0;
      this.#draw();
    } else this.#schedule();
  }

  setFollow(on: boolean): void {
    if (on === this.follow) return;
    this.follow = on;
    this.#onfollow(on);
    if (on) this.#draw();
    else this.#seen = this.#source.at(this.#source.length - 1)?.seq ?? -Infinity;
  }

  /** The reader (or this class) scrolled. */
  scrolled(): void {
    const parts = this.#parts;
    if (parts === null || Math.abs(parts.box.scrollTop - this.#expected) < 1) return;
    this.#expected = -1;
    const { scrollTop, clientHeight } = parts.box;
    const index = this.#layout.indexAt(scrollTop);
    this.#anchor = {
      seq: this.#source.at(index)?.seq ?? -Infinity,
      offset: scrollTop - this.#layout.top(index),
    };
    const atEnd = scrollTop + clientHeight >= this.#layout.height - ROW / 2;
    if (atEnd !== this.follow) this.setFollow(atEnd);
    this.#fill(scrollTop);
    if (this.#measure()) this.#draw();
  }

  #schedule(): void {
    if (this.#frame !== 0 || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + DRAW_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }, wait);
  }

  #draw(again = true): void {
    const parts = this.#parts;
    if (parts === null) return;
    this.#drawnAt = performance.now();
    this.#lay(parts);
    parts.spacer.style.height = `${this.#layout.height + FOOT}px`;
    const place = this.#place(parts.box.clientHeight);
    if (Math.abs(parts.box.scrollTop - place) >= 1) parts.box.scrollTop = place;
    this.#expected = parts.box.scrollTop;
    this.#fill(place);
    this.newer = this.follow ? 0 : this.#source.length - indexAfterSeq(this.#source, this.#seen);
    if (this.#wrap && again) {
      queueMicrotask(() => {
        if (this.#measure()) this.#draw(false);
      });
    }
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
    this.#heights.dropBefore(this.#source.at(0)?.seq ?? Infinity);
    this.#layout = new WrappedLayout(this.#source, this.#heights);
  }

  /** Where the scroll box belongs. */
  #place(viewHeight: number): number {
    const end = Math.max(0, this.#layout.height + FOOT - viewHeight);
    if (this.follow) return end;
    const index = indexOfSeq(this.#source, this.#anchor.seq);
    // the row on top was dropped from the ring: its place is taken by the oldest that is left
    const kept = this.#source.at(index)?.seq === this.#anchor.seq;
    return Math.min(end, this.#layout.top(index) + (kept ? this.#anchor.offset : 0));
  }

  #fill(place: number): void {
    const parts = this.#parts;
    if (parts === null) return;
    const first = Math.max(0, this.#layout.indexAt(place) - OVERSCAN);
    const last = Math.min(
      this.#source.length - 1,
      this.#layout.indexAt(place + parts.box.clientHeight) + OVERSCAN,
    );
    const rows: LogRow[] = [];
    let widest = 0;
    for (let i = first; i <= last; i++) {
      const entry = this.#source.at(i);
      if (entry === undefined) continue;
      const row = rowOf(entry);
      rows.push(row);
      if (row.width > widest) widest = row.width;
    }
    this.top = this.#layout.top(first);
    this.rows = rows;
    // the widest line seen so far keeps the horizontal bar from jumping
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
      if (!(element instanceof HTMLElement)) continue;
      const seq = Number(element.dataset['seq']);
      if (Number.isFinite(seq) && this.#heights.measure(seq, element.offsetHeight)) news = true;
    }
    return news;
  }
}
