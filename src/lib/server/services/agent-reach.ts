import { notFound, AppError } from '#lib/domain/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';

export interface ReachedAgent {
  readonly row: AgentRow;
  readonly containerId: string;
  readonly engine: Engine;
}

/** Finds agents whose container is to be reached into. */
export class AgentReach {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;

  constructor({ agents, fleet }: { readonly agents: AgentRepository; readonly fleet: Fleet }) {
    this.#agents = agents;
    this.#fleet = fleet;
  }

  /** Also one that does not run, or is removed. Throws NOT_FOUND. */
  find(idOrName: string): AgentRow {
    const row = this.#agents.byName(idOrName) ?? this.#agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }

  /** Throws CONFLICT for one that does not run, HOST_UNREACHABLE while its host is away. */
  running(idOrName: string): ReachedAgent {
    const row = this.find(idOrName);
    const { containerId, state } = row;
    if (state === 'paused')
      throw new AppError('CONFLICT', `${row.name} is paused`, { hint: 'Resume it first.' });
    if (containerId === null || row.startedAt === null || row.endedAt !== null)
      throw new AppError('CONFLICT', `${row.name} does not run`, { hint: 'Start it first.' });
    return { row, containerId, engine: this.#fleet.engine(row.hostId) };
  }
}
