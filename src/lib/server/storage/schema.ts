/**
 * What is kept. The engine is the truth about containers, this is the truth about intent and history. Times are milliseconds since 1970.
 * After a change: `npm run db:generate`; a migration that was released is never edited.
 */
import { customType, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { sql } from 'drizzle-orm';
import { completeSpec, type AgentSpec } from '#lib/domain/agent-spec.ts';
import type { AgentState, Wanted } from '#lib/domain/agent-state.ts';
import type { AgentType } from '#lib/domain/agent-types.ts';
import type { Problem } from '#lib/domain/errors.ts';
import type { AgentId, BuildId, CrashId, HostId, LifeId, OperationId, SnapshotId } from '#lib/domain/ids.ts';
import type { FactBody } from '#lib/protocol/facts.ts';
import type { BuildStepView } from '#lib/protocol/builds.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type {
  CrashVerdict,
  FileChangeView,
  HostView,
  OperationKind,
  OperationState,
  SnapshotOrigin,
  SnapshotScan,
  SnapshotVolume,
  StatsSample,
  StepView,
} from '#lib/protocol/views.ts';

/** Specs of earlier versions know less: what they leave out is filled in when they are read. */
const agentSpec = customType<{ data: AgentSpec; driverData: string }>({
  dataType: () => 'text',
  toDriver: (spec) => JSON.stringify(spec),
  fromDriver: (kept) => completeSpec(JSON.parse(kept) as AgentSpec),
});

const agentSpecOrNone = customType<{ data: AgentSpec; driverData: string }>({
  dataType: () => 'text',
  toDriver: (spec) => JSON.stringify(spec),
  fromDriver: (kept) => completeSpec(JSON.parse(kept) as AgentSpec),
});

/** Single values, such as the instance's id. */
export const settings = sqliteTable('settings', { key: text().primaryKey(), value: text().notNull() });

export const hosts = sqliteTable('hosts', {
  id: text().$type<HostId>().primaryKey(),
  name: text().notNull().unique(),
  kind: text().$type<HostView['kind']>().notNull(),
  address: text().notNull(),
  engineId: text(),
  createdAt: integer().notNull(),
});

export const agents = sqliteTable(
  'agents',
  {
    id: text().$type<AgentId>().primaryKey(),
    name: text().notNull(),
    type: text().notNull(),
    hostId: text()
      .$type<HostId>()
      .notNull()
      .references(() => hosts.id),
    state: text().$type<AgentState>().notNull(),
    wanted: text().$type<Wanted>().notNull(),
    reason: text(),
    since: integer().notNull(),
    spec: agentSpec().notNull(),
    containerId: text(),
    imageId: text(),
    error: text({ mode: 'json' }).$type<Problem>(),
    createdBy: text().notNull(),
    createdAt: integer().notNull(),
    startedAt: integer(),
    endedAt: integer(),
    exitCode: integer(),
    stopDeadline: integer(),
    lastActivityAt: integer(),
    notes: text().notNull().default(''),
    color: text(),
    /** When it was last started because somebody wanted it; a restart by the engine's own policy does not count. */
    bootedAt: integer(),
    /** Idle time is not counted before. */
    keepAliveUntil: integer(),
    /** Its container was there before Slipway knew it, and carries no label of ours. */
    adopted: integer({ mode: 'boolean' }).notNull().default(false),
    /** The snapshot that its filesystem goes back to: taken, restored or forked from last. */
    snapshotId: text().$type<SnapshotId>(),
  },
  (table) => [
    uniqueIndex('agents_live_name')
      .on(table.name)
      .where(sql`${table.state} <> 'removed'`),
    index('agents_container').on(table.containerId),
    index('agents_state').on(table.state),
  ],
);

/** Every start-to-end of an agent's container. */
export const lives = sqliteTable(
  'lives',
  {
    id: text().$type<LifeId>().primaryKey(),
    agentId: text()
      .$type<AgentId>()
      .notNull()
      .references(() => agents.id),
    containerId: text().notNull(),
    startedAt: integer().notNull(),
    endedAt: integer(),
    exitCode: integer(),
    oomKilled: integer({ mode: 'boolean' }).notNull().default(false),
    reason: text(),
  },
  (table) => [index('lives_agent').on(table.agentId, table.startedAt)],
);

export const operations = sqliteTable(
  'operations',
  {
    id: text().$type<OperationId>().primaryKey(),
    kind: text().$type<OperationKind>().notNull(),
    state: text().$type<OperationState>().notNull(),
    agentId: text().$type<AgentId>(),
    agentName: text(),
    hostId: text().$type<HostId>(),
    actor: text().notNull(),
    steps: text({ mode: 'json' }).$type<readonly StepView[]>().notNull(),
    error: text({ mode: 'json' }).$type<Problem>(),
    startedAt: integer().notNull(),
    endedAt: integer(),
    /** What was asked for, so that it can be tried again. */
    request: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
    /** What the engine said meanwhile, line by line. */
    output: text({ mode: 'json' }).$type<readonly string[]>(),
  },
  (table) => [
    index('operations_started').on(table.startedAt),
    index('operations_agent').on(table.agentId, table.startedAt),
  ],
);

