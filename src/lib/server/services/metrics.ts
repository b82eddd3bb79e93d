/** Figures over time, of agents (also of removed ones) and of hosts. */
import { notFound } from '#lib/domain/errors.ts';
import type { MetricQuery } from '#lib/domain/inputs/metric-query.ts';
import { regroup, regroupHost } from '#lib/domain/metric-points.ts';
import { AGENT_STEPS, chooseStep, HOST_STEPS, type MetricStep } from '#lib/domain/metric-steps.ts';
import type {
  HistoryView,
  HostFigures,
  HostPoint,
  LineCount,
  MetricPoint,
  TimeMark,
} from '#lib/protocol/metrics.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { MetricRepository } from '../storage/metrics.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import type { HostBoard } from '../streams/host-board.ts';
import { authorize, type Actor } from './access.ts';
import { marksOf } from './time-marks.ts';

export interface MetricParts {
  readonly metrics: MetricRepository;
  readonly agents: AgentRepository;
  readonly snapshotRows: Pick<SnapshotRepository, 'ofAgent'>;
  readonly journal: Journal;
  readonly fleet: Fleet;
  readonly hostFigures: HostBoard;
}

/** Lines that an agent printed; `step` is seconds. */
interface LineHistory {
  readonly step: number;
  readonly counts: readonly LineCount[];
}

const MINUTE_LINES_MS = 12 * 3_600_000;
const MINUTES_KEPT_MS = 48 * 3_600_000;

export class MetricService {
  readonly #parts: MetricParts;

  constructor(parts: MetricParts) {
    this.#parts = parts;
  }

  history(actor: Actor | null, idOrName: string, query: MetricQuery): HistoryView<MetricPoint> {
    authorize(actor, 'metrics.see');
    const { id } = this.#row(idOrName);
    const read = (step: number, from: number, to: number) => this.#parts.metrics.agent(id, step, from, to);
    return historyOf(AGENT_STEPS, query, read, regroup);
  }

  /** How often it was started after its first start, and ended by the kernel for want of memory. */
  ends(actor: Actor | null, idOrName: string): { readonly restarts: number; readonly oomKills: number } {
    authorize(actor, 'metrics.see');
    const lives = this.#parts.agents.lives(this.#row(idOrName).id, 10_000);
    return {
      restarts: Math.max(0, lives.length - 1),
      oomKills: lives.filter(({ oomKilled }) => oomKilled).length,
    };
  }

  /** What happened to it, oldest first. */
  marks(actor: Actor | null, idOrName: string, { from, to }: MetricQuery): readonly TimeMark[] {
    authorize(actor, 'metrics.see');
    const { agents, journal, snapshotRows } = this.#parts;
    const { id } = this.#row(idOrName);
    return marksOf(
      {
        lives: agents.lives(id, 2_000),
        snapshots: snapshotRows.ofAgent(id),
        inside: journal.inside(id, from, to, 200),
      },
      from,
      to,
    );
  }

  lines(actor: Actor | null, idOrName: string, { from, to, now }: MetricQuery): LineHistory {
    authorize(actor, 'logs.see');
    const { id } = this.#row(idOrName);
    const isFine = to - from <= MINUTE_LINES_MS && from >= now - MINUTES_KEPT_MS;
    const step = isFine ? 60 : 900;
    const counts = this.#parts.metrics.lines(
      id,
      step,
      Math.floor(from / 1000 / step) * step,
      Math.ceil(to / 1000),
    );
    return { step, counts };
  }

  /** By id of the host; none of those that were not measured yet. */
  hosts(actor: Actor | null): Readonly<Record<string, HostFigures>> {
    authorize(actor, 'hosts.see');
    return this.#parts.hostFigures.all();
  }

  /** By id or name. */
  host(
    actor: Actor | null,
    idOrName: string,
    query: MetricQuery,
  ): { readonly now: HostFigures | null; readonly history: HistoryView<HostPoint> } {
    authorize(actor, 'hosts.see');
    const { fleet, hostFigures, metrics } = this.#parts;
    const host = fleet.hosts().find(({ id, name }) => id === idOrName || name === idOrName);
    if (host === undefined) throw notFound('host', idOrName);
    const read = (step: number, from: number, to: number) => metrics.host(host.id, step, from, to);
    return { now: hostFigures.get(host.id), history: historyOf(HOST_STEPS, query, read, regroupHost) };
  }

  #row(idOrName: string): AgentRow {
    const { agents } = this.#parts;
    const row = agents.byName(idOrName) ?? agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}

/** The coarser step first, and after its newest interval the finer ones: what ended a moment ago is not summed up yet. */
function historyOf<Point extends { readonly at: number }>(
  steps: readonly MetricStep[],
  { from, to, step: wish, now }: MetricQuery,
  read: (step: number, from: number, to: number) => readonly Point[],
  group: (points: readonly Point[], stepMs: number) => readonly Point[],
): HistoryView<Point> {
  const chosen = chooseStep(steps, { from: from / 1000, to: to / 1000, now: now / 1000, wish });
  const end = Math.ceil(to / 1000);
  let begin = Math.floor(from / 1000 / chosen.step) * chosen.step;
  const points: Point[] = [];
  for (const { step } of steps.toReversed()) {
    if (step > chosen.kept) continue;
    const rows = read(step, begin, end);
    points.push(...rows);
    const last = rows.at(-1);
    if (last !== undefined) begin = last.at / 1000 + step;
  }
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    step: chosen.step,
    points: group(points, chosen.step * 1000),
  };
}
