import { asc, eq } from 'drizzle-orm';
import type { Db } from './database.ts';
import { registries } from './schema.ts';

export type RegistryRow = typeof registries.$inferSelect;

export class RegistryRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  list(): readonly RegistryRow[] {
    return this.#db.select().from(registries).orderBy(asc(registries.address)).all();
  }

  byAddress(address: string): RegistryRow | undefined {
    return this.#db.select().from(registries).where(eq(registries.address, address)).get();
  }

  /** Made, or given another login. */
  put(row: RegistryRow): void {
    const { username, sealed, updatedAt, workedAt } = row;
    this.#db
      .insert(registries)
      .values(row)
      .onConflictDoUpdate({ target: registries.address, set: { username, sealed, updatedAt, workedAt } })
      .run();
  }

  /** `workedAt`: null when the registry did not take it. */
  tested(address: string, workedAt: number | null): void {
    this.#db.update(registries).set({ workedAt }).where(eq(registries.address, address)).run();
  }

  delete(address: string): void {
    this.#db.delete(registries).where(eq(registries.address, address)).run();
  }
}
