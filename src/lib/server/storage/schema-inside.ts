import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AgentId, SshKeyId, TerminalId, UserId } from '#lib/domain/ids.ts';
import { users } from './schema-people.ts';

/** Terminal sessions, by page and by ssh. The recording is a file (`recordings/<id>.cast` in the data directory). */
export const terminals = sqliteTable(
  'terminals',
  {
    id: text().$type<TerminalId>().primaryKey(),
    agentId: text().$type<AgentId>().notNull(),
    agentName: text().notNull(),
    door: text().$type<'page' | 'ssh'>().notNull(),
    /** Who opened it. */
    actor: text().notNull(),
    command: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    user: text(),
    recorded: integer({ mode: 'boolean' }).notNull(),
    startedAt: integer().notNull(),
    endedAt: integer(),
    /** Why it ended, and the program's code when it ended by itself. */
    end: text(),
    exitCode: integer(),
  },
  (table) => [index('terminals_agent').on(table.agentId, table.startedAt)],
);

/** Public keys that people log in with by ssh. */
export const sshKeys = sqliteTable('ssh_keys', {
  id: text().$type<SshKeyId>().primaryKey(),
  /** null: of whoever is there while sign-in is off. */
  userId: text()
    .$type<UserId>()
    .references(() => users.id, { onDelete: 'cascade' }),
  name: text().notNull(),
  /** `ssh-ed25519 AAAA…`, without the comment. */
  publicKey: text().notNull().unique(),
  /** SHA256:… as OpenSSH shows it. */
  fingerprint: text().notNull(),
  createdAt: integer().notNull(),
  lastUsedAt: integer(),
});

/** Of an agent whose container has an sshd of its own. Private keys are sealed. */
export const sshdKeys = sqliteTable('sshd_keys', {
  agentId: text().$type<AgentId>().primaryKey(),
  hostKey: text().notNull(),
  /** `ssh-ed25519 AAAA…` */
  hostPublic: text().notNull(),
  clientKey: text().notNull(),
  clientPublic: text().notNull(),
});
