import type { HostFigures } from '#lib/protocol/metrics.ts';

/** What each host uses and has now, in memory. A host that went away keeps its last figures: they say of when they are. */
export class HostBoard {
  readonly #figures = new Map<string, HostFigures>();
  readonly #listeners = new Set<(hostId: string, figures: HostFigures) => void>();

  put(hostId: string, figures: HostFigures): void {
    this.#figures.set(hostId, figures);
    for (const listener of this.#listeners) listener(hostId, figures);
  }

  get(hostId: string): HostFigures | null {
    return this.#figures.get(hostId) ?? null;
  }

  all(): Readonly<Record<string, HostFigures>> {
    return Object.fromEntries(this.#figures);
  }

  /** Hears of each new reading. Gives what ends it. */
  onNew(listener: (hostId: string, figures: HostFigures) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
