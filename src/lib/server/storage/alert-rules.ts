import { eq } from 'drizzle-orm';
import type { AlertRuleId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { alertRules } from './schema.ts';

export type AlertRuleRow = typeof alertRules.$inferSelect;

/** Rules of alerts. Kept in memory too: every fact and every batch of lines asks for them. */
export class AlertRuleRepository {
  readonly #db: Db;
  #all: readonly AlertRuleRow[];

  constructor(db: Db) {
    this.#db = db;
    this.#all = this.#read();
  }

  /** By name. The same list until something changes. */
  list(): readonly AlertRuleRow[] {
    return this.#all;
  }

  byId(id: string): AlertRuleRow | undefined {
    return this.#all.find((row) => row.id === id);
  }

  put(row: AlertRuleRow): void {
    const { id: _, ...rest } = row;
    this.#db.insert(alertRules).values(row).onConflictDoUpdate({ target: alertRules.id, set: rest }).run();
    this.reload();
  }

  delete(id: AlertRuleId): void {
    this.#db.delete(alertRules).where(eq(alertRules.id, id)).run();
    this.reload();
  }

  /** After a rollback. */
  reload(): void {
    this.#all = this.#read();
  }

  #read(): readonly AlertRuleRow[] {
    return this.#db.select().from(alertRules).orderBy(alertRules.name).all();
  }
}
