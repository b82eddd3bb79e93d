import { and, count, desc, eq, inArray, isNull, lt, max } from 'drizzle-orm';
import type { AlertId, AlertRuleId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { alertDeliveries, alerts } from './schema.ts';

export type AlertRow = typeof alerts.$inferSelect;

export interface AlertFilter {
  readonly rule?: string;
  readonly agent?: string;
  /** Fired before that one; an id. */
  readonly before?: string;
}

/** Each time that a rule fired. */
export class AlertRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  insert(row: AlertRow): void {
    this.#db.insert(alerts).values(row).run();
  }

  byId(id: string): AlertRow | undefined {
    return this.#db
      .select()
      .from(alerts)
      .where(eq(alerts.id, id as AlertId))
      .get();
  }

  /** Newest first: ids grow with time. */
  list(limit: number, filter: AlertFilter = {}): readonly AlertRow[] {
    const { rule, agent, before } = filter;
    return this.#db
      .select()
      .from(alerts)
      .where(
        and(
          rule === undefined ? undefined : eq(alerts.ruleId, rule as AlertRuleId),
          agent === undefined ? undefined : eq(alerts.agentId, agent),
          before === undefined ? undefined : lt(alerts.id, before as AlertId),
        ),
      )
      .orderBy(desc(alerts.id))
      .limit(limit)
      .all();
  }

  /** When each rule last fired about each thing. */
  lastFired(): readonly {
    readonly ruleId: AlertRuleId;
    readonly agentId: string | null;
    readonly hostId: string | null;
    readonly at: number | null;
  }[] {
    const { ruleId, agentId, hostId, at } = alerts;
    return this.#db
      .select({ ruleId, agentId, hostId, at: max(at) })
      .from(alerts)
      .groupBy(ruleId, agentId, hostId)
      .all();
  }

  unseen(): number {
    return this.#db.select({ n: count() }).from(alerts).where(isNull(alerts.seenAt)).get()?.n ?? 0;
  }

  markSeen(at: number): void {
    this.#db.update(alerts).set({ seenAt: at }).where(isNull(alerts.seenAt)).run();
  }

  /** Drops what is older, with its deliveries. */
  prune(before: number): void {
    const old = this.#db.select({ id: alerts.id }).from(alerts).where(lt(alerts.at, before));
    this.#db.delete(alertDeliveries).where(inArray(alertDeliveries.alertId, old)).run();
    this.#db.delete(alerts).where(lt(alerts.at, before)).run();
  }
}
