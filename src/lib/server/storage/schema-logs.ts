import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AgentId, HostId, SegmentId } from '#lib/domain/ids.ts';

/** Closed, compressed pieces of the archive of a container's log. The lines are files (`logs/` in the data directory). */
export const logSegments = sqliteTable(
  'log_segments',
  {
    id: text().$type<SegmentId>().primaryKey(),
    agentId: text().$type<AgentId>().notNull(),
    hostId: text().$type<HostId>().notNull(),
    containerId: text().notNull(),
    /** Below `logs/`. */
    file: text().notNull(),
    firstSeq: integer().notNull(),
    lastSeq: integer().notNull(),
    /** Milliseconds, by the engine's clock. */
    firstAt: integer().notNull(),
    lastAt: integer().notNull(),
    lines: integer().notNull(),
    /** Of the lines, and of the file. */
    bytes: integer().notNull(),
    packedBytes: integer().notNull(),
    /** Lines of each level, so that a search for errors leaves out what has none. */
    levels: text({ mode: 'json' }).$type<Readonly<Record<string, number>>>().notNull(),
  },
  (table) => [
    index('log_segments_agent').on(table.agentId, table.firstSeq),
    index('log_segments_time').on(table.lastAt),
  ],
);
