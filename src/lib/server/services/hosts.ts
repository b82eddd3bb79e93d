import type { HostView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import { authorize, type Actor } from './access.ts';

export class HostService {
  readonly #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  list(actor: Actor | null): readonly HostView[] {
    authorize(actor, 'hosts.see');
    return this.#fleet.views();
  }

  get(actor: Actor | null, id: string): HostView {
    authorize(actor, 'hosts.see');
    return this.#fleet.get(id).view();
  }

  /** Which images of agent types are on which host; a host that is away gives none. Used by the form for new agents. */
  async hasImages(
    actor: Actor | null,
    images: readonly string[],
  ): Promise<Readonly<Record<string, readonly string[]>>> {
    authorize(actor, 'hosts.see');
    const found: Record<string, string[]> = Object.fromEntries(images.map((image) => [image, []]));
    await Promise.all(
      this.#fleet.hosts().map(async (host) => {
        try {
          const engine = host.engine();
          const tags = new Set((await engine.listImages()).flatMap((image) => image.tags));
          for (const [image, hosts] of Object.entries(found)) if (tags.has(image)) hosts.push(host.name);
        } catch {
          // a host that is away has nothing to offer; its state stands beside it
        }
      }),
    );
    return found;
  }
}
