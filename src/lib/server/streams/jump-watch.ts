/**
 * Notices where a follow may have left out lines. The engine reads a file that was rotated away to its end and then goes on with the newest:
 * when it is more than one file behind, it skips the files between without a word, also when it still has them. Lines that were skipped
 * were written while those before them waited to be read. So the line after them is later than the one before by at least the time that it
 * takes to fill a file, and yet it comes without that wait. Only then is it worth asking.
 */
import type { RawLine } from './lines.ts';

/** No engine writes faster into a log. Bytes in a millisecond. */
const FASTEST_BYTES_PER_MS = 100_000;

export class JumpWatch {
  readonly #thresholdMs: number;
  /** What was there when the follow was opened is read from files that are held: nothing of it can be skipped. */
  #safeUntil = '';
  #milli = '';
  #atMs = 0;
  #arrivedMs = 0;

  /** `fileBytes`: at this size the engine begins a new file. */
  constructor(fileBytes: number) {
    this.#thresholdMs = Math.max(1, fileBytes / FASTEST_BYTES_PER_MS);
  }

  /** A follow was opened when the engine's newest line had this time. */
  begin(safeUntil: string): void {
    this.#safeUntil = safeUntil;
    this.#milli = '';
  }

  /** Whether lines may be missing before this one, which came at `arrivedMs`. */
  isJump({ time }: RawLine, arrivedMs: number): boolean {
    const milli = time.slice(0, 23);
    if (milli === this.#milli) {
      this.#arrivedMs = arrivedMs;
      return false;
    }
    const atMs = Date.parse(`${milli}Z`);
    const isFirst = this.#milli === '';
    const jumpMs = atMs - this.#atMs - (arrivedMs - this.#arrivedMs);
    this.#milli = milli;
    this.#atMs = atMs;
    this.#arrivedMs = arrivedMs;
    return !isFirst && time > this.#safeUntil && jumpMs > this.#thresholdMs;
  }
}
