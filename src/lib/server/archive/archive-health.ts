/**
 * Whether the archive can be written. A disk that is full or broken pauses it, for all containers at once: what they print is still shown, and is
 * taken from the engine when there is room again.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ArchivePause {
  /** The error's code, such as ENOSPC, or its message. */
  readonly reason: string;
  /** Milliseconds. */
  readonly since: number;
}

const RETRY_MS = 3_000;
/** So much must fit before it is tried again. */
const ROOM = Buffer.alloc(1024 * 1024);

export class ArchiveHealth {
  readonly #folder: string;
  readonly #retryMs: number;
  readonly #changed: (pause: ArchivePause | null) => void;
  readonly #listeners = new Set<() => void>();
  #paused: ArchivePause | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `folder` is where it writes; `changed` hears of each pause and of its end. */
  constructor(
    folder: string,
    changed: (pause: ArchivePause | null) => void,
    { retryMs = RETRY_MS }: { readonly retryMs?: number } = {},
  ) {
    this.#folder = folder;
    this.#changed = changed;
    this.#retryMs = retryMs;
  }

  get paused(): ArchivePause | null {
    return this.#paused;
  }

  pause(error: unknown): void {
    if (this.#paused !== null || this.#closed) return;
    this.#paused = { reason: reasonOf(error), since: Date.now() };
    this.#changed(this.#paused);
    this.#retryLater();
  }

  /** Called when it can be written again. Gives what ends it. */
  onRecovered(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => {
      void this.#retry();
    }, this.#retryMs);
  }

  async #retry(): Promise<void> {
    const probe = join(this.#folder, '.room');
    try {
      await writeFile(probe, ROOM);
      await rm(probe);
    } catch {
      await rm(probe, { force: true }).catch(() => undefined);
      if (!this.#closed) this.#retryLater();
      return;
    }
    if (this.#closed) return;
    this.#paused = null;
    this.#changed(null);
    for (const listener of [...this.#listeners]) listener();
  }
}

function reasonOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.message : String(error);
}
