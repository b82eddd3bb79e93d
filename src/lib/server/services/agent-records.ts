/**
 * The only place where an agent's row changes. Row, life and fact are written in one transaction; the state moves by the table of the
 * state machine (our own steps) or by what the engine says (observations), and nowhere else.
 */
import { advance, isOwnEnd, observe, type AgentState, type Observation } from '#lib/domain/agent-state.ts';
import type { Problem } from '#lib/domain/errors.ts';
import { newId, type AgentId, type LifeId } from '#lib/domain/ids.ts';
import type { AgentView, HostState, LoginNeedView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentPatch, AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal, Tell } from '../storage/journal.ts';
import { agentView } from './agent-views.ts';

/** What the engine knew of the container at an observation. Times in milliseconds since 1970. */
export interface ContainerTimes {
  readonly startedAt?: number | null;
  readonly endedAt?: number | null;
}

export class AgentRecords {
  readonly #journal: Journal;
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #needOf: (row: AgentRow) => LoginNeedView | null;
  readonly #promptOf: (row: AgentRow) => string | null;
  readonly #intents = new Map<AgentId, string>();
  readonly #views = new WeakMap<
    AgentRow,
    { readonly hostState: HostState | undefined; readonly view: AgentView }
  >();

  /** `needOf` and `promptOf` say what a row's program needs and asks; a change of it is told by a patch without fields. */
  constructor(
    journal: Journal,
    agents: AgentRepository,
    fleet: Fleet,
    needOf: (row: AgentRow) => LoginNeedView | null = () => null,
    promptOf: (row: AgentRow) => string | null = () => null,
  ) {
    this.#journal = journal;
    this.#agents = agents;
    this.#fleet = fleet;
    this.#needOf = needOf;
    this.#promptOf = promptOf;
    journal.onRollback(() => {
      agents.reload();
    });
  }

  /**
   * Says that what the engine will report next about this agent is our own doing, and why. Without it a pause or an end that no state
   * announces would count as done from outside. Call what it returns when the command is over.
   */
  intend(id: AgentId, reason: string): () => void {
    this.#intents.set(id, reason);
    return () => {
      if (this.#intents.get(id) === reason) this.#intents.delete(id);
    };
  }

  isIntended(id: AgentId): boolean {
    return this.#intents.has(id);
  }

  /** Rows are never changed in place, so a view is good for as long as its row and its host's state are. */
  view(row: AgentRow): AgentView {
    const hostState = this.#fleet.find(row.hostId)?.state;
    const known = this.#views.get(row);
    if (known !== undefined && known.hostState === hostState) return known.view;
    const view = agentView(row, this.#fleet, this.#needOf(row), this.#promptOf(row));
    this.#views.set(row, { hostState, view });
    return view;
  }

  /** Writes a new agent, and in the same transaction whatever belongs with it. */
  create<Value>(row: AgentRow, also: (tell: Tell) => Value): Value {
    return this.#journal.commit((tell) => {
      this.#agents.insert(row);
      tell({
        kind: 'agent',
        agent: this.view(row),
        change: { from: null, to: row.state, reason: row.reason },
      });
      return also(tell);
    });
  }

