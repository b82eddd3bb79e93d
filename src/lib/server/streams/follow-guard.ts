/**
 * Stands between the engine's follow and its reader, because a follow cannot be trusted alone: over the rotation of the log it may skip lines
 * (jump-watch.ts) or fall silent for good. What looks wrong is held against a short reading of the engine's newest lines; what is wrong
 * makes the follow be opened anew, which gives everything that the engine still has.
 */
import type { LogFrame, LogOptions } from '../engine/engine.ts';
import { JumpWatch } from './jump-watch.ts';
import { LineAssembler, type RawLine } from './lines.ts';

export interface ArrivedFrame {
  readonly frame: LogFrame;
  /** Milliseconds. */
  readonly arrivedMs: number;
}

/** Lines that are read to see whether one follows the other. */
const PROOF_LINES = 500;
/** Silence after which the engine is asked whether there is nothing; each further time later, as most agents rest. */
const QUIET_MS = 15_000;
const LONGEST_QUIET_MS = 120_000;
/** A line that the engine has may still be on its way. */
const ON_ITS_WAY_MS = 1_000;

export class FollowGuard {
  readonly #open: (options: LogOptions) => AsyncIterable<LogFrame>;
  readonly #jumps: JumpWatch | null;
  #connection = new AbortController();
  #arrivedMs = 0;

  /** `fileBytes`: at this size the engine begins a new file; null: the log is never rotated, and nothing is guarded. */
  constructor(open: (options: LogOptions) => AsyncIterable<LogFrame>, fileBytes: number | null) {
    this.#open = open;
    this.#jumps = fileBytes === null ? null : new JumpWatch(fileBytes);
  }

  /** The last reading did not come to its end: it has to be begun anew. */
  get wasCut(): boolean {
    return this.#connection.signal.aborted;
  }

  cut(): void {
    this.#connection.abort();
  }

  /** `opened` is called when the log is open, and gives the time of the newest line that is known whenever it is asked. */
  async *open(options: LogOptions, opened: () => string): AsyncGenerator<ArrivedFrame> {
    this.#connection = new AbortController();
    const signal = AbortSignal.any([options.signal, this.#connection.signal]);
    const guarded = options.follow && this.#jumps !== null;
    if (guarded) this.#jumps.begin(await this.#newestTime(signal));
    const frames = this.#open({ ...options, signal });
    opened();
    const stopWaiting = guarded ? this.#watchSilence(opened, signal) : null;
    try {
      for await (const frame of frames) {
        this.#arrivedMs = Date.now();
        yield { frame, arrivedMs: this.#arrivedMs };
      }
    } finally {
      stopWaiting?.();
    }
  }

  /** Whether it is worth asking `hasSkipped` before this line is taken. */
  looksSkipped(raw: RawLine, arrivedMs: number): boolean {
    return this.#jumps?.isJump(raw, arrivedMs) ?? false;
  }

  /** Whether the engine has lines between the newest that is known and this one, or has so many after it that it cannot be told. */
  async hasSkipped(raw: RawLine, newestTime: string, signal: AbortSignal): Promise<boolean> {
    if (raw.time <= newestTime) return false;
    const lines = await this.#read({
      follow: false,
      tail: PROOF_LINES,
      since: newestTime === '' ? null : newestTime,
      signal,
    });
    const reachesBack = lines.some((line) => line.time === newestTime);
    return !reachesBack || lines.find((line) => line.time > newestTime)?.time !== raw.time;
  }

  async #newestTime(signal: AbortSignal): Promise<string> {
    return (
      (await this.#read({ follow: false, tail: 1, since: null, signal })).findLast((line) => line.time !== '')
        ?.time ?? ''
    );
  }

  async #read(options: LogOptions): Promise<readonly RawLine[]> {
    const assembler = new LineAssembler();
    const lines: RawLine[] = [];
    for await (const frame of this.#open(options)) lines.push(...assembler.push(frame));
    return [...lines, ...assembler.end()];
  }

  #watchSilence(knownTime: () => string, signal: AbortSignal): () => void {
    let quietMs = QUIET_MS;
    let missing = '';
    let timer = setTimeout(look, quietMs);
    this.#arrivedMs = Date.now();
    const ask = () => this.#newestTime(signal).catch(() => '');
    const isQuiet = () => Date.now() - this.#arrivedMs >= Math.min(quietMs, QUIET_MS);
    const cut = () => {
      this.cut();
    };
    function look(): void {
      void lookOnce().then((nextMs) => {
        if (!signal.aborted) timer = setTimeout(look, nextMs);
      });
    }
    async function lookOnce(): Promise<number> {
      if (missing !== '' && missing > knownTime()) {
        cut();
        return quietMs;
      }
      missing = '';
      if (!isQuiet()) {
        quietMs = QUIET_MS;
        return quietMs;
      }
      const newest = await ask();
      quietMs = Math.min(quietMs * 2, LONGEST_QUIET_MS);
      if (newest <= knownTime()) return quietMs;
      missing = newest;
      return ON_ITS_WAY_MS;
    }
    return () => {
      clearTimeout(timer);
    };
  }
}
