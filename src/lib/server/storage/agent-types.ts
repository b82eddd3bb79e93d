import { eq } from 'drizzle-orm';
import type { Db } from './database.ts';
import { agentTypes } from './schema.ts';

export type AgentTypeRow = typeof agentTypes.$inferSelect;

/** Agent types that people made, and those of the built-in ones that people changed. */
export class AgentTypeRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  list(): readonly AgentTypeRow[] {
    return this.#db.select().from(agentTypes).all();
  }

  put(row: AgentTypeRow): void {
    const { name: _, ...rest } = row;
    this.#db.insert(agentTypes).values(row).onConflictDoUpdate({ target: agentTypes.name, set: rest }).run();
  }

  delete(name: string): void {
    this.#db.delete(agentTypes).where(eq(agentTypes.name, name)).run();
  }
}
