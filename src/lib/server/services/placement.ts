/** Where a new agent goes when nobody names a host: where its image is, and then where most memory and CPU are not promised to others. */
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository } from '../storage/agents.ts';
import { refuseWhatHostLacks } from './spec-maker.ts';

/** A host that does not say whether it has an image counts as one that has it not. */
const IMAGE_MS = 1_000;

/** What running agents may use by their limits: bytes and cores. */
export interface Promised {
  readonly memory: number;
  readonly cpu: number;
  readonly count: number;
}

export class Placement {
  readonly #fleet: Fleet;
  readonly #agents: AgentRepository;

  constructor(parts: { readonly fleet: Fleet; readonly agents: AgentRepository }) {
    this.#fleet = parts.fleet;
    this.#agents = parts.agents;
  }

  /**
   * The named host, or for `auto` the best of those that the spec fits on. Throws NOT_FOUND for an unknown name, SOCKET_ERROR or HOST_UNREACHABLE
   * when none is reachable, and what keeps it from the largest host when it fits on none.
   */
  async place(wish: string, spec: AgentSpec): Promise<Host> {
    if (wish !== 'auto') return this.#fleet.place(wish);
    const fitting = this.#fleet.hosts().filter((host) => whyNot(host, spec) === null);
    const [best] = await this.rank(fitting, spec);
    if (best !== undefined) return best;
    const largest = this.#fleet.place('auto');
    refuseWhatHostLacks(spec, largest.info);
    return largest;
  }

  /** The best first. */
  async rank(hosts: readonly Host[], spec: AgentSpec): Promise<readonly Host[]> {
    if (hosts.length < 2) return hosts;
    const known = await Promise.all(
      hosts.map(async (host) => {
        const free = this.#free(host);
        return { host, hasImage: await hasImage(host, spec.image), ...free };
      }),
    );
    return known
      .toSorted(
        (a, b) =>
          Number(b.hasImage) - Number(a.hasImage) || b.memory - a.memory || b.cpu - a.cpu || byName(a, b),
      )
      .map((each) => each.host);
  }

  promised(host: Host): Promised {
    const rows = this.#agents
      .onHost(host.id)
      .filter((row) => row.wanted === 'running' && row.startedAt !== null && row.endedAt === null);
    return {
      memory: rows.reduce((sum, row) => sum + (row.spec.resources.memory ?? 0), 0),
      cpu: rows.reduce((sum, row) => sum + (row.spec.resources.cpu ?? 0), 0),
      count: rows.length,
    };
  }

  #free(host: Host): { readonly memory: number; readonly cpu: number } {
    const promised = this.promised(host);
    return {
      memory: (host.info?.memory ?? 0) - promised.memory,
      cpu: (host.info?.cpus ?? 0) - promised.cpu,
    };
  }
}

/** What keeps a spec from a host, in words; null when it fits. */
export function whyNot(host: Host, spec: AgentSpec): string | null {
  try {
    host.engine();
    refuseWhatHostLacks(spec, host.info);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

async function hasImage(host: Host, image: string): Promise<boolean> {
  try {
    return (await host.engine().inspectImage(image, AbortSignal.timeout(IMAGE_MS))) !== null;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function byName(a: { readonly host: Host }, b: { readonly host: Host }): number {
  return a.host.name < b.host.name ? -1 : 1;
}
