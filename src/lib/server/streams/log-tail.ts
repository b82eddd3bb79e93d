/**
 * One container's log, followed once for everybody: frames, lines, ring, subscribers. It opens again with `since` when the stream breaks and
 * drops what it had, so that nobody sees a gap or a double. It ends when the container's log ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogFrame, LogOptions } from '../engine/engine.ts';
import { LineAssembler, type RawLine } from './lines.ts';
import { Seen, Sequence } from './log-order.ts';

export interface LogReader {
  /** A `light` reader needs only what comes; for others the ring keeps more of the past. */
  readonly weight: 'light' | 'full';
  /** Lines in order; called at most once each `BATCH_MS`. */
  lines(lines: readonly LogLine[]): void;
  /** `waiting`: the engine is away. `ended`: the container's log came to its end. */
  state(state: 'live' | 'waiting' | 'ended'): void;
}

/** Opens the log; throws when the engine is away. */
export type OpenLog = (options: LogOptions) => AsyncIterable<LogFrame>;

const BATCH_MS = 30;
const BATCH_BYTES = 64 * 1024;
const WATCHED = { lines: 5_000, bytes: 2 * 1024 * 1024 };
const UNWATCHED = { lines: 500, bytes: 200 * 1024 };
/** What a new tail reads of the past. */
export const FIRST_LINES = 200;

export class LogTail {
  readonly #open: OpenLog;
  readonly #isRunning: () => Promise<boolean | null>;
  readonly #closed = new AbortController();
  readonly #readers = new Set<LogReader>();
  #ring: LogLine[] = [];
  #ringBytes = 0;
  /** The number of the newest line that the ring no longer has. */
  #droppedSeq = 0;
  #batch: LogLine[] = [];
  #batchBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #state: 'live' | 'waiting' | 'ended' = 'live';
  readonly #sequence = new Sequence();
  readonly #seen = new Seen();
  readonly done: Promise<void>;

  /** `isRunning` tells "ended" from "engine away" when a stream closes: false, true, or null when nobody knows. */
  constructor(open: OpenLog, isRunning: () => Promise<boolean | null>) {
    this.#open = open;
    this.#isRunning = isRunning;
    this.done = this.#follow();
  }

  get lastLine(): LogLine | undefined {
    return this.#ring.at(-1);
  }

  get state(): 'live' | 'waiting' | 'ended' {
    return this.#state;
  }

  /** The newest lines, at most `count`. */
  recent(count: number): readonly LogLine[] {
    this.#flush();
    return count === 0 ? [] : this.#ring.slice(-count);
  }

  /** Lines after a line that somebody has, or null when the ring no longer reaches back to it. */
  after(last: { readonly seq: number; readonly time: string }): readonly LogLine[] | null {
    this.#flush();
    const oldest = this.#ring[0];
    if (oldest === undefined) return [];
    // few long lines can push out the rest, so the ring's length alone does not tell
    if (last.seq < this.#droppedSeq) return null;
    if (last.seq < oldest.seq && this.#ring.length >= FIRST_LINES) return null;
    return this.#ring.filter((line) => line.seq > last.seq);
  }

  subscribe(reader: LogReader): () => void {
    this.#flush();
    this.#readers.add(reader);
    reader.state(this.#state);
    return () => {
      this.#readers.delete(reader);
      this.#trim();
    };
  }

  close(): void {
    this.#closed.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed;
    let pause = 250;
    while (!signal.aborted) {
      const started = Date.now();
      try {
        const since = this.#seen.time;
        const frames = this.#open({ follow: true, tail: since === null ? FIRST_LINES : null, since, signal });
        const assembler = new LineAssembler();
        this.#tell('live');
        for await (const frame of frames) this.#take(assembler.push(frame));
        this.#take(assembler.end());
        const running = await this.#isRunning();
        if (running === false) {
          await this.#readRest();
          break;
        }
        if (running === null) this.#tell('waiting');
      } catch {
        // the engine is away, or the container is gone: its state comes from the watcher, here it only means to wait or to end
        if (this.#isClosed()) return;
        this.#tell('waiting');
        if ((await this.#isRunning()) === false) break;
      }
      if (this.#isClosed()) return;
      pause = Date.now() - started > 5_000 ? 250 : Math.min(pause * 2, 5_000);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
    this.#flush();
    this.#tell('ended');
  }

  /** A follow often ends without the last line when that has no newline; it is there when the log is read again. */
  async #readRest(): Promise<void> {
    const assembler = new LineAssembler();
    const { signal } = this.#closed;
    for await (const frame of this.#open({ follow: false, tail: null, since: this.#seen.time, signal }))
      this.#take(assembler.push(frame));
    this.#take(assembler.end());
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #tell(state: 'live' | 'waiting' | 'ended'): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const reader of this.#readers) reader.state(state);
  }

  #take(lines: readonly RawLine[]): void {
    for (const raw of lines) {
      if (!this.#seen.isNew(raw)) continue;
      const line: LogLine = { seq: this.#sequence.next(raw.time), ...raw };
      this.#batch.push(line);
      this.#batchBytes += line.text.length + 64;
    }
    if (this.#batchBytes >= BATCH_BYTES) this.#flush();
    else if (this.#batch.length > 0) this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#ringBytes += this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    for (const line of batch) this.#ring.push(line);
    this.#trim();
    for (const reader of this.#readers) reader.lines(batch);
  }

  #trim(): void {
    const limit = [...this.#readers].some((reader) => reader.weight === 'full') ? WATCHED : UNWATCHED;
    let drop = Math.max(0, this.#ring.length - limit.lines);
    let bytes = this.#ringBytes;
    for (let at = 0; at < this.#ring.length && (at < drop || bytes > limit.bytes); at += 1) {
      bytes -= (this.#ring[at]?.text.length ?? 0) + 64;
      drop = Math.max(drop, at + 1);
    }
    if (drop === 0) return;
    this.#droppedSeq = this.#ring[drop - 1]?.seq ?? this.#droppedSeq;
    this.#ring = this.#ring.slice(drop);
    this.#ringBytes = bytes;
  }
}
