/** A few threads that look through files for all searches, in the order in which they are asked. Started when there is work, ended after a rest. */
import type { Worker } from 'node:worker_threads';
import type { Found } from './search-place.ts';
import type { SearchPiece } from './search-pieces.ts';
import type { ScanWish } from './search-scan.ts';

export interface ScanJob {
  readonly piece: SearchPiece;
  readonly q: string;
  readonly regex: boolean;
  readonly wish: Omit<ScanWish, 'agentId' | 'pattern'>;
  /** One Int32; other than 0 stops it soon. */
  readonly halt: SharedArrayBuffer;
}

/** `gone`: the file is not there, or it is another one by now. */
export type ScanReply =
  | { readonly kind: 'found'; readonly found: readonly Found[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'broken'; readonly message: string };

interface Asked {
  readonly job: ScanJob;
  readonly resolve: (reply: ScanReply) => void;
}

const REST_MS = 30_000;

export class SearchThreads {
  readonly size: number;
  readonly #start: () => Worker;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Asked>();
  readonly #queue: Asked[] = [];
  #rest: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(size: number, start: () => Worker) {
    this.size = size;
    this.#start = start;
  }

  /** Never rejects: a thread that died is an answer too. */
  scan(job: ScanJob): Promise<ScanReply> {
    if (this.#closed) return Promise.resolve({ kind: 'broken', message: 'Slipway is ending' });
    const { promise, resolve } = Promise.withResolvers<ScanReply>();
    this.#queue.push({ job, resolve });
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { resolve } of this.#queue.splice(0))
      resolve({ kind: 'broken', message: 'Slipway is ending' });
    await this.#end([...this.#idle.splice(0), ...this.#busy.keys()]);
  }

  #next(): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
    const asked = this.#queue[0];
    if (asked === undefined) {
      if (this.#busy.size === 0)
        this.#rest = setTimeout(() => void this.#end(this.#idle.splice(0)), REST_MS).unref();
      return;
    }
    const thread = this.#idle.pop() ?? (this.#busy.size < this.size ? this.#made() : null);
    if (thread === null) return;
    this.#queue.shift();
    this.#busy.set(thread, asked);
    // one that has nothing to do holds up nobody's end
    thread.ref();
    thread.postMessage(asked.job);
    this.#next();
  }

  #made(): Worker {
    const thread = this.#start();
    thread.on('message', (reply: ScanReply) => {
      this.#done(thread, reply);
      thread.unref();
      if (!this.#closed) this.#idle.push(thread);
      this.#next();
    });
    thread.on('error', (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#done(thread, { kind: 'broken', message });
    });
    thread.on('exit', () => {
      this.#done(thread, { kind: 'broken', message: 'the thread ended' });
      const place = this.#idle.indexOf(thread);
      if (place !== -1) this.#idle.splice(place, 1);
      this.#next();
    });
    return thread;
  }

  #done(thread: Worker, reply: ScanReply): void {
    const asked = this.#busy.get(thread);
    this.#busy.delete(thread);
    asked?.resolve(reply);
  }

  async #end(threads: readonly Worker[]): Promise<void> {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}
