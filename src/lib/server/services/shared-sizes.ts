import type { HostId } from '#lib/domain/ids.ts';
import type { Host } from '../hosts/host.ts';

interface Known {
  readonly at: number;
  /** Bytes that other images have too, by image id. */
  readonly sizes: ReadonlyMap<string, number>;
}

const FRESH_MS = 60_000;
const PATIENCE_MS = 120_000;

/**
 * How much images have in common. The engine walks over all layers for it, so nobody waits: what is known is given at once, and what is old
 * or missing is asked for in the background.
 */
export class SharedSizes {
  readonly #known = new Map<HostId, Known>();
  readonly #asking = new Set<HostId>();

  /** null: nothing is known of this host yet. */
  of(host: Host): ReadonlyMap<string, number> | null {
    const known = this.#known.get(host.id);
    if (known === undefined || known.at < Date.now() - FRESH_MS) void this.#ask(host);
    return known?.sizes ?? null;
  }

  async #ask(host: Host): Promise<void> {
    if (this.#asking.has(host.id)) return;
    this.#asking.add(host.id);
    try {
      const { images } = await host.engine().diskUsage(AbortSignal.timeout(PATIENCE_MS));
      const sizes = new Map(images.map((each) => [each.id, each.sharedSize]));
      this.#known.set(host.id, { at: Date.now(), sizes });
    } catch {
      // a host that is away, or too slow to say it: it stays unknown, and is asked again with the next list
    } finally {
      this.#asking.delete(host.id);
    }
  }
}
