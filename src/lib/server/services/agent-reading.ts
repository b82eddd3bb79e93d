/** What there is to see of agents. Every method asks for the right in its first line. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { runCommandOf } from '#lib/domain/run-command.ts';
import type {
  AgentDetailView,
  AgentView,
  HistoryEntry,
  LifeView,
  OperationView,
  Pulse,
  StatsSample,
} from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import { authorize, type Actor } from './access.ts';
import { matches, type AgentFilter } from './agent-filter.ts';
import type { AgentRecords } from './agent-records.ts';
import { lifeView } from './agent-views.ts';
import type { Operations } from './operations.ts';
import type { SecretService } from './secrets.ts';
import type { SpecMaker } from './spec-maker.ts';

export interface AgentPage {
  readonly agents: readonly AgentView[];
  readonly count: number;
  readonly nextCursor?: string;
}

export interface ReadingParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly specs: SpecMaker;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  readonly secrets: Pick<SecretService, 'mask'>;
}

export class AgentReading<Parts extends ReadingParts = ReadingParts> {
  protected readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** All agents that are not removed, newest first. From memory. */
  list(actor: Actor | null, filter: AgentFilter = {}): readonly AgentView[] {
    authorize(actor, 'agents.see');
    const { agents, records } = this.parts;
    const rows =
      filter.status?.includes('removed') === true
        ? [...agents.list(), ...agents.removed(500)]
        : agents.list();
    return rows
      .map((row) => records.view(row))
      .filter((view) => matches(view, filter))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** The same in pages; the cursor is the id of the last one given. */
  page(actor: Actor | null, filter: AgentFilter, limit: number, cursor: string | null): AgentPage {
    const all = this.list(actor, filter);
    const rest = cursor === null ? all : all.filter((view) => view.id < cursor);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      agents: page,
      count: all.length,
      ...(rest.length > limit && last !== undefined ? { nextCursor: last.id } : {}),
    };
  }

  /** By id, or by the name of one that is not removed. Throws NOT_FOUND. */
  get(actor: Actor | null, idOrName: string): AgentDetailView {
    authorize(actor, 'agents.see');
    return this.detail(this.row(idOrName));
  }

  pulses(actor: Actor | null): Readonly<Record<string, Pulse>> {
    authorize(actor, 'agents.see');
    const now = Date.now();
    const entries = this.parts.agents.list().flatMap((row) => {
      const pulse = this.parts.pulses.pulse(row.id, now);
      return pulse === null ? [] : [[row.id, pulse] as const];
    });
    return Object.fromEntries(entries);
  }

  pulse(actor: Actor | null, idOrName: string): Pulse | null {
    authorize(actor, 'agents.see');
    return this.parts.pulses.pulse(this.row(idOrName).id, Date.now());
  }

  samples(actor: Actor | null, idOrName: string): readonly StatsSample[] {
    authorize(actor, 'agents.see');
    return this.parts.pulses.samples(this.row(idOrName).id);
  }

  history(actor: Actor | null, idOrName: string): readonly HistoryEntry[] {
    authorize(actor, 'agents.see');
    return this.parts.journal.history(this.row(idOrName).id, 500);
  }

  lives(actor: Actor | null, idOrName: string): readonly LifeView[] {
    authorize(actor, 'agents.see');
    return this.parts.agents.lives(this.row(idOrName).id, 200).map(lifeView);
  }

  operationsOf(actor: Actor | null, idOrName: string): readonly OperationView[] {
    authorize(actor, 'operations.see');
    return this.parts.operations.ofAgent(this.row(idOrName).id, 50);
  }

  /** What the engine says of the container, whole. Throws NOT_FOUND when there is none. */
  async inspect(actor: Actor | null, idOrName: string): Promise<Readonly<Record<string, unknown>>> {
    authorize(actor, 'agents.inspect');
    const row = this.row(idOrName);
    if (row.containerId === null) throw new AppError('NOT_FOUND', 'This agent has no container now');
    const { raw } = await this.parts.fleet.engine(row.hostId).inspectContainer(row.containerId);
    return this.parts.secrets.mask(raw);
  }

  /** By name of one that is not removed, or by id. Throws NOT_FOUND. */
  protected row(idOrName: string): AgentRow {
    const { agents } = this.parts;
    const row = agents.byName(idOrName) ?? agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }

  protected detail(row: AgentRow): AgentDetailView {
    const { pulses, records, specs } = this.parts;
    const active = pulses.lastActivityAt(row.id) ?? row.lastActivityAt;
    return {
      ...records.view(row),
      lastActivityAt: active === null ? null : new Date(active).toISOString(),
      spec: row.spec,
      input: sayable(() => specs.asInput(row.name, row.type, row.spec)) ?? {},
      command: sayable(() => runCommandOf(row.name, row.spec).text) ?? '',
    };
  }
}

/** An adopted container may be something that our fields cannot say. */
function sayable<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
