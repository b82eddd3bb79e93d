/**
 * A socket before the engine's own that counts the calls that pass: the proof of what asks the engine and what does not. It works in a
 * thread of its own, so that it takes no time from the one that measures.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** By kind of call, such as `GET /containers/{id}/stats`. */
export type CallCounts = Readonly<Record<string, number>>;

const STATS = 'GET /containers/{id}/stats';
const BURST_OVER_MS = 1_000;
const LOOK_MS = 100;

export class EngineTap {
  readonly socket: string;
  readonly #worker: Worker;

  private constructor(socket: string, worker: Worker) {
    this.socket = socket;
    this.#worker = worker;
  }

  /** @param socket where it listens @param engine the engine's own */
  static async start(socket: string, engine: string): Promise<EngineTap> {
    const worker = new Worker(new URL('./engine-tap-worker.ts', import.meta.url), {
      workerData: { socket, engine },
    });
    await once(worker, 'message'); // rejects with the worker's error
    return new EngineTap(socket, worker);
  }

  async counts(): Promise<CallCounts> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage('counts');
    const [counts] = (await answer) as [CallCounts];
    return counts;
  }

  /** What passes from now on, for this long. */
  async during(ms: number, signal: AbortSignal): Promise<CallCounts> {
    const before = await this.counts();
    await delay(ms, undefined, { signal });
    return difference(await this.counts(), before);
  }

  /**
   * Resolves just after Slipway has measured all its agents, which it does every ten seconds: the moment from which a window of a few
   * seconds holds none of that. After `patienceMs` without any it resolves too.
   */
  async untilMeasured(patienceMs: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const first = (await this.counts())[STATS] ?? 0;
    let seen = first;
    let changedAt = started;
    while (performance.now() - started < patienceMs) {
      await delay(LOOK_MS, undefined, { signal });
      const now = (await this.counts())[STATS] ?? 0;
      if (now !== seen) changedAt = performance.now();
      seen = now;
      if (seen > first && performance.now() - changedAt > BURST_OVER_MS) return;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

export function difference(after: CallCounts, before: CallCounts): CallCounts {
  const kinds = [...new Set([...Object.keys(after), ...Object.keys(before)])].sort();
  const entries = kinds.map((kind) => [kind, (after[kind] ?? 0) - (before[kind] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}

export function total(counts: CallCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
