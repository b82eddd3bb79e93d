import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const figures = {
  /** How many intervals of the finest step are in it: the weight of its averages. */
  samples: integer().notNull(),
  /** Percent of one core. */
  cpu: real(),
  cpuMax: real(),
  /** Bytes without page cache. */
  memory: integer(),
  memoryMax: integer(),
  memoryLimit: integer(),
  /** Bytes per second. */
  netRx: real(),
  netTx: real(),
  blockRead: real(),
  blockWrite: real(),
  pids: integer(),
  /** Milliseconds in which the kernel held it back, per second. */
  throttled: real(),
};

/** What agents used, by resolution: 10 s, 1 min, 15 min. `at` is where the interval begins, seconds since 1970. */
export const agentMetrics = sqliteTable(
  'agent_metrics',
  {
    agentId: text().notNull(),
    /** Seconds: 10, 60 or 900. */
    step: integer().notNull(),
    at: integer().notNull(),
    ...figures,
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.step, table.at] }),
    index('agent_metrics_time').on(table.step, table.at),
  ],
);

/** What hosts used and had, the same way: 30 s, 1 min, 15 min. */
export const hostMetrics = sqliteTable(
  'host_metrics',
  {
    hostId: text().notNull(),
    step: integer().notNull(),
    at: integer().notNull(),
    samples: integer().notNull(),
    /** Percent of all cores. */
    cpu: real(),
    memory: integer(),
    memoryTotal: integer(),
    /** Of the file system with the engine's data; bytes. */
    disk: integer(),
    diskTotal: integer(),
    containers: integer(),
    containersRunning: integer(),
    images: integer(),
    /** Milliseconds that the engine's clock is ahead of ours. */
    clockSkew: integer(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.step, table.at] }),
    index('host_metrics_time').on(table.step, table.at),
  ],
);

/** How many lines an agent printed, by minute and by quarter of an hour; kept when the lines themselves are gone. `at` as above. */
export const logCounts = sqliteTable(
  'log_counts',
  {
    agentId: text().notNull(),
    /** Seconds: 60 or 900. */
    step: integer().notNull(),
    at: integer().notNull(),
    lines: integer().notNull(),
    warnings: integer().notNull(),
    errors: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agentId, table.step, table.at] }),
    index('log_counts_time').on(table.step, table.at),
  ],
);
