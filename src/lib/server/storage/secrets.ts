import { asc, eq, inArray } from 'drizzle-orm';
import type { Db } from './database.ts';
import { secrets } from './schema.ts';

export type SecretRow = typeof secrets.$inferSelect;

export class SecretRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  list(): readonly SecretRow[] {
    return this.#db.select().from(secrets).orderBy(asc(secrets.name)).all();
  }

  byName(name: string): SecretRow | undefined {
    return this.#db.select().from(secrets).where(eq(secrets.name, name)).get();
  }

  /** Made, or given another value. */
  put(row: SecretRow): void {
    const { sealed, updatedAt } = row;
    this.#db
      .insert(secrets)
      .values(row)
      .onConflictDoUpdate({ target: secrets.name, set: { sealed, updatedAt } })
      .run();
  }

  delete(name: string): void {
    this.#db.delete(secrets).where(eq(secrets.name, name)).run();
  }

  used(names: readonly string[], at: number): void {
    if (names.length === 0) return;
    this.#db
      .update(secrets)
      .set({ lastUsedAt: at })
      .where(inArray(secrets.name, [...names]))
      .run();
  }
}
