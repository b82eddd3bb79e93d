import { and, asc, eq, inArray, lte, min } from 'drizzle-orm';
import type { AlertChannelId, AlertId, DeliveryId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { alertDeliveries } from './schema.ts';

export type DeliveryRow = typeof alertDeliveries.$inferSelect;

/** One alert to one channel each. */
export class DeliveryRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  insert(row: DeliveryRow): void {
    this.#db.insert(alertDeliveries).values(row).run();
  }

  byId(id: string): DeliveryRow | undefined {
    return this.#db
      .select()
      .from(alertDeliveries)
      .where(eq(alertDeliveries.id, id as DeliveryId))
      .get();
  }

  of(alertIds: readonly AlertId[]): readonly DeliveryRow[] {
    return this.#db
      .select()
      .from(alertDeliveries)
      .where(inArray(alertDeliveries.alertId, [...alertIds]))
      .orderBy(asc(alertDeliveries.id))
      .all();
  }

  /** Of each channel the one that waits longest, if its time has come. */
  due(now: number): readonly DeliveryRow[] {
    const rows = this.#db
      .select()
      .from(alertDeliveries)
      .where(and(eq(alertDeliveries.state, 'waiting'), lte(alertDeliveries.nextTryAt, now)))
      .orderBy(asc(alertDeliveries.nextTryAt), asc(alertDeliveries.id))
      .all();
    const first = new Map<AlertChannelId, DeliveryRow>();
    for (const row of rows) if (!first.has(row.channelId)) first.set(row.channelId, row);
    return [...first.values()];
  }

  /** When the next one is due that waits; null when none does. */
  nextDue(): number | null {
    return (
      this.#db
        .select({ at: min(alertDeliveries.nextTryAt) })
        .from(alertDeliveries)
        .where(eq(alertDeliveries.state, 'waiting'))
        .get()?.at ?? null
    );
  }

  update(id: DeliveryId, patch: Partial<Omit<DeliveryRow, 'id'>>): void {
    this.#db.update(alertDeliveries).set(patch).where(eq(alertDeliveries.id, id)).run();
  }

  /** Gives up what waits for a channel that goes. */
  dropWaiting(channelId: AlertChannelId, answer: string): void {
    this.#db
      .update(alertDeliveries)
      .set({ state: 'failed', nextTryAt: null, answer })
      .where(and(eq(alertDeliveries.channelId, channelId), eq(alertDeliveries.state, 'waiting')))
      .run();
  }
}
