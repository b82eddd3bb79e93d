import { describe, expect, it } from 'vitest';
import { newId, type TokenId, type UserId } from '#lib/domain/ids.ts';
import { aDatabase } from '../testing/database.ts';
import { AccountRepository, type SessionRow, type TokenRow, type UserRow } from './accounts.ts';

function make() {
  const accounts = new AccountRepository(aDatabase().db);
  const user = (name: string): UserRow => {
    const row: UserRow = { id: newId<UserId>(), name, passwordHash: 'x', role: 'operator', createdAt: 1 };
    accounts.insertUser(row);
    return row;
  };
  const session = (userId: UserId, but: Partial<SessionRow> = {}): SessionRow => {
    const row: SessionRow = {
      id: newId(),
      tokenHash: newId(),
      userId,
      createdAt: 1,
      lastSeenAt: 1,
      expiresAt: 100,
      address: '',
      userAgent: '',
      ...but,
    };
    accounts.insertSession(row);
    return row;
  };
  const token = (userId: UserId, but: Partial<TokenRow> = {}): TokenRow => {
    const row: TokenRow = {
      id: newId<TokenId>(),
      name: 'ci',
      userId,
      tokenHash: newId(),
      prefix: 'slw_',
      createdAt: 1,
      expiresAt: null,
      lastUsedAt: null,
      ...but,
    };
    accounts.insertToken(row);
    return row;
  };
  return { accounts, user, session, token };
}

describe('users', () => {
  it('are counted, and found by name', () => {
    const { accounts, user } = make();
    expect(accounts.countUsers()).toBe(0);
    const ada = user('ada');
    expect(accounts.countUsers()).toBe(1);
    expect(accounts.userByName('ada')).toEqual(ada);
    expect(accounts.userByName('Ada')).toBeUndefined();
  });

  it('have different names', () => {
    const { user } = make();
    user('ada');
    expect(() => user('ada')).toThrow(/UNIQUE/);
  });
});

describe('sessions', () => {
  it('are found with their user until the moment in which they end', () => {
    const { accounts, user, session } = make();
    const ada = user('ada');
    const row = session(ada.id, { expiresAt: 100 });
    expect(accounts.sessionByHash(row.tokenHash, 99)).toEqual({ session: row, user: ada });
    expect(accounts.sessionByHash(row.tokenHash, 100)).toBeUndefined();
    expect(accounts.sessionByHash('another', 99)).toBeUndefined();
  });

  it('live longer when they are touched', () => {
    const { accounts, user, session } = make();
    const row = session(user('ada').id, { expiresAt: 100 });
    accounts.touchSession(row.id, 90, 190);
    expect(accounts.sessionByHash(row.tokenHash, 150)?.session).toMatchObject({
      lastSeenAt: 90,
      expiresAt: 190,
    });
  });

  it('are listed by user, the last seen first, without those that ended', () => {
    const { accounts, user, session } = make();
    const [ada, bob] = [user('ada'), user('bob')];
    session(ada.id, { id: 'old', lastSeenAt: 1 });
    session(ada.id, { id: 'new', lastSeenAt: 2 });
    session(ada.id, { id: 'over', expiresAt: 40 });
    session(bob.id, { id: 'his' });
    expect(accounts.sessionsOf(ada.id, 50).map((row) => row.id)).toEqual(['new', 'old']);
  });

  it('are ended by their own user only', () => {
    const { accounts, user, session } = make();
    const [ada, bob] = [user('ada'), user('bob')];
    const row = session(ada.id);
    accounts.deleteSession(row.id, bob.id);
    expect(accounts.sessionByHash(row.tokenHash, 50)).toBeDefined();
    accounts.deleteSession(row.id, ada.id);
    expect(accounts.sessionByHash(row.tokenHash, 50)).toBeUndefined();
  });

  it('that ended are swept away, others stay', () => {
    const { accounts, user, session } = make();
    const ada = user('ada');
    const [over, good] = [session(ada.id, { expiresAt: 40 }), session(ada.id, { expiresAt: 60 })];
    accounts.deleteExpiredSessions(50);
    expect(accounts.sessionByHash(over.tokenHash, 0)).toBeUndefined();
    expect(accounts.sessionByHash(good.tokenHash, 0)).toBeDefined();
  });
});

describe('tokens', () => {
  it('are found by hash with their user, and remember their use', () => {
    const { accounts, user, token } = make();
    const ada = user('ada');
    const row = token(ada.id);
    expect(accounts.tokenByHash(row.tokenHash)).toEqual({ token: row, user: ada });
    accounts.touchToken(row.id, 77);
    expect(accounts.tokenByHash(row.tokenHash)?.token.lastUsedAt).toBe(77);
  });

  it('are listed newest first, and only those of the user', () => {
    const { accounts, user, token } = make();
    const [ada, bob] = [user('ada'), user('bob')];
    token(ada.id, { name: 'old', createdAt: 1 });
    token(ada.id, { name: 'new', createdAt: 2 });
    token(bob.id);
    expect(accounts.tokensOf(ada.id).map((row) => row.name)).toEqual(['new', 'old']);
  });

  it('are revoked by their own user only, once', () => {
    const { accounts, user, token } = make();
    const [ada, bob] = [user('ada'), user('bob')];
    const row = token(ada.id);
    expect(accounts.deleteToken(row.id, bob.id)).toBe(false);
    expect(accounts.deleteToken(row.id, ada.id)).toBe(true);
    expect(accounts.deleteToken(row.id, ada.id)).toBe(false);
    expect(accounts.tokenByHash(row.tokenHash)).toBeUndefined();
  });
});