  /** A step of our own work. Throws a plain Error when the table of the state machine does not have it. */
  move(id: AgentId, to: AgentState, reason: string | null, patch: AgentPatch = {}): AgentRow {
    return this.#journal.commit((tell) => {
      const before = this.#row(id);
      advance(before.state, to);
      return this.#write(tell, before, to, reason, patch);
    });
  }

  /** Folds in what the engine says. Gives the row after it; a late or repeated report changes nothing and is not told. */
  observe(id: AgentId, seen: Observation, times: ContainerTimes = {}): AgentRow {
    const found = this.#row(id);
    // a restart of our own is over when its readiness says so, not when the engine has started it
    const again = seen.kind === 'started' || seen.kind === 'running';
    if (found.state === 'restarting' && again && this.isIntended(id)) return found;
    // the report of a start that was read from inspect already, and whose end is known: it comes too late to be news
    if (seen.kind === 'started' && found.endedAt !== null && found.startedAt === times.startedAt)
      return found;
    // an end that is heard of before its start was read brings the start along, or this life would have no record
    const ends = seen.kind === 'exited' || (seen.kind === 'restarting' && seen.exitCode !== undefined);
    const started = ends && found.state === 'starting' ? times.startedAt : null;
    const before =
      started === undefined || started === null || started === found.startedAt
        ? found
        : this.patch(id, { startedAt: started, endedAt: null, exitCode: null });
    const transition = observe(before.state, seen);
    const end: AgentPatch =
      'exitCode' in seen ? { exitCode: seen.exitCode, endedAt: times.endedAt ?? Date.now() } : {};
    if (transition === null) {
      // in the middle of a restart or a removal the end is expected, and still the end of a life; while it is
      // starting its restart policy may give it several
      const expected =
        before.state === 'restarting' ||
        before.state === 'removing' ||
        (before.state === 'starting' && seen.kind === 'restarting');
      if (!expected || !ends || before.endedAt !== null) return before;
      return this.#journal.commit((tell) =>
        this.#write(tell, before, before.state, before.reason, end, seen),
      );
    }
    const runs = transition.to === 'ready' || transition.to === 'paused';
    const fresh = seen.kind === 'started' || before.endedAt !== null;
    const start: AgentPatch =
      runs && fresh
        ? { startedAt: times.startedAt ?? Date.now(), endedAt: null, exitCode: null, wanted: 'running' }
        : {};
    const rest: AgentPatch = seen.kind === 'exited' ? { ...end, wanted: 'stopped' } : end;
    const gone: AgentPatch =
      transition.to === 'removed' ? { wanted: 'removed', endedAt: before.endedAt ?? Date.now() } : {};
    const byPolicy = before.state === 'restarting' && runs && isOwnEnd(before.reason);
    const boot: AgentPatch = runs && fresh && !byPolicy ? { bootedAt: times.startedAt ?? Date.now() } : {};
    const reason = byPolicy
      ? 'restart policy'
      : ((transition.reason === 'external' ? this.#intents.get(id) : transition.reason) ??
        transition.reason ??
        this.#intents.get(id) ??
        before.reason);
    return this.#journal.commit((tell) =>
      this.#write(tell, before, transition.to, reason, { ...rest, ...start, ...boot, ...gone }, seen),
    );
  }

  /** The agent has another container from now on, and it is ready. The life of the one before ends here. */
  swap(id: AgentId, reason: string, patch: AgentPatch): AgentRow {
    return this.#journal.commit((tell) => this.#write(tell, this.#row(id), 'ready', reason, patch));
  }

  /** Changes that are no change of state. */
  patch(id: AgentId, patch: Omit<AgentPatch, 'state' | 'reason'>): AgentRow {
    const before = this.#row(id);
    return this.#journal.commit((tell) => this.#write(tell, before, before.state, before.reason, patch));
  }

  fail(id: AgentId, problem: Problem, patch: AgentPatch = {}): AgentRow {
    return this.move(id, 'failed', problem.code, { ...patch, error: problem });
  }

  #row(id: AgentId): AgentRow {
    const row = this.#agents.byId(id);
    if (row === undefined) throw new Error(`no agent ${id}`);
    return row;
  }

  #write(
    tell: Tell,
    before: AgentRow,
    to: AgentState,
    reason: string | null,
    patch: AgentPatch,
    seen?: Observation,
  ): AgentRow {
    const settled: AgentPatch = to === 'failed' || to === before.state ? {} : { error: null };
    const since: AgentPatch = to === before.state ? {} : { since: Date.now() };
    const after = this.#agents.update(before.id, { ...since, ...settled, ...patch, state: to, reason });
    this.#live(before, after, seen);
    const change = to === before.state ? {} : { change: { from: before.state, to, reason } };
    tell({ kind: 'agent', agent: this.view(after), ...change });
    return after;
  }

  /** A life goes from one start of the container to its end, by the times in the row. */
  #live(before: AgentRow, after: AgentRow, seen: Observation | undefined): void {
    const ran = before.endedAt === null ? before.startedAt : null;
    const runs = after.endedAt === null ? after.startedAt : null;
    if (ran === runs) return;
    const current = ran === null ? undefined : this.#agents.currentLife(after.id);
    if (current !== undefined) {
      this.#agents.closeLife(current, {
        endedAt: after.endedAt ?? runs ?? Date.now(),
        exitCode: after.endedAt === null ? null : after.exitCode,
        oomKilled: seen !== undefined && 'oomKilled' in seen && seen.oomKilled,
        reason: after.reason,
      });
    }
    if (runs !== null && after.containerId !== null) {
      this.#agents.openLife({
        id: newId<LifeId>(),
        agentId: after.id,
        containerId: after.containerId,
        startedAt: runs,
        endedAt: null,
        exitCode: null,
        oomKilled: false,
        reason: null,
      });
    }
  }
}
