import type { LogTail } from './log-tail.ts';

/** The log tails of all agents, one for each container that runs or ran since Slipway started. */
export class TailBoard {
  readonly #tails = new Map<string, LogTail>();
  readonly #waiting = new Map<string, Set<(tail: LogTail) => void>>();

  get(agentId: string): LogTail | undefined {
    return this.#tails.get(agentId);
  }

  /** Opens a tail unless one is being followed. Readers of an ended one are told of the new one. */
  follow(agentId: string, open: () => LogTail): void {
    const known = this.#tails.get(agentId);
    if (known !== undefined && known.state !== 'ended') return;
    known?.close();
    const tail = open();
    this.#tails.set(agentId, tail);
    for (const listener of this.#waiting.get(agentId) ?? []) listener(tail);
  }

  /** Hears of each new tail of an agent from now on. Gives what ends it. */
  onNew(agentId: string, listener: (tail: LogTail) => void): () => void {
    const listeners = this.#waiting.get(agentId) ?? new Set();
    this.#waiting.set(agentId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#waiting.delete(agentId);
    };
  }

  drop(agentId: string): void {
    this.#tails.get(agentId)?.close();
    this.#tails.delete(agentId);
  }

  close(): void {
    for (const tail of this.#tails.values()) tail.close();
    this.#tails.clear();
  }
}
