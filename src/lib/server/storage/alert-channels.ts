import { eq } from 'drizzle-orm';
import type { AlertChannelId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { alertChannels } from './schema.ts';

export type AlertChannelRow = typeof alertChannels.$inferSelect;

/** Where alerts go. */
export class AlertChannelRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** By name. */
  list(): readonly AlertChannelRow[] {
    return this.#db.select().from(alertChannels).orderBy(alertChannels.name).all();
  }

  byId(id: string): AlertChannelRow | undefined {
    return this.#db
      .select()
      .from(alertChannels)
      .where(eq(alertChannels.id, id as AlertChannelId))
      .get();
  }

  put(row: AlertChannelRow): void {
    const { id: _, ...rest } = row;
    this.#db
      .insert(alertChannels)
      .values(row)
      .onConflictDoUpdate({ target: alertChannels.id, set: rest })
      .run();
  }

  delete(id: AlertChannelId): void {
    this.#db.delete(alertChannels).where(eq(alertChannels.id, id)).run();
  }
}
