import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogFrame } from '../engine/engine.ts';
import { LineAssembler, type RawLine } from './lines.ts';

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
 * Numbers lines by their time in microseconds, or one more than the last: so the numbers grow, never repeat, and are the same again after a
 * restart of Slipway as long as no more than one line comes in a microsecond.
 */
export class Sequence {
  #last = 0;

  next(time: string): number {
    const millis = Date.parse(`${time.slice(0, 23)}Z`);
    const micros = Number.isNaN(millis) ? 0 : millis * 1000 + Number(time.slice(23, 26));
    this.#last = Math.max(this.#last + 1, Number.isNaN(micros) ? 0 : micros);
    return this.#last;
  }
}

/** So far may the two streams of a container be apart in the order of their lines. */
const STREAMS_APART_MS = 10_000;

/**
 * Knows which lines were seen. `since` of the engine is inclusive, and its follow repeats lines at each rotation of the file: what is not
 * newer than the last line of its stream is dropped, lines of the very same time are counted.
 */
export class Seen {
  readonly #streams = new Map<string, { time: string; count: number; replayed: number }>();

  /**
   * Where to go on: the earlier of the two streams' last times, but not long before the later one. The engine writes both streams into one
   * file as they come, and a stream that was silent for a day would have us read that day again.
   */
  get time(): string | null {
    const times = [...this.#streams.values()].map((each) => each.time).filter((time) => time !== '');
    for (const each of this.#streams.values()) each.replayed = 0;
    const [earlier = null, later = earlier] = times.toSorted();
    if (earlier === null || later === null) return null;
    const limit = millisBefore(later, STREAMS_APART_MS);
    return earlier > limit ? earlier : limit;
  }

  isNew(line: RawLine): boolean {
    const last = this.#streams.get(line.stream);
    if (last === undefined || line.time > last.time) {
      this.#streams.set(line.stream, { time: line.time, count: 1, replayed: 1 });
      return true;
    }
    if (line.time < last.time) {
      // an older one means that the engine repeats itself: those of the last time come once more too
      last.replayed = 0;
      return false;
    }
    last.replayed += 1;
    if (last.replayed <= last.count) return false;
    last.count = last.replayed;
    return true;
  }
}

function millisBefore(time: string, ms: number): string {
  const millis = Date.parse(`${time.slice(0, 23)}Z`) - ms;
  return `${new Date(millis).toISOString().slice(0, 23)}000000Z`;
}
