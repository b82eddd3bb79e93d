import { and, count, desc, eq, gt, lt } from 'drizzle-orm';
import type { TokenId, UserId } from '#lib/domain/ids.ts';
import type { Db } from './database.ts';
import { sessions, tokens, users } from './schema.ts';

export type UserRow = typeof users.$inferSelect;
export type SessionRow = typeof sessions.$inferSelect;
export type TokenRow = typeof tokens.$inferSelect;

export class AccountRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  countUsers(): number {
    return this.#db.select({ n: count() }).from(users).get()?.n ?? 0;
  }

  insertUser(row: UserRow): void {
    this.#db.insert(users).values(row).run();
  }

  userByName(name: string): UserRow | undefined {
    return this.#db.select().from(users).where(eq(users.name, name)).get();
  }

  insertSession(row: SessionRow): void {
    this.#db.insert(sessions).values(row).run();
  }

  /** A session that has not ended, with its user. */
  sessionByHash(tokenHash: string, now: number): { session: SessionRow; user: UserRow } | undefined {
    const row = this.#db
      .select()
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, now)))
      .get();
    return row === undefined ? undefined : { session: row.sessions, user: row.users };
  }

  touchSession(id: string, now: number, expiresAt: number): void {
    this.#db.update(sessions).set({ lastSeenAt: now, expiresAt }).where(eq(sessions.id, id)).run();
  }

  sessionsOf(userId: UserId, now: number): readonly SessionRow[] {
    return this.#db
      .select()
      .from(sessions)
      .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
      .orderBy(desc(sessions.lastSeenAt))
      .all();
  }

  deleteSession(id: string, userId: UserId): void {
    this.#db
      .delete(sessions)
      .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
      .run();
  }

  deleteExpiredSessions(now: number): void {
    this.#db.delete(sessions).where(lt(sessions.expiresAt, now)).run();
  }

  insertToken(row: TokenRow): void {
    this.#db.insert(tokens).values(row).run();
  }

  tokenByHash(tokenHash: string): { token: TokenRow; user: UserRow } | undefined {
    const row = this.#db
      .select()
      .from(tokens)
      .innerJoin(users, eq(users.id, tokens.userId))
      .where(eq(tokens.tokenHash, tokenHash))
      .get();
    return row === undefined ? undefined : { token: row.tokens, user: row.users };
  }

  touchToken(id: TokenId, now: number): void {
    this.#db.update(tokens).set({ lastUsedAt: now }).where(eq(tokens.id, id)).run();
  }

  tokensOf(userId: UserId): readonly TokenRow[] {
    return this.#db
      .select()
      .from(tokens)
      .where(eq(tokens.userId, userId))
      .orderBy(desc(tokens.createdAt))
      .all();
  }

  /** False when there is no such token of this user. */
  deleteToken(id: string, userId: UserId): boolean {
    return (
      this.#db
        .delete(tokens)
        .where(and(eq(tokens.id, id as TokenId), eq(tokens.userId, userId)))
        .run().changes > 0
    );
  }
}
