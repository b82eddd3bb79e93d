import { asc, count, eq, min, sum } from 'drizzle-orm';
import type { AgentId, SegmentId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { logSegments } from './schema-logs.ts';

export type LogSegmentRow = typeof logSegments.$inferSelect;

export interface SegmentTotals {
  readonly segments: number;
  readonly lines: number;
  /** Of the lines, and of the files. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** Milliseconds; null when there are none. */
  readonly oldestAt: number | null;
}

export class LogSegmentRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** One that was written before a crash, and is written again after it, replaces the first. */
  put(row: LogSegmentRow): void {
    this.#db.transaction((tx) => {
      tx.delete(logSegments).where(eq(logSegments.file, row.file)).run();
      tx.insert(logSegments).values(row).run();
    });
  }

  delete(id: SegmentId): void {
    this.#db.delete(logSegments).where(eq(logSegments.id, id)).run();
  }

  /** Oldest first. */
  ofAgent(agentId: AgentId): readonly LogSegmentRow[] {
    return this.#db
      .select()
      .from(logSegments)
      .where(eq(logSegments.agentId, agentId))
      .orderBy(asc(logSegments.firstSeq))
      .all();
  }

  /** Of all agents; what ended first comes first. */
  all(): readonly LogSegmentRow[] {
    return this.#db.select().from(logSegments).orderBy(asc(logSegments.lastAt), asc(logSegments.id)).all();
  }

  hasFile(file: string): boolean {
    return (
      this.#db.select({ id: logSegments.id }).from(logSegments).where(eq(logSegments.file, file)).get() !==
      undefined
    );
  }

  agentIds(): readonly AgentId[] {
    return this.#db
      .selectDistinct({ id: logSegments.agentId })
      .from(logSegments)
      .all()
      .map((each) => each.id);
  }

  totals(): SegmentTotals {
    const found = this.#db
      .select({
        segments: count(),
        lines: sum(logSegments.lines).mapWith(Number),
        bytes: sum(logSegments.bytes).mapWith(Number),
        packedBytes: sum(logSegments.packedBytes).mapWith(Number),
        oldestAt: min(logSegments.firstAt),
      })
      .from(logSegments)
      .get();
    return {
      segments: found?.segments ?? 0,
      lines: found?.lines ?? 0,
      bytes: found?.bytes ?? 0,
      packedBytes: found?.packedBytes ?? 0,
      oldestAt: found?.oldestAt ?? null,
    };
  }
}
