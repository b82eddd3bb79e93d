import { and, asc, eq, isNull } from 'drizzle-orm';
import type { SshKeyId, UserId } from '#lib/domain/ids.ts';
import type { UserRow } from './accounts.ts';
import type { Db } from './database.ts';
import { sshKeys, users } from './schema.ts';

export type SshKeyRow = typeof sshKeys.$inferSelect;

export class SshKeyRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** null: those that were added while sign-in was off. */
  of(userId: UserId | null): readonly SshKeyRow[] {
    return this.#db.select().from(sshKeys).where(ownedBy(userId)).orderBy(asc(sshKeys.createdAt)).all();
  }

  byPublicKey(publicKey: string): SshKeyRow | undefined {
    return this.#db.select().from(sshKeys).where(eq(sshKeys.publicKey, publicKey)).get();
  }

  /** The key with its user; undefined when either is gone. */
  byId(id: SshKeyId): { readonly key: SshKeyRow; readonly user: UserRow | null } | undefined {
    const row = this.#db
      .select()
      .from(sshKeys)
      .leftJoin(users, eq(users.id, sshKeys.userId))
      .where(eq(sshKeys.id, id))
      .get();
    return row === undefined ? undefined : { key: row.ssh_keys, user: row.users };
  }

  insert(row: SshKeyRow): void {
    this.#db.insert(sshKeys).values(row).run();
  }

  used(id: SshKeyId, at: number): void {
    this.#db.update(sshKeys).set({ lastUsedAt: at }).where(eq(sshKeys.id, id)).run();
  }

  /** Gives whether this user had it. */
  delete(id: SshKeyId, userId: UserId | null): boolean {
    const mine = and(eq(sshKeys.id, id), ownedBy(userId));
    return this.#db.delete(sshKeys).where(mine).run().changes > 0;
  }
}

function ownedBy(userId: UserId | null) {
  return userId === null ? isNull(sshKeys.userId) : eq(sshKeys.userId, userId);
}
