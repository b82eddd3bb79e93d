/**
 * Keeps the sshd of agents up that have one: a container that the engine or somebody else started again comes back without it. What we start
 * ourselves has it before it is ready, and nothing to do here but a look. Keys go with their agent.
 */
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { Sshd } from '../services/sshd.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';

export interface SshdKeeperParts {
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly sshd: Pick<Sshd, 'up' | 'forget'>;
  readonly bus: AppBus;
  readonly log: Log;
}

export class SshdKeeper {
  readonly #parts: SshdKeeperParts;
  /** The start of each agent that was looked at. */
  readonly #seen = new Map<AgentId, number>();
  readonly #work = new AbortController();
  #unheard: (() => void) | null = null;

  constructor(parts: SshdKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    const { bus, agents, fleet, sshd } = this.#parts;
    this.#unheard = bus.on('facts', (facts) => {
      for (const fact of facts) {
        if (fact.kind !== 'agent') continue;
        const row = agents.byId(fact.agent.id);
        if (row === undefined || !row.spec.ssh) continue;
        if (row.state === 'removed') {
          sshd.forget(row.id);
          this.#seen.delete(row.id);
        } else this.#look(row);
      }
    });
    fleet.listen({
      changed: () => undefined,
      online: (host) => {
        this.#lookAtAll(host.id);
      },
    });
    this.#lookAtAll();
  }

  close(): void {
    this.#unheard?.();
    this.#work.abort();
  }

  #lookAtAll(hostId?: string): void {
    for (const row of this.#parts.agents.list())
      if (row.spec.ssh && (hostId === undefined || row.hostId === hostId)) this.#look(row);
  }

  #engine(hostId: string): Engine | null {
    try {
      return this.#parts.fleet.engine(hostId);
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  #look({ id, name, state, startedAt, containerId, hostId }: AgentRow): void {
    if (state !== 'ready' || startedAt === null || containerId === null) return;
    if (this.#seen.get(id) === startedAt) return;
    const engine = this.#engine(hostId);
    // looked at when the host comes
    if (engine === null) return;
    this.#seen.set(id, startedAt);
    this.#parts.sshd.up(engine, id, containerId, this.#work.signal).catch((error: unknown) => {
      if (!this.#work.signal.aborted) this.#parts.log.warn({ agent: name, err: error }, 'its sshd is not up');
    });
  }
}
