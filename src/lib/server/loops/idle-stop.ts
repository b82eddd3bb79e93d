/**
 * Stops agents that nobody uses, by their idle rule, and those that are too old. Everything is measured from outside: what they print, the CPU
 * they use, who is logged in. Time in which a host is away is not counted.
 */
import { deadlineOf, IDLE_SOURCES, type ActivitySource } from '#lib/domain/idle.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { IdleView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { Operations } from '../services/operations.ts';
import type { SnapshotRules } from '../services/snapshot-rules.ts';
import type { Verbs } from '../services/verbs.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';

const EVERY_MS = 5_000;
/** A pause of this length between two looks means that the machine slept: nobody could look. */
const GAP_MS = 60_000;
/** After a start of Slipway outputs and figures have to come in before anything is judged. */
const SETTLE_MS = 60_000;
/** Sessions are asked for when an agent would be stopped as soon as this: the question costs a call. */
const ASK_MS = 30_000;
const CPU_PERCENT = 2;
const CPU_WINDOW_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

export interface IdleStopParts {
  readonly agents: AgentRepository;
  readonly operations: Operations;
  readonly verbs: Verbs;
  readonly rules: Pick<SnapshotRules, 'beforeOwnStop'>;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  readonly bus: AppBus;
  readonly log: Log;
  /** Milliseconds since 1970; tests drive it. */
  readonly now?: () => number;
  readonly settleMs?: number;
}

export class IdleStop {
  readonly #parts: IdleStopParts;
  readonly #now: () => number;
  readonly #since: number;
  /** How long nobody could look since the activity that is noted beside it. */
  readonly #uncounted = new Map<AgentId, { activity: number; ms: number }>();
  #lastTick: number;
  #timer: NodeJS.Timeout | null = null;
  #unheard: (() => void) | null = null;
  #ticking: Promise<void> | null = null;

  constructor(parts: IdleStopParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#since = this.#now();
    this.#lastTick = this.#since;
  }

