import { and, asc, eq, gte, lt, max, sql } from 'drizzle-orm';
import type { HostPoint, LineCount, MetricPoint } from '#lib/protocol/metrics.ts';
import type { Db } from './database.ts';
import { agentMetrics, hostMetrics, logCounts } from './schema.ts';

/** An interval of somebody's figures: of an agent or of a host. */
export interface Kept<Point> {
  readonly id: string;
  readonly point: Point;
}

export interface MetricBatch {
  readonly agents?: readonly Kept<MetricPoint>[];
  readonly hosts?: readonly Kept<HostPoint>[];
  /** Of a minute; they are added to what was counted before. */
  readonly lines?: readonly Kept<LineCount>[];
}

const LINE_STEPS = [60, 900] as const;

/** Figures over time. Steps and bounds are seconds; points are oldest first, and an interval without figures has none. */
export class MetricRepository {
  readonly #db: Db;
  readonly #putAgent: ReturnType<typeof prepareAgent>;

  constructor(db: Db) {
    this.#db = db;
    this.#putAgent = prepareAgent(db);
  }

  /** All of it in one transaction. What was written for the same interval before is replaced. */
  write(step: number, { agents = [], hosts = [], lines = [] }: MetricBatch): void {
    if (agents.length + hosts.length + lines.length === 0) return;
    this.#db.transaction(() => {
      for (const { id, point } of agents)
        this.#putAgent.run({ ...point, agentId: id, step, at: seconds(point.at) });
      for (const { id, point } of hosts) this.#putHost(id, step, point);
      for (const { id, point } of lines) for (const each of LINE_STEPS) this.#addLines(id, each, point);
    });
  }

  agent(agentId: string, step: number, from: number, to: number): readonly MetricPoint[] {
    const rows = this.#db
      .select()
      .from(agentMetrics)
      .where(
        and(
          eq(agentMetrics.agentId, agentId),
          eq(agentMetrics.step, step),
          gte(agentMetrics.at, from),
          lt(agentMetrics.at, to),
        ),
      )
      .orderBy(asc(agentMetrics.at))
      .all();
    return rows.map(({ agentId: _id, step: _step, at, ...figures }) => ({ at: at * 1000, ...figures }));
  }

  host(hostId: string, step: number, from: number, to: number): readonly HostPoint[] {
    const rows = this.#db
      .select()
      .from(hostMetrics)
      .where(
        and(
          eq(hostMetrics.hostId, hostId),
          eq(hostMetrics.step, step),
          gte(hostMetrics.at, from),
          lt(hostMetrics.at, to),
        ),
      )
      .orderBy(asc(hostMetrics.at))
      .all();
    return rows.map(({ hostId: _id, step: _step, at, ...figures }) => ({ at: at * 1000, ...figures }));
  }

  /** How many lines an agent printed; the step is 60 or 900. */
  lines(agentId: string, step: number, from: number, to: number): readonly LineCount[] {
    const rows = this.#db
      .select()
      .from(logCounts)
      .where(
        and(
          eq(logCounts.agentId, agentId),
          eq(logCounts.step, step),
          gte(logCounts.at, from),
          lt(logCounts.at, to),
        ),
      )
      .orderBy(asc(logCounts.at))
      .all();
    return rows.map(({ at, lines, warnings, errors }) => ({ at: at * 1000, lines, warnings, errors }));
  }

  /** Who has figures of a step in a while. */
  ids(of: 'agents' | 'hosts', step: number, from: number, to: number): readonly string[] {
    const [table, id] =
      of === 'agents' ? [agentMetrics, agentMetrics.agentId] : [hostMetrics, hostMetrics.hostId];
    const rows = this.#db
      .selectDistinct({ id })
      .from(table)
      .where(and(eq(table.step, step), gte(table.at, from), lt(table.at, to)))
      .all();
    return rows.map((row) => row.id);
  }

  /** Where the newest interval of a step begins; 0 when there is none. */
  newest(of: 'agents' | 'hosts', step: number): number {
    const table = of === 'agents' ? agentMetrics : hostMetrics;
    const row = this.#db
      .select({ at: max(table.at) })
      .from(table)
      .where(eq(table.step, step))
      .get();
    return row?.at ?? 0;
  }

  /** Drops what is older than `before`. */
  prune(of: 'agents' | 'hosts' | 'lines', step: number, before: number): void {
    const table = of === 'agents' ? agentMetrics : of === 'hosts' ? hostMetrics : logCounts;
    this.#db
      .delete(table)
      .where(and(eq(table.step, step), lt(table.at, before)))
      .run();
  }

  #putHost(hostId: string, step: number, point: HostPoint): void {
    const row = { ...point, hostId, step, at: seconds(point.at) };
    this.#db
      .insert(hostMetrics)
      .values(row)
      .onConflictDoUpdate({ target: [hostMetrics.hostId, hostMetrics.step, hostMetrics.at], set: row })
      .run();
  }

  #addLines(agentId: string, step: number, { at, lines, warnings, errors }: LineCount): void {
    this.#db
      .insert(logCounts)
      .values({ agentId, step, at: Math.floor(seconds(at) / step) * step, lines, warnings, errors })
      .onConflictDoUpdate({
        target: [logCounts.agentId, logCounts.step, logCounts.at],
        set: {
          lines: sql`${logCounts.lines} + ${lines}`,
          warnings: sql`${logCounts.warnings} + ${warnings}`,
          errors: sql`${logCounts.errors} + ${errors}`,
        },
      })
      .run();
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** Prepared once: with many agents it runs a hundred times a second. */
function prepareAgent(db: Db) {
  const given = sql.placeholder;
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  return db
    .insert(agentMetrics)
    .values({
      agentId: given('agentId'),
      step: given('step'),
      at: given('at'),
      samples: given('samples'),
      cpu: given('cpu'),
      cpuMax: given('cpuMax'),
      memory: given('memory'),
      memoryMax: given('memoryMax'),
      memoryLimit: given('memoryLimit'),
      netRx: given('netRx'),
      netTx: given('netTx'),
      blockRead: given('blockRead'),
      blockWrite: given('blockWrite'),
      pids: given('pids'),
      throttled: given('throttled'),
    })
    .onConflictDoUpdate({
      target: [agentMetrics.agentId, agentMetrics.step, agentMetrics.at],
      set: {
        samples: excluded('samples'),
        cpu: excluded('cpu'),
        cpuMax: excluded('cpu_max'),
        memory: excluded('memory'),
        memoryMax: excluded('memory_max'),
        memoryLimit: excluded('memory_limit'),
        netRx: excluded('net_rx'),
        netTx: excluded('net_tx'),
        blockRead: excluded('block_read'),
        blockWrite: excluded('block_write'),
        pids: excluded('pids'),
        throttled: excluded('throttled'),
      },
    })
    .prepare();
}