export const snapshots = sqliteTable(
  'snapshots',
  {
    id: text().$type<SnapshotId>().primaryKey(),
    name: text().notNull(),
    agentId: text().$type<AgentId>().notNull(),
    agentName: text().notNull(),
    hostId: text().$type<HostId>().notNull(),
    image: text().notNull(),
    imageId: text().notNull(),
    size: integer().notNull(),
    parentId: text().$type<SnapshotId>(),
    comment: text().notNull(),
    createdBy: text().notNull(),
    createdAt: integer().notNull(),
    origin: text().$type<SnapshotOrigin>().notNull().default('manual'),
    scan: text({ mode: 'json' }).$type<SnapshotScan>().notNull().default({ state: 'none' }),
    volumes: text({ mode: 'json' }).$type<readonly SnapshotVolume[]>().notNull().default([]),
    /** How its agent was made then: what a fork begins with when the agent's own record is not here (imported). */
    spec: agentSpecOrNone(),
    agentType: text(),
  },
  (table) => [
    index('snapshots_agent').on(table.agentId, table.createdAt),
    uniqueIndex('snapshots_image').on(table.hostId, table.image),
  ],
);

/** What was still to be had when an agent ended by itself. */
export const crashReports = sqliteTable(
  'crash_reports',
  {
    id: text().$type<CrashId>().primaryKey(),
    agentId: text()
      .$type<AgentId>()
      .notNull()
      .references(() => agents.id),
    containerId: text().notNull(),
    at: integer().notNull(),
    verdict: text({ mode: 'json' }).$type<CrashVerdict>().notNull(),
    lines: text({ mode: 'json' }).$type<readonly LogLine[]>().notNull(),
    samples: text({ mode: 'json' }).$type<readonly StatsSample[]>().notNull(),
    /** null: could not be read. */
    changes: text({ mode: 'json' }).$type<readonly FileChangeView[]>(),
    changesTotal: integer().notNull().default(0),
    processes: text({ mode: 'json' }).$type<readonly string[]>(),
  },
  (table) => [index('crash_reports_agent').on(table.agentId, table.at)],
);

/** Values that are given to agents and never shown. */
export const secrets = sqliteTable('secrets', {
  name: text().primaryKey(),
  /** Encrypted with the key of this instance (services/seal.ts). */
  sealed: text().notNull(),
  createdBy: text().notNull(),
  createdAt: integer().notNull(),
  updatedAt: integer().notNull(),
  lastUsedAt: integer(),
});

/** Logins of registries, by the address that stands in front of an image's name (`ghcr.io`, `docker.io`). */
export const registries = sqliteTable('registries', {
  address: text().primaryKey(),
  username: text().notNull(),
  sealed: text().notNull(),
  createdBy: text().notNull(),
  createdAt: integer().notNull(),
  updatedAt: integer().notNull(),
  /** When the registry last took the login, as far as we have asked. */
  workedAt: integer(),
});

/** Agent types that people made or changed; one of the name of a built-in one stands in its place. */
export const agentTypes = sqliteTable('agent_types', {
  name: text().primaryKey(),
  recipe: text({ mode: 'json' }).$type<AgentType>().notNull(),
  /** Counts its changes, for If-Match. */
  version: integer().notNull(),
  updatedBy: text().notNull(),
  updatedAt: integer().notNull(),
});

/** Images that were made here, or were tried to be. The whole output is a file (`builds/<id>.log` in the data directory). */
export const builds = sqliteTable(
  'builds',
  {
    id: text().$type<BuildId>().primaryKey(),
    operationId: text().$type<OperationId>(),
    hostId: text().$type<HostId>().notNull(),
    tag: text().notNull(),
    imageId: text(),
    state: text().$type<OperationState>().notNull(),
    /** What was asked for, without the uploaded bytes. */
    request: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    steps: text({ mode: 'json' }).$type<readonly BuildStepView[]>().notNull(),
    error: text({ mode: 'json' }).$type<Problem>(),
    actor: text().notNull(),
    startedAt: integer().notNull(),
    endedAt: integer(),
  },
  (table) => [index('builds_started').on(table.startedAt), index('builds_image').on(table.imageId)],
);

/** The journal: what happened, numbered. History page, audit and live feed read the same rows. */
export const facts = sqliteTable(
  'facts',
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    kind: text().$type<FactBody['kind']>().notNull(),
    agentId: text().$type<AgentId>(),
    changed: integer({ mode: 'boolean' }).notNull().default(false),
    body: text({ mode: 'json' }).$type<FactBody>().notNull(),
  },
  (table) => [
    index('facts_agent')
      .on(table.agentId, table.seq)
      .where(sql`${table.changed} = 1`),
    index('facts_inside')
      .on(table.agentId, table.seq)
      .where(sql`${table.kind} = 'inside'`),
  ],
);

/** Spawns that were asked for with an Idempotency-Key: a repeated request gives the same agent. */
export const idempotency = sqliteTable('idempotency', {
  key: text().primaryKey(),
  requestHash: text().notNull(),
  agentId: text().$type<AgentId>().notNull(),
  createdAt: integer().notNull(),
});

export * from './schema-alerts.ts';
export * from './schema-inside.ts';
export * from './schema-logs.ts';
export * from './schema-metrics.ts';
export * from './schema-people.ts';
