import type { LogLine } from '#lib/protocol/log-line.ts';

/** A line is charged so many bytes beside its text. */
const LINE_BYTES = 64;

export interface RingLimit {
  readonly lines: number;
  readonly bytes: number;
}

export function sizeOf(line: Pick<LogLine, 'text'>): number {
  return line.text.length + LINE_BYTES;
}

/** The newest lines of a log, within limits. */
export class LineRing {
  #lines: LogLine[] = [];
  #bytes = 0;
  /** The number of the newest line that is no longer here. */
  #droppedSeq = 0;

  get last(): LogLine | undefined {
    return this.#lines.at(-1);
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#lines.push(line);
      this.#bytes += sizeOf(line);
    }
  }

  /** The newest lines, at most `count`. */
  recent(count: number): readonly LogLine[] {
    return count === 0 ? [] : this.#lines.slice(-count);
  }

  /** Lines with a larger number, or null when some of them may no longer be here. */
  after(seq: number): readonly LogLine[] | null {
    if (seq < this.#droppedSeq) return null;
    return this.#lines.filter((line) => line.seq > seq);
  }

  /** What came before the first line here is not known to be nothing. */
  beginsAfter(seq: number): void {
    this.#droppedSeq = Math.max(this.#droppedSeq, seq);
  }

  get oldest(): LogLine | undefined {
    return this.#lines[0];
  }

  get size(): number {
    return this.#lines.length;
  }

  trim(limit: RingLimit): void {
    let drop = Math.max(0, this.#lines.length - limit.lines);
    let bytes = this.#bytes;
    for (let at = 0; at < this.#lines.length && (at < drop || bytes > limit.bytes); at += 1) {
      const line = this.#lines[at];
      bytes -= line === undefined ? 0 : sizeOf(line);
      drop = Math.max(drop, at + 1);
    }
    if (drop === 0) return;
    this.#droppedSeq = this.#lines[drop - 1]?.seq ?? this.#droppedSeq;
    this.#lines = this.#lines.slice(drop);
    this.#bytes = bytes;
  }
}