  start(): void {
    // a rule that was changed, or kept alive, is explained anew at once
    this.#unheard = this.#parts.bus.on('facts', (facts) => {
      for (const fact of facts)
        if (fact.kind === 'agent' && fact.agent.state === 'ready') this.#explain(fact.agent.id);
    });
    this.#timer = setInterval(() => {
      this.#ticking ??= this.tick().finally(() => {
        this.#ticking = null;
      });
    }, EVERY_MS);
  }

  async close(): Promise<void> {
    this.#unheard?.();
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#ticking;
  }

  /** One look at all of them. */
  async tick(): Promise<void> {
    const now = this.#now();
    const passed = now - this.#lastTick;
    this.#lastTick = now;
    const { agents, fleet, pulses } = this.#parts;
    const due: AgentRow[] = [];
    for (const row of agents.list()) {
      const counts = row.state === 'ready' && row.startedAt !== null;
      if (!counts || (row.spec.idle.mode === 'disabled' && row.spec.ttl === null)) {
        if (this.#uncounted.delete(row.id) || row.state !== 'ready') pulses.idle(row.id, null);
        continue;
      }
      this.#noteCpu(row, now);
      const hostState = fleet.find(row.hostId)?.state;
      const away = hostState !== 'online' && hostState !== 'degraded';
      this.#count(row, away || passed > GAP_MS ? passed : 0);
      const view = this.view(row, away);
      pulses.idle(row.id, view);
      if (!away && view.stopsAt !== null && Date.parse(view.stopsAt) - now <= ASK_MS) due.push(row);
    }
    await Promise.all(due.map((row) => this.#judge(row)));
  }

  #explain(id: string): void {
    const row = this.#parts.agents.byId(id);
    if (row?.startedAt === null || row === undefined) return;
    const ruled = row.spec.idle.mode !== 'disabled' || row.spec.ttl !== null;
    this.#parts.pulses.idle(id, ruled ? this.view(row) : null);
  }

  /** What the page explains. */
  view(row: AgentRow, away = false): IdleView {
    const { idle } = row.spec;
    const activity = this.#activity(row);
    const deadline = away ? null : this.#deadline(row);
    return {
      mode: idle.mode,
      timeout: idle.timeout,
      stopsAt: deadline === null ? null : new Date(deadline.at).toISOString(),
      because: deadline?.because ?? null,
      lastActivity: { at: new Date(activity.at).toISOString(), source: activity.source },
      keepAliveUntil:
        row.keepAliveUntil === null || row.keepAliveUntil < this.#now()
          ? null
          : new Date(row.keepAliveUntil).toISOString(),
    };
  }

  #deadline(row: AgentRow) {
    const activity = this.#activity(row);
    return deadlineOf(row.spec, {
      bootedAt: bootOf(row),
      lastActivityAt: activity.at,
      keepAliveUntil: row.keepAliveUntil,
      uncountedMs: this.#uncounted.get(row.id)?.ms ?? 0,
    });
  }

  #activity(row: AgentRow): { source: ActivitySource; at: number } {
    const booted = { source: 'start', at: bootOf(row) } as const;
    const newest = this.#parts.pulses.newest(row.id, IDLE_SOURCES[row.spec.idle.mode]);
    return newest !== null && newest.at > booted.at ? newest : booted;
  }

  #count(row: AgentRow, ms: number): void {
    const activity = this.#activity(row).at;
    const known = this.#uncounted.get(row.id);
    const before = known?.activity === activity ? known.ms : 0;
    this.#uncounted.set(row.id, { activity, ms: before + ms });
  }

  /** More than 2 % of a core on the average of a minute is work. */
  #noteCpu(row: AgentRow, now: number): void {
    if (!IDLE_SOURCES[row.spec.idle.mode].includes('cpu')) return;
    const samples = this.#parts.pulses.samples(row.id).filter((each) => each.at > now - CPU_WINDOW_MS);
    const figures = samples.flatMap((each) => (each.cpu === null ? [] : [each.cpu]));
    const first = samples[0];
    // three samples at least, and over half of the minute: the start of a process is no work yet
    if (figures.length < 3 || first === undefined || now - first.at < CPU_WINDOW_MS / 2) return;
    const mean = figures.reduce((sum, each) => sum + each, 0) / figures.length;
    if (mean > CPU_PERCENT) this.#parts.pulses.active(row.id, 'cpu', now);
  }

  async #judge(row: AgentRow): Promise<void> {
    const { agents, operations, verbs, rules, log } = this.#parts;
    if (IDLE_SOURCES[row.spec.idle.mode].includes('ssh')) await this.#noteSessions(row);
    const now = this.#now();
    const current = agents.byId(row.id);
    if (current?.state !== 'ready' || operations.isBusy(row.id)) return;
    const deadline = this.#deadline(current);
    if (deadline === null || deadline.at > now) return;
    // an age needs no observation; idleness does
    if (deadline.because === 'idle' && now - this.#since < (this.#parts.settleMs ?? SETTLE_MS)) return;
    log.info({ agent: row.name, because: deadline.because }, 'stopping an agent by its own rule');
    const wish = { timeout: STOP_TIMEOUT_MS, delay: 0 };
    try {
      // a failure is in the operation's record, and a later look tries again; nobody waits for the end of a stop
      verbs
        .stop(current, deadline.because, wish, rules.beforeOwnStop(current, deadline.because))
        .done.catch(() => undefined);
    } catch (error) {
      log.info({ agent: row.name, err: error }, 'could not stop it');
    }
  }

  async #noteSessions(row: AgentRow): Promise<void> {
    if (row.containerId === null) return;
    try {
      const { rows } = await this.#parts.fleet.engine(row.hostId).processes(row.containerId);
      if (rows.some((columns) => SESSION.test(columns.join(' '))))
        this.#parts.pulses.active(row.id, 'ssh', this.#now());
    } catch {
      // not to be seen now; the engine's state is told elsewhere
    }
  }
}

/** `sshd: ada@pts/0`, `sshd-session: ada [priv]`; not the listener (`sshd: /usr/sbin/sshd -D [listener]`). */
const SESSION = /\bsshd(?:-session)?: [^/\s]\S*(?:@| \[priv\])/;

function bootOf(row: AgentRow): number {
  return row.bootedAt ?? row.startedAt ?? row.createdAt;
}
