/** What a person can do with agents. Every method asks for the right in its first line; the flows behind it are beside this file. */
import { can, type AgentCommand } from '#lib/domain/agent-state.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { killInput, parseInput, removeInput, stopInput } from '#lib/domain/inputs.ts';
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
import { asReason, authorize, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import { lifeView } from './agent-views.ts';
import type { Operations } from './operations.ts';
import type { Spawned, Spawning } from './spawning.ts';
import type { Verbs } from './verbs.ts';

export interface AgentFilter {
  readonly status?: readonly string[];
  readonly type?: readonly string[];
  readonly role?: readonly string[];
  readonly host?: readonly string[];
  /** `key` or `key=value`. */
  readonly tag?: readonly string[];
  readonly q?: string | null;
}

export interface AgentPage {
  readonly agents: readonly AgentView[];
  readonly count: number;
  readonly nextCursor?: string;
}

export interface AgentServiceParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly spawning: Spawning;
  readonly verbs: Verbs;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
}

export class AgentService {
  readonly #parts: AgentServiceParts;

  constructor(parts: AgentServiceParts) {
    this.#parts = parts;
  }

  /** All agents that are not removed, newest first. From memory. */
  list(actor: Actor | null, filter: AgentFilter = {}): readonly AgentView[] {
    authorize(actor, 'agents.see');
    const { agents, records } = this.#parts;
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
    return this.#detail(this.#row(idOrName));
  }

