import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TokenId, UserId } from '#lib/domain/ids.ts';

export const users = sqliteTable('users', {
  id: text().$type<UserId>().primaryKey(),
  name: text().notNull().unique(),
  passwordHash: text().notNull(),
  role: text().$type<'viewer' | 'operator' | 'admin'>().notNull(),
  createdAt: integer().notNull(),
});

/** Browser sessions. The token itself is never kept, only its SHA-256. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text().primaryKey(),
    tokenHash: text().notNull().unique(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    expiresAt: integer().notNull(),
    address: text().notNull(),
    userAgent: text().notNull(),
  },
  (table) => [index('sessions_user').on(table.userId)],
);

/** Tokens for scripts, hashed; the prefix is what a person recognises them by. */
export const tokens = sqliteTable('tokens', {
  id: text().$type<TokenId>().primaryKey(),
  name: text().notNull(),
  userId: text()
    .$type<UserId>()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  tokenHash: text().notNull().unique(),
  prefix: text().notNull(),
  createdAt: integer().notNull(),
  expiresAt: integer(),
  lastUsedAt: integer(),
});
