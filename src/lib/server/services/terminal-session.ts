/**
 * One terminal session. It lives here and not in a page: its screen goes on while nobody looks, and everybody who looks sees the same one.
 * Who looks and is slow holds up the program only when all are slow, and never a main process, whose log would wait too.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { TerminalId } from '#lib/domain/ids.ts';
import type { TerminalEnd, TerminalState } from '#lib/protocol/terminal.ts';
import type { TerminalSize } from '../engine/engine.ts';
import type { TerminalRecording } from '../streams/terminal-recording.ts';
import { TerminalScreen } from '../streams/terminal-screen.ts';
import { TerminalViewer, type ViewerDoor } from '../streams/terminal-viewer.ts';
import type { TerminalSource } from './terminal-source.ts';

const TRY_AGAIN_MS = 1_000;
/** A flood that nobody looks at is read no faster than this: bytes, and the pause after them. */
const UNWATCHED_BYTES = 256 * 1024;
const UNWATCHED_PAUSE_MS = 50;

export interface SessionParts {
  readonly id: TerminalId;
  readonly source: TerminalSource;
  readonly size: TerminalSize;
  readonly recording: TerminalRecording | null;
  /** How long it is kept after the last viewer has left. */
  readonly keptMs: number;
  /** State, size or viewers are others. */
  readonly changed: () => void;
  readonly typed: () => void;
  /** Says whether its container has ended, once its output has. */
  readonly containerEnded: () => Promise<boolean>;
  readonly ended: (end: TerminalEnd, exitCode: number | null) => void;
}

/** What somebody who looks may do. */
export interface ViewerHandle {
  readonly screen: Promise<string>;
  readonly mayWrite: boolean;
  write(bytes: Buffer): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  drawn(bytes: number): void;
  leave(): void;
}

export class TerminalSession {
  readonly #parts: SessionParts;
  readonly #screen: TerminalScreen;
  readonly #viewers = new Set<TerminalViewer>();
  readonly #over = Promise.withResolvers<undefined>();
  #source: TerminalSource;
  #state: TerminalState = 'open';
  #room: PromiseWithResolvers<undefined> | null = null;
  #unwatched: NodeJS.Timeout | null = null;
  #unwatchedBytes = 0;
  #ending: TerminalEnd | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#source = parts.source;
    this.#screen = new TerminalScreen(parts.size);
    this.#screen.onAnswer((answer) => {
      void this.#source.write(Buffer.from(answer, 'latin1')).catch(() => undefined);
    });
    this.#watchTheWatchers();
    void this.#run();
  }

  get state(): TerminalState {
    return this.#state;
  }

  get size(): TerminalSize {
    return this.#screen.size;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  join(door: ViewerDoor, mayWrite: boolean): ViewerHandle {
    const viewer = new TerminalViewer(door, {
      mayWrite,
      snapshot: (drawn) => {
        this.#screen.snapshot(drawn);
      },
    });
    this.#viewers.add(viewer);
    this.#watchTheWatchers();
    let size: TerminalSize | null = null;
    const refuseReader = () => {
      if (!mayWrite) throw new AppError('FORBIDDEN', 'You may watch this session, and not type in it');
    };
    return {
      screen: viewer.begin(),
      mayWrite,
      write: async (bytes) => {
        refuseReader();
        if (this.#state !== 'open') throw new AppError('CONFLICT', 'This session cannot be typed in now');
        this.#parts.typed();
        // who types is who it has to fit
        if (size !== null) await this.#resize(size);
        await this.#source.write(bytes);
      },
      resize: async (wanted) => {
        if (!mayWrite) return;
        size = wanted;
        await this.#resize(wanted);
      },
      drawn: (bytes) => {
        viewer.drawn(bytes);
        this.#letGo();
      },
      leave: () => {
        viewer.leave();
        this.#viewers.delete(viewer);
        this.#watchTheWatchers();
        this.#letGo();
      },
    };
  }

  /** Ends it together with the program that was started for it. Resolves when that is gone. */
  async end(end: TerminalEnd): Promise<void> {
    if (this.#state === 'ended') return;
    this.#ending ??= end;
    this.#letGo();
    try {
      await this.#source.end();
    } finally {
      await this.#finish(this.#ending, null);
    }
  }

  async #run(): Promise<void> {
    for (;;) {
      try {
        for await (const { bytes } of this.#source.output) await this.#take(bytes);
        const exitCode = await this.#source.exitCode().catch(() => null);
        const ownEnd = this.#source.again === null && !(await this.#parts.containerEnded());
        await this.#finish(this.#ending ?? (ownEnd ? 'exit' : 'container'), ownEnd ? exitCode : null);
        return;
      } catch {
        if (this.#ending !== null) return;
        if (!(await this.#opened())) return;
      }
    }
  }

  /** After the connection broke: waits for the engine as long as a session is kept. */
  async #opened(): Promise<boolean> {
    const { again } = this.#source;
    if (again === null) {
      // it may go on inside, where nobody can see it
      void this.#source.end().catch(() => undefined);
      await this.#finish('connection', null);
      return false;
    }
    this.#be('waiting');
    const giveUpAt = Date.now() + this.#parts.keptMs;
    while (Date.now() < giveUpAt) {
      if (this.#ending !== null) return false;
      try {
        this.#source = await again();
        this.#be('open');
        return true;
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'CONFLICT' || error.code === 'NOT_FOUND') break;
      }
      await delay(TRY_AGAIN_MS);
    }
    await this.#finish('container', null);
    return false;
  }

  async #take(bytes: Buffer): Promise<void> {
    for (const viewer of this.#viewers) viewer.take(bytes);
    await this.#parts.recording?.output(bytes);
    await this.#screen.write(bytes);
    if (!this.#source.mayPause) return;
    if (this.#viewers.size === 0) {
      this.#unwatchedBytes += bytes.length;
      if (this.#unwatchedBytes < UNWATCHED_BYTES) return;
      this.#unwatchedBytes = 0;
      await delay(UNWATCHED_PAUSE_MS);
    }
    while (
      this.#ending === null &&
      this.#viewers.size > 0 &&
      ![...this.#viewers].some((each) => each.keepsUp)
    ) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
  }

  #letGo(): void {
    this.#room?.resolve(undefined);
    this.#room = null;
  }

  async #resize(size: TerminalSize): Promise<void> {
    const now = this.size;
    if (this.#state !== 'open' || (now.columns === size.columns && now.rows === size.rows)) return;
    this.#screen.resize(size);
    this.#parts.changed();
    await this.#parts.recording?.resize(size);
    await this.#source.resize(size);
  }

  /** With nobody there it ends after a while. */
  #watchTheWatchers(): void {
    if (this.#unwatched !== null) clearTimeout(this.#unwatched);
    this.#unwatched = null;
    if (this.#state !== 'ended' && this.#viewers.size === 0)
      this.#unwatched = setTimeout(() => {
        void this.end('unwatched').catch(() => undefined);
      }, this.#parts.keptMs);
    this.#parts.changed();
  }

  #be(state: TerminalState): void {
    this.#state = state;
    this.#parts.changed();
  }

  async #finish(end: TerminalEnd, exitCode: number | null): Promise<void> {
    if (this.#state === 'ended') return this.#over.promise.then(() => undefined);
    this.#state = 'ended';
    if (this.#unwatched !== null) clearTimeout(this.#unwatched);
    await this.#parts.recording?.close();
    this.#parts.ended(end, exitCode);
    for (const viewer of this.#viewers) viewer.door.changed();
    this.#over.resolve(undefined);
  }
}
