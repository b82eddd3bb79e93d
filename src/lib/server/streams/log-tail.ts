/**
 * One container's log, followed once for everybody: frames, lines, ring, readers, archive. It opens again where it was when the stream breaks and
 * drops what it had, so that nobody sees a gap or a double. It ends when the container's log ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogFrame, LogOptions } from '../engine/engine.ts';
import { FollowGuard } from './follow-guard.ts';
import { LineIntake, type Taken } from './line-intake.ts';
import { LineRing, sizeOf } from './line-ring.ts';
import { LineAssembler, type RawLine } from './lines.ts';
import type { LogKeeper } from './log-keeper.ts';

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

export interface LogTailOptions {
  readonly open: OpenLog;
  /** Tells "ended" from "engine away" when a stream closes: false, true, or null when nobody knows. */
  readonly isRunning: () => Promise<boolean | null>;
  /** Keeps all lines; without it the tail begins with the newest. */
  readonly keeper?: LogKeeper | null;
  /** At this size the engine begins a new file of the log. Bytes; null when it never does. */
  readonly fileBytes?: number | null;
}

const BATCH_MS = 30;
const BATCH_BYTES = 64 * 1024;
const WATCHED = { lines: 5_000, bytes: 2 * 1024 * 1024 };
const UNWATCHED = { lines: 500, bytes: 200 * 1024 };
/** What a page begins with. */
export const FIRST_LINES = 200;

export class LogTail {
  readonly #options: LogTailOptions;
  readonly #keeper: LogKeeper | null;
  readonly #guard: FollowGuard;
  readonly #closed = new AbortController();
  readonly #readers = new Set<LogReader>();
  readonly #ring = new LineRing();
  readonly #intake = new LineIntake();
  readonly #stopResuming: () => void;
  readonly #resumed = Promise.withResolvers<undefined>();
  #batch: Taken = { shown: [], kept: [] };
  #batchBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #state: 'live' | 'waiting' | 'ended' = 'live';
  readonly done: Promise<void>;
  /** What the archive has is known: the ring begins where it ends. */
  readonly ready: Promise<undefined> = this.#resumed.promise;

  constructor(options: LogTailOptions) {
    this.#options = options;
    this.#keeper = options.keeper ?? null;
    this.#guard = new FollowGuard(options.open, options.fileBytes ?? null);
    this.#stopResuming =
      this.#keeper?.onResumable(() => {
        this.#intake.interrupt();
        this.#guard.cut();
      }) ?? (() => undefined);
    this.done = this.#follow();
  }

  get lastLine(): LogLine | undefined {
    return this.#ring.last;
  }

  get state(): 'live' | 'waiting' | 'ended' {
    return this.#state;
  }

  /** Whether all its lines are in the archive, or on their way there. */
  get isKept(): boolean {
    return this.#intake.keeps;
  }

  /** The newest lines, at most `count`. */
  recent(count: number): readonly LogLine[] {
    this.#flush();
    return this.#ring.recent(count);
  }

  /** Lines after a line that somebody has, or null when the ring no longer reaches back to it. */
  after(last: { readonly seq: number }): readonly LogLine[] | null {
    this.#flush();
    const { oldest } = this.#ring;
    if (oldest === undefined) return [];
    if (last.seq < oldest.seq && this.#ring.size >= FIRST_LINES) return null;
    return this.#ring.after(last.seq);
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
    this.#flush();
    this.#closed.abort();
    this.#stopResuming();
    this.#keeper?.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed;
    let pause = 250;
    while (!signal.aborted) {
      const started = Date.now();
      try {
        await this.#resume();
        this.#resumed.resolve(undefined);
        if (await this.#read(true)) continue;
        const running = await this.#options.isRunning();
        if (running === false) {
          // a follow often ends without the last line when that has no newline; it is there when the log is read again
          await this.#read(false);
          break;
        }
        if (running === null) this.#tell('waiting');
      } catch {
        // the engine is away, or the container is gone: its state comes from the watcher, here it only means to wait or to end
        if (this.#isClosed()) break;
        this.#tell('waiting');
        if ((await this.#options.isRunning()) === false) break;
      }
      if (this.#isClosed()) break;
      pause = Date.now() - started > 5_000 ? 250 : Math.min(pause * 2, 5_000);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
    this.#resumed.resolve(undefined);
    if (this.#isClosed()) return;
    this.#flush();
    this.#tell('ended');
  }

  async #resume(): Promise<void> {
    if (this.#keeper === null || this.#intake.keeps) return;
    this.#flush();
    const kept = await this.#keeper.resume();
    if (kept === null) return;
    this.#intake.resume(kept);
    if (this.#ring.size > 0) return;
    this.#ring.beginsAfter((kept.recent[0]?.seq ?? kept.seq + 1) - 1);
    this.#batch.shown.push(...kept.recent);
    this.#flush();
  }

  /** Reads to the end. True when the reading was cut off and has to be begun anew. */
  async #read(follow: boolean): Promise<boolean> {
    const since = this.#intake.begin();
    const tail = since === null && !this.#intake.keeps ? FIRST_LINES : null;
    const assembler = new LineAssembler();
    const frames = this.#guard.open({ follow, tail, since, signal: this.#closed.signal }, () => {
      this.#tell('live');
      return this.#intake.newestTime;
    });
    for await (const { frame, arrivedMs } of frames) {
      for (const raw of assembler.push(frame)) {
        if (follow && this.#guard.looksSkipped(raw, arrivedMs) && (await this.#hasSkipped(raw))) return true;
        this.#take(raw);
      }
      this.#flushSoon();
      const relief = this.#keeper?.relief() ?? null;
      if (relief !== null) await relief;
    }
    if (this.#guard.wasCut) return !this.#isClosed();
    for (const raw of assembler.end()) this.#take(raw);
    this.#flushSoon();
    return false;
  }

  #hasSkipped(raw: RawLine): Promise<boolean> {
    return this.#guard.hasSkipped(raw, this.#intake.newestTime, this.#closed.signal);
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #tell(state: 'live' | 'waiting' | 'ended'): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const reader of this.#readers) reader.state(state);
  }

  #take(raw: RawLine): void {
    if (this.#intake.take(raw, this.#batch)) this.#batchBytes += sizeOf(raw);
  }

  #flushSoon(): void {
    if (this.#batchBytes >= BATCH_BYTES) this.#flush();
    else if (this.#batchBytes > 0) this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { shown, kept } = this.#batch;
    if (shown.length === 0 && kept.length === 0) return;
    this.#batch = { shown: [], kept: [] };
    this.#batchBytes = 0;
    if (kept.length > 0 && this.#keeper?.keep(kept) === false) this.#intake.interrupt();
    this.#ring.add(shown);
    this.#trim();
    if (shown.length > 0) for (const reader of this.#readers) reader.lines(shown);
  }

  #trim(): void {
    this.#ring.trim([...this.#readers].some((reader) => reader.weight === 'full') ? WATCHED : UNWATCHED);
  }
}
