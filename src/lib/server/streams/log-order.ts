import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogFrame } from '../engine/engine.ts';
import { LineAssembler, type RawLine } from './lines.ts';
import type { ResumePoint } from './log-keeper.ts';

/** Reads a log that is not followed, whole. Throws what the engine throws. */
export async function readLines(frames: AsyncIterable<LogFrame>): Promise<LogLine[]> {
  const assembler = new LineAssembler();
  const sequence = new Sequence();
  const number = (raw: RawLine): LogLine => ({ seq: sequence.next(raw.time), ...raw });
  const lines: LogLine[] = [];
  for await (const frame of frames) for (const raw of assembler.push(frame)) lines.push(number(raw));
  for (const raw of assembler.end()) lines.push(number(raw));
  return lines;
}

/**
 * Numbers lines by their time in microseconds, or one more than the last: so the numbers grow, never repeat, and are the same again when
 * the same lines are numbered from the same number on.
 */
export class Sequence {
  #last: number;
  #second = '';
  #secondMicros = 0;

  /** Goes on after `last`. */
  constructor(last = 0) {
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  next(time: string): number {
    const second = time.slice(0, 19);
    if (second !== this.#second) {
      const millis = Date.parse(`${second}Z`);
      this.#second = second;
      this.#secondMicros = Number.isNaN(millis) ? 0 : millis * 1000;
    }
    const micros = this.#secondMicros === 0 ? 0 : this.#secondMicros + Number(time.slice(20, 26));
    this.#last = Math.max(this.#last + 1, Number.isSafeInteger(micros) ? micros : 0);
    return this.#last;
  }
}

/** So far may the two streams of a container be apart in the order of their lines. */
const STREAMS_APART_MS = 10_000;

interface LastLine {
  readonly time: string;
  count: number;
  replayed: number;
}

/**
 * Knows which lines were seen. `since` of the engine is inclusive, and its follow repeats lines at each rotation of the file: what is not
 * newer than the last line of its stream is dropped, lines of the very same time are counted.
 *
 * It also knows when lines are missing: a reading that goes on from a line must bring that line once more, unless the engine has dropped it
 * and with it perhaps others after it.
 */
export class Seen {
  readonly #streams = new Map<string, LastLine>();
  #since: string | null;
  #newestTime = '';
  #newestStream = '';
  /** In this reading the newest line that we had came again, or there was none. */
  #joined = true;
  #lost: { readonly from: string; readonly to: string } | null = null;

  constructor(point: ResumePoint | null = null) {
    this.#since = point?.since ?? null;
    for (const { stream, time, count } of point?.streams ?? []) {
      this.#streams.set(stream, { time, count, replayed: 0 });
      this.#note(stream, time);
    }
  }

  /** The time of the newest line. */
  get newestTime(): string {
    return this.#newestTime;
  }

  /**
   * Begins a reading, and says where: at the earlier of the two streams' last times, but not long before the later one. The engine writes
   * both streams into one file as they come, and a stream that was silent for a day would have us read that day again.
   */
  begin(): string | null {
    for (const each of this.#streams.values()) each.replayed = 0;
    this.#joined = this.#newestTime === '';
    this.#lost = null;
    if (this.#since !== null) return this.#since;
    const times = [...this.#streams.values()].map((each) => each.time).filter((time) => time !== '');
    const [earlier = null, later = earlier] = times.toSorted();
    if (earlier === null || later === null) return null;
    const limit = millisBefore(later, STREAMS_APART_MS);
    return earlier > limit ? earlier : limit;
  }

  isNew(line: RawLine): boolean {
    const last = this.#streams.get(line.stream);
    if (last === undefined || line.time > last.time) {
      if (!this.#joined && line.time > this.#newestTime) {
        this.#joined = true;
        this.#lost = { from: this.#newestTime, to: line.time };
      }
      this.#streams.set(line.stream, { time: line.time, count: 1, replayed: 1 });
      this.#note(line.stream, line.time);
      this.#since = null;
      return true;
    }
    if (line.time < last.time) {
      // an older one means that the engine repeats itself: those of the last time come once more too
      last.replayed = 0;
      return false;
    }
    if (line.time === this.#newestTime && line.stream === this.#newestStream) this.#joined = true;
    last.replayed += 1;
    if (last.replayed <= last.count) return false;
    last.count = last.replayed;
    return true;
  }

  /** Between which times lines are missing before the line that was new just now. */
  takeLost(): { readonly from: string; readonly to: string } | null {
    const lost = this.#lost;
    this.#lost = null;
    return lost;
  }

  #note(stream: string, time: string): void {
    if (time <= this.#newestTime) return;
    this.#newestTime = time;
    this.#newestStream = stream;
  }
}

/** A time of the engine that lies `ms` before another. */
export function millisBefore(time: string, ms: number): string {
  const millis = Date.parse(`${time.slice(0, 23)}Z`) - ms;
  return `${new Date(millis).toISOString().slice(0, 23)}000000Z`;
}
