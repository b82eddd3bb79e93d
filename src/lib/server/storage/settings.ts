import { eq, lt } from 'drizzle-orm';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { hosts, idempotency, settings } from './schema.ts';

export type HostRow = typeof hosts.$inferSelect;
export type IdempotencyRow = typeof idempotency.$inferSelect;

/** Single values and the small tables that need no repository of their own. */
export class SettingsRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  get(key: string): string | null {
    return this.#db.select().from(settings).where(eq(settings.key, key)).get()?.value ?? null;
  }

  set(key: string, value: string): void {
    this.#db
      .insert(settings)
      .values({ key, value })
      .onConflictDoUpdate({ target: settings.key, set: { value } })
      .run();
  }

  delete(key: string): void {
    this.#db.delete(settings).where(eq(settings.key, key)).run();
  }

  hosts(): readonly HostRow[] {
    return this.#db.select().from(hosts).all();
  }

  insertHost(row: HostRow): void {
    this.#db.insert(hosts).values(row).run();
  }

  updateHost(id: HostId, patch: Partial<Pick<HostRow, 'address' | 'name' | 'engineId'>>): void {
    this.#db.update(hosts).set(patch).where(eq(hosts.id, id)).run();
  }

  idempotent(key: string): IdempotencyRow | undefined {
    return this.#db.select().from(idempotency).where(eq(idempotency.key, key)).get();
  }

  rememberIdempotent(row: { key: string; requestHash: string; agentId: AgentId; createdAt: number }): void {
    this.#db.insert(idempotency).values(row).run();
  }

  forgetIdempotentBefore(time: number): void {
    this.#db.delete(idempotency).where(lt(idempotency.createdAt, time)).run();
  }
}
