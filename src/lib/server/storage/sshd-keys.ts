import { eq } from 'drizzle-orm';
import type { AgentId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { sshdKeys } from './schema.ts';

export type SshdKeyRow = typeof sshdKeys.$inferSelect;

export class SshdKeyRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  of(agentId: AgentId): SshdKeyRow | undefined {
    return this.#db.select().from(sshdKeys).where(eq(sshdKeys.agentId, agentId)).get();
  }

  insert(row: SshdKeyRow): void {
    this.#db.insert(sshdKeys).values(row).run();
  }

  delete(agentId: AgentId): void {
    this.#db.delete(sshdKeys).where(eq(sshdKeys.agentId, agentId)).run();
  }
}
