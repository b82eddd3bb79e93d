import type { EngineEvent } from '../engine.ts';
import type { Stamps } from './clock.ts';

/** How many events the engine remembers for `since`. */
const REMEMBERED = 256;

type Listener = (event: EngineEvent) => void;

/** What happened, to whoever listens now, and the newest of it to those who ask `since`. */
export class EventLog {
  readonly #stamps: Stamps;
  readonly #listeners = new Set<Listener>();
  #past: EngineEvent[] = [];

  constructor(stamps: Stamps) {
    this.#stamps = stamps;
  }

  emit(
    type: EngineEvent['type'],
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    const event: EngineEvent = { type, action, id, attributes, timeNano: this.#stamps.next() };
    this.#past = [...this.#past, event].slice(-REMEMBERED);
    for (const listener of this.#listeners) listener(event);
  }

  /** Gives what is remembered from `since` on (seconds, inclusive), then what comes, until the returned function is called. */
  listen(since: number | undefined, listener: Listener): () => void {
    if (since !== undefined) {
      const from = BigInt(Math.round(since * 1000)) * 1_000_000n;
      for (const event of this.#past) if (event.timeNano >= from) listener(event);
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As after a restart of the engine. */
  forget(): void {
    this.#past = [];
  }
}
