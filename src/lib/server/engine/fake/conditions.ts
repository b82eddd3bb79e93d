import type { Clock } from './clock.ts';
import { socketFault, type SocketFault } from './refusal.ts';

/** A method of the engine port, `open`, or all of them. */
export type Which = string;

/** A stream as the faults see it. */
interface Breakable {
  break(error: Error): void;
  freeze(frozen: boolean): void;
}

interface Failure {
  readonly error: Error;
  readonly afterEffect: boolean;
  left: number;
}

/**
 * The way between us and the fake engine, and what a test does to it: slow, hanging, cut, failing. The containers behind it know nothing
 * of all this and go on.
 */
export class Conditions {
  readonly #clock: Clock;
  readonly #callMs: number;
  readonly #pipes = new Set<Breakable>();
  readonly #delays = new Map<Which, number>();
  readonly #holds = new Map<Which, PromiseWithResolvers<undefined>>();
  readonly #failures = new Map<Which, Failure>();
  #away: SocketFault | null = null;

  constructor(clock: Clock, callMs: number) {
    this.#clock = clock;
    this.#callMs = callMs;
  }

  /** Resolves when a call may reach the engine. Rejects with what the caller's connection would have met. */
  async pass(method: Which, signal?: AbortSignal, deadlineMs = this.#callMs): Promise<void> {
    this.#check(signal);
    const delay = this.#delays.get(method) ?? this.#delays.get('all') ?? 0;
    if (delay > 0) await this.#clock.wait(delay, signal);
    this.#check(signal);
    await this.#released(method, signal, deadlineMs);
    this.#check(signal);
    this.#fail(method, false);
  }

  /** The answer is on its way back: it may still be lost. */
  answered(method: Which): void {
    this.#fail(method, true);
  }

  /** Opens a stream that the faults reach. */
  attach(pipe: Breakable): () => void {
    this.#pipes.add(pipe);
    return () => this.#pipes.delete(pipe);
  }

  cut(fault: SocketFault): void {
    this.#away = fault;
    this.breakStreams();
    this.#releaseAll();
  }

  heal(): void {
    this.#away = null;
    this.#releaseAll();
    for (const pipe of this.#pipes) pipe.freeze(false);
  }

  breakStreams(): void {
    for (const pipe of this.#pipes) pipe.break(socketFault('ECONNRESET'));
    this.#pipes.clear();
  }

  /** Calls of this method get no answer until the returned function is called. */
  hold(method: Which): () => void {
    const hold = Promise.withResolvers<undefined>();
    this.#holds.set(method, hold);
    if (method === 'all') for (const pipe of this.#pipes) pipe.freeze(true);
    return () => {
      if (this.#holds.get(method) === hold) this.#holds.delete(method);
      hold.resolve(undefined);
    };
  }

  delay(method: Which, ms: number): void {
    this.#delays.set(method, ms);
  }

  failNext(method: Which, error: Error, times: number, afterEffect: boolean): void {
    this.#failures.set(method, { error, left: times, afterEffect });
  }

  async #released(method: Which, signal: AbortSignal | undefined, deadlineMs: number): Promise<void> {
    if (this.#held(method) === undefined) return;
    const over = new AbortController();
    const late = this.#clock.wait(
      deadlineMs,
      signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
    );
    try {
      for (let hold = this.#held(method); hold !== undefined; hold = this.#held(method)) {
        const answered = await Promise.race([hold.promise.then(() => true), late.then(() => false)]);
        this.#check(signal);
        if (!answered) throw new DOMException('The engine did not answer in time', 'TimeoutError');
      }
    } finally {
      over.abort();
    }
  }

  #held(method: Which): PromiseWithResolvers<undefined> | undefined {
    return this.#holds.get('all') ?? this.#holds.get(method);
  }

  #releaseAll(): void {
    for (const hold of this.#holds.values()) hold.resolve(undefined);
    this.#holds.clear();
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#away !== null) throw socketFault(this.#away);
  }

  #fail(method: Which, afterEffect: boolean): void {
    const failure = this.#failures.get(method);
    if (failure?.afterEffect !== afterEffect) return;
    failure.left -= 1;
    if (failure.left <= 0) this.#failures.delete(method);
    throw failure.error;
  }
}
