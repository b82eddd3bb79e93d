import { and, desc, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import type { AgentId, TerminalId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { terminals } from './schema.ts';

export type TerminalRow = typeof terminals.$inferSelect;

/** Terminal sessions that are and were. Writes belong inside journal.commit(). */
export class TerminalRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  byId(id: string): TerminalRow | undefined {
    return this.#db
      .select()
      .from(terminals)
      .where(eq(terminals.id, id as TerminalId))
      .get();
  }

  /** Newest first. */
  ofAgent(agentId: AgentId, limit: number): readonly TerminalRow[] {
    return this.#db
      .select()
      .from(terminals)
      .where(eq(terminals.agentId, agentId))
      .orderBy(desc(terminals.startedAt))
      .limit(limit)
      .all();
  }

  /** Those that nobody has ended. */
  open(door: TerminalRow['door']): readonly TerminalRow[] {
    return this.#db
      .select()
      .from(terminals)
      .where(and(isNull(terminals.endedAt), eq(terminals.door, door)))
      .all();
  }

  /** With a recording, and ended before this time (milliseconds since 1970). */
  recordedBefore(time: number): readonly TerminalRow[] {
    return this.#db
      .select()
      .from(terminals)
      .where(and(eq(terminals.recorded, true), isNotNull(terminals.endedAt), lt(terminals.endedAt, time)))
      .all();
  }

  insert(row: TerminalRow): void {
    this.#db.insert(terminals).values(row).run();
  }

  end(id: TerminalId, how: Pick<TerminalRow, 'endedAt' | 'end' | 'exitCode'>): void {
    this.#db.update(terminals).set(how).where(eq(terminals.id, id)).run();
  }

  recordingGone(id: TerminalId): void {
    this.#db.update(terminals).set({ recorded: false }).where(eq(terminals.id, id)).run();
  }
}
