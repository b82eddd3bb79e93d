import { count, desc, eq, inArray } from 'drizzle-orm';
import type { AgentId, CrashId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { crashReports } from './schema.ts';

export type CrashRow = typeof crashReports.$inferSelect;

export class CrashRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Keeps the newest `keep` of an agent. */
  insert(row: CrashRow, keep: number): void {
    this.#db.insert(crashReports).values(row).run();
    const old = this.ofAgent(row.agentId, 1000)
      .slice(keep)
      .map((each) => each.id);
    if (old.length > 0) this.#db.delete(crashReports).where(inArray(crashReports.id, old)).run();
  }

  /** Newest first. */
  ofAgent(agentId: AgentId, limit: number): readonly CrashRow[] {
    return this.#db
      .select()
      .from(crashReports)
      .where(eq(crashReports.agentId, agentId))
      .orderBy(desc(crashReports.at), desc(crashReports.id))
      .limit(limit)
      .all();
  }

  countOf(agentId: AgentId): number {
    const found = this.#db
      .select({ count: count() })
      .from(crashReports)
      .where(eq(crashReports.agentId, agentId))
      .get();
    return found?.count ?? 0;
  }

  byId(id: string): CrashRow | undefined {
    return this.#db
      .select()
      .from(crashReports)
      .where(eq(crashReports.id, id as CrashId))
      .get();
  }
}
