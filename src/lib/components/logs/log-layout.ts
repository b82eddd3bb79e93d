/**
 * Where the rows of a log are. Unwrapped, every row is 20 px and all is arithmetic. Wrapped, the height of a row is guessed from its
 * characters and put right once it was drawn and measured. Pure: no element is touched here.
 */
import { keyOf, widthOf, type LogSource } from './log-entry.ts';

export const ROW = 20;

export interface LogLayout {
  /** Pixels of all rows together. */
  readonly height: number;
  /** Pixels above the row. */
  top(index: number): number;
  /** The row at this height; the last one for anything below. */
  indexAt(y: number): number;
}

export class FixedLayout implements LogLayout {
  readonly #length: number;
  constructor(length: number) {
    this.#length = length;
  }
  get height(): number {
    return this.#length * ROW;
  }
  top(index: number): number {
    return index * ROW;
  }
  indexAt(y: number): number {
    return Math.max(0, Math.min(this.#length - 1, Math.floor(y / ROW)));
  }
}

type Key = number | string;
/** Heights beyond these are guessed again. */
const REMEMBERED = 20_000;

/** Remembers measured heights by key, so that lines that leave or come in at the head cost nothing. */
export class MeasuredHeights {
  readonly #measured = new Map<Key, number>();
  #columns = 0;

  /** A new width in characters makes every measure void. */
  setColumns(columns: number): void {
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#measured.clear();
  }

  /** True when this is news. */
  measure(key: Key, height: number): boolean {
    if (height <= 0 || this.#measured.get(key) === height) return false;
    this.#measured.set(key, height);
    if (this.#measured.size > REMEMBERED) this.#forgetOldest();
    return true;
  }

  of(key: Key, width: number): number {
    const known = this.#measured.get(key);
    if (known !== undefined) return known;
    return this.#columns <= 0 ? ROW : Math.max(1, Math.ceil(width / this.#columns)) * ROW;
  }

  #forgetOldest(): void {
    let left = this.#measured.size / 2;
    for (const key of this.#measured.keys()) {
      if (left-- <= 0) return;
      this.#measured.delete(key);
    }
  }
}

export class WrappedLayout implements LogLayout {
  /** `#tops[i]` pixels stand above row i; one more at the end for the whole. */
  readonly #tops: Float64Array;

  constructor(source: LogSource, heights: MeasuredHeights) {
    this.#tops = new Float64Array(source.length + 1);
    for (let i = 0; i < source.length; i++) {
      const item = source.at(i);
      this.#tops[i + 1] =
        (this.#tops[i] ?? 0) + (item === undefined ? ROW : heights.of(keyOf(item), widthOf(item)));
    }
  }
  get height(): number {
    return this.#tops.at(-1) ?? 0;
  }
  top(index: number): number {
    return this.#tops[index] ?? this.height;
  }
  indexAt(y: number): number {
    let low = 0;
    let high = Math.max(0, this.#tops.length - 2);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The index of the first entry with this `seq` or a later one; the length when all are older. */
export function indexOfSeq(source: LogSource, seq: number): number {
  return firstWhere(source, (each) => each >= seq);
}

/** The index of the first entry that is later than `seq`. */
export function indexAfterSeq(source: LogSource, seq: number): number {
  return firstWhere(source, (each) => each > seq);
}

function firstWhere(source: LogSource, fits: (seq: number) => boolean): number {
  let low = 0;
  let high = source.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(source.at(middle)?.seq ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}
