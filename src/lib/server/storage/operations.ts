import { desc, eq } from 'drizzle-orm';
import type { AgentId, OperationId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { operations } from './schema.ts';

export type OperationRow = typeof operations.$inferSelect;

export class OperationRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  insert(row: OperationRow): void {
    this.#db.insert(operations).values(row).run();
  }

  update(id: OperationId, patch: Partial<Omit<OperationRow, 'id'>>): void {
    this.#db.update(operations).set(patch).where(eq(operations.id, id)).run();
  }

  byId(id: string): OperationRow | undefined {
    return this.#db
      .select()
      .from(operations)
      .where(eq(operations.id, id as OperationId))
      .get();
  }

  /** Newest first. */
  list(limit: number): readonly OperationRow[] {
    return this.#db
      .select()
      .from(operations)
      .orderBy(desc(operations.startedAt), desc(operations.id))
      .limit(limit)
      .all();
  }

  ofAgent(agentId: AgentId, limit: number): readonly OperationRow[] {
    return this.#db
      .select()
      .from(operations)
      .where(eq(operations.agentId, agentId))
      .orderBy(desc(operations.startedAt))
      .limit(limit)
      .all();
  }

  /** Those that were cut off by a crash of Slipway. */
  running(): readonly OperationRow[] {
    return this.#db.select().from(operations).where(eq(operations.state, 'running')).all();
  }
}