  pulses(actor: Actor | null): Readonly<Record<string, Pulse>> {
    authorize(actor, 'agents.see');
    const now = Date.now();
    const entries = this.#parts.agents.list().flatMap((row) => {
      const pulse = this.#parts.pulses.pulse(row.id, now);
      return pulse === null ? [] : [[row.id, pulse] as const];
    });
    return Object.fromEntries(entries);
  }

  pulse(actor: Actor | null, idOrName: string): Pulse | null {
    authorize(actor, 'agents.see');
    return this.#parts.pulses.pulse(this.#row(idOrName).id, Date.now());
  }

  samples(actor: Actor | null, idOrName: string): readonly StatsSample[] {
    authorize(actor, 'agents.see');
    return this.#parts.pulses.samples(this.#row(idOrName).id);
  }

  history(actor: Actor | null, idOrName: string): readonly HistoryEntry[] {
    authorize(actor, 'agents.see');
    return this.#parts.journal.history(this.#row(idOrName).id, 500);
  }

  lives(actor: Actor | null, idOrName: string): readonly LifeView[] {
    authorize(actor, 'agents.see');
    return this.#parts.agents.lives(this.#row(idOrName).id, 200).map(lifeView);
  }

  operationsOf(actor: Actor | null, idOrName: string): readonly OperationView[] {
    authorize(actor, 'operations.see');
    return this.#parts.operations.ofAgent(this.#row(idOrName).id, 50);
  }

  /** What the engine says of the container, whole. Throws NOT_FOUND when there is none. */
  async inspect(actor: Actor | null, idOrName: string): Promise<Readonly<Record<string, unknown>>> {
    authorize(actor, 'agents.inspect');
    const row = this.#row(idOrName);
    if (row.containerId === null) throw new AppError('NOT_FOUND', 'This agent has no container now');
    return (await this.#parts.fleet.engine(row.hostId).inspectContainer(row.containerId)).raw;
  }

  /** Makes an agent. Gives it in `queued` at once; with `wait` when it is ready, or throws why not. */
  async spawn(
    actor: Actor | null,
    input: unknown,
    options: { wait?: boolean; idempotencyKey?: string | null } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const spawned: Spawned = await this.#parts.spawning.spawn(who, input, options.idempotencyKey ?? null);
    if (options.wait === true && spawned.operation !== null) await spawned.operation.done;
    return this.#detail(this.#row(spawned.row.id));
  }

  /** Same container, filesystem as it was. Of one that could not be made: tries again. Running already: success. */
  start(actor: Actor | null, idOrName: string, options: { wait?: boolean } = {}): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.#row(idOrName);
    if (row.state === 'ready' || row.state === 'starting') return Promise.resolve(this.#detail(row));
    this.#guard(row, 'start');
    if (row.containerId === null)
      return this.#finish(row, this.#parts.spawning.again(row, asReason(who)).done, options);
    return this.#finish(row, this.#parts.verbs.start(row, asReason(who)).done, options);
  }

  /**
   * SIGTERM, then SIGKILL after `timeout`. With `delay` the command waits that long and can be taken back meanwhile. Stopped already: success.
   */
  stop(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const wish = parseInput(stopInput, input);
    const row = this.#row(idOrName);
    if (row.state === 'stopped' || row.state === 'exited' || row.state === 'crashed')
      return Promise.resolve(this.#detail(row));
    if (row.state === 'stopping') return Promise.resolve(this.#detail(row));
    this.#guard(row, 'stop');
    return this.#finish(row, this.#parts.verbs.stop(row, asReason(who), wish).done, options);
  }

  restart(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { timeout } = parseInput(stopInput, input);
    const row = this.#row(idOrName);
    this.#guard(row, 'restart');
    return this.#finish(row, this.#parts.verbs.restart(row, asReason(who), timeout).done, options);
  }

  async pause(actor: Actor | null, idOrName: string): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.#row(idOrName);
    if (row.state === 'paused') return this.#detail(row);
    this.#guard(row, 'pause');
    return this.#detail(await this.#parts.verbs.pause(row, asReason(who)));
  }

  async resume(actor: Actor | null, idOrName: string): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const row = this.#row(idOrName);
    if (row.state === 'ready') return this.#detail(row);
    this.#guard(row, 'resume');
    return this.#detail(await this.#parts.verbs.resume(row, asReason(who)));
  }

  async kill(actor: Actor | null, idOrName: string, input: unknown = {}): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { signal } = parseInput(killInput, input);
    const row = this.#row(idOrName);
    this.#guard(row, 'kill');
    return this.#detail(await this.#parts.verbs.kill(row, asReason(who), signal));
  }

  /** Stops it if told to by `force`, and removes the container. History and snapshots stay. Throws CONFLICT while it runs without `force`. */
  remove(
    actor: Actor | null,
    idOrName: string,
    input: unknown = {},
    options: { wait?: boolean } = {},
  ): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const wish = parseInput(removeInput, input);
    const row = this.#row(idOrName);
    if (row.state === 'removed') throw notFound('agent', idOrName);
    const running = row.startedAt !== null && row.endedAt === null;
    if (running && !wish.force) {
      throw new AppError('CONFLICT', `${row.name} is running`, {
        hint: 'Stop it first, or remove it with force.',
      });
    }
    if (row.state === 'removing') return Promise.resolve(this.#detail(row));
    return this.#finish(row, this.#parts.verbs.remove(row, asReason(who), wish.timeout).done, options);
  }

  /** Takes back a spawn that is not ready yet, or a stop that is still counting down. */
  cancel(actor: Actor | null, idOrName: string): AgentDetailView {
    authorize(actor, 'agents.change');
    const { operations } = this.#parts;
    const row = this.#row(idOrName);
    this.#guard(row, 'cancel');
    const operation =
      operations.findRunning(row.id, row.state === 'stopping' ? 'stop' : 'spawn') ??
      operations.findRunning(row.id, 'start');
    if (operation === undefined) throw new AppError('CONFLICT', 'There is nothing left to cancel');
    operations.cancel(actor, operation);
    return this.#detail(this.#row(row.id));
  }

  async #finish(
    row: AgentRow,
    done: Promise<unknown>,
    options: { wait?: boolean },
  ): Promise<AgentDetailView> {
    if (options.wait === true) await done;
    return this.#detail(this.#row(row.id));
  }

  #guard(row: AgentRow, command: AgentCommand): void {
    this.#parts.fleet.engine(row.hostId);
    const view = this.#parts.records.view(row);
    if (can(row.state, command) && view.can.includes(command)) return;
    const now = row.state === 'failed' && row.error !== null ? 'it failed' : `it is ${row.state}`;
    throw new AppError('CONFLICT', `${row.name} cannot ${command} now: ${now}`, {
      hint:
        view.can.length === 0 ? 'Nothing can be done with it now.' : `Possible now: ${view.can.join(', ')}.`,
    });
  }

  #row(idOrName: string): AgentRow {
    const { agents } = this.#parts;
    const row = agents.byName(idOrName) ?? agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }

  #detail(row: AgentRow): AgentDetailView {
    const active = this.#parts.pulses.lastActivityAt(row.id) ?? row.lastActivityAt;
    return {
      ...this.#parts.records.view(row),
      lastActivityAt: active === null ? null : new Date(active).toISOString(),
      spec: row.spec,
    };
  }
}

function matches(view: AgentView, filter: AgentFilter): boolean {
  const among = (wanted: readonly string[] | undefined, value: string | null) =>
    wanted === undefined || wanted.length === 0 || (value !== null && wanted.includes(value));
  const tagged = (wanted: string) => {
    const at = wanted.indexOf('=');
    if (at === -1) return Object.hasOwn(view.tags, wanted);
    const key = wanted.slice(0, at);
    return Object.hasOwn(view.tags, key) && view.tags[key] === wanted.slice(at + 1);
  };
  const q = filter.q?.trim().toLowerCase() ?? '';
  return (
    among(filter.status, view.status) &&
    among(filter.type, view.type) &&
    among(filter.role, view.role) &&
    among(filter.host, view.host) &&
    (filter.tag ?? []).every(tagged) &&
    (q === '' ||
      [
        view.name,
        view.image,
        view.type,
        ...Object.entries(view.tags).map(([key, value]) => `${key}=${value}`),
      ].some((text) => text.toLowerCase().includes(q)))
  );
}
