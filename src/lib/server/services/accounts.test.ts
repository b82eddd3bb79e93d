import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { makeWorld, type TestWorld } from '../testing/world.ts';
import type { Actor } from './access.ts';
import type { AccountService } from './accounts.ts';

const TOKEN = 'a-token-for-the-setup';
const VISITOR = { address: '10.0.0.1', userAgent: 'a browser' };
const ADA = { name: 'ada', password: 'correct horse battery' };
const DAY = 86_400_000;

let world: TestWorld;
let accounts: AccountService;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  world = await makeWorld({ offline: true, setupToken: TOKEN });
  accounts = world.makeAccounts();
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
});

const setUp = () => accounts.setup({ token: TOKEN, ...ADA }, VISITOR);
const login = (changes: Partial<typeof ADA> = {}) => accounts.login({ ...ADA, ...changes }, VISITOR);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const tokenFile = () => join(world.dataDir, 'setup-token');
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const actor = (secret: string): Actor => {
  const found = accounts.actorOfSession(secret);
  if (found === null) throw new Error('no such session');
  return found;
};
describe('the setup', () => {
  it('makes the first admin, signs in and is over', async () => {
    expect(accounts.needsSetup).toBe(true);
    const session = await setUp();
    expect(actor(session.secret)).toMatchObject({ kind: 'user', name: 'ada', role: 'admin', door: 'page' });
    expect(accounts.needsSetup).toBe(false);
    expect(accounts.setupToken).toBeNull();
    expect(existsSync(tokenFile())).toBe(false);
  });

  it('is done once', async () => {
    await setUp();
    expect(await failure(accounts.setup({ token: TOKEN, ...ADA, name: 'bob' }, VISITOR))).toMatchObject({
      code: 'CONFLICT',
    });
    expect(world.makeAccounts().needsSetup).toBe(false);
  });

  it('of two at once one wins', async () => {
    const both = await Promise.allSettled([
      setUp(),
      accounts.setup({ token: TOKEN, ...ADA, name: 'bob' }, VISITOR),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(world.accountRows.countUsers()).toBe(1);
  });

  it('refuses a wrong token without repeating it, and holds up who guesses', async () => {
    for (let n = 0; n < 5; n += 1) {
      expect(await failure(accounts.setup({ token: 'wrong-wrong-wrong', ...ADA }, VISITOR))).toMatchObject({
        code: 'VALIDATION',
        details: { fields: [{ field: 'token', value: null }] },
      });
    }
    expect(await failure(setUp())).toMatchObject({ code: 'RATE_LIMITED' });
    expect(world.accountRows.countUsers()).toBe(0);
  });

  it('refuses a short password without repeating it', async () => {
    expect(
      await failure(accounts.setup({ token: TOKEN, name: 'ada', password: 'short' }, VISITOR)),
    ).toMatchObject({
      details: { fields: [{ field: 'password', value: null }] },
    });
  });

  it('a token that it made itself lies in a file for the owner alone, and is the same after a restart', () => {
    const made = world.makeAccounts(null);
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    expect(readFileSync(tokenFile(), 'utf8').trim()).toBe(made.setupToken);
    expect(world.makeAccounts(null).setupToken).toBe(made.setupToken);
  });
});

describe('signing in', () => {
  beforeEach(async () => {
    await setUp();
  });

  it('says the same for a wrong user and a wrong password', async () => {
    const wrongPassword = await failure(login({ password: 'something else' }));
    const wrongUser = await failure(login({ name: 'eve' }));
    expect(wrongPassword).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'User and password do not match',
    });
    const said = (error: unknown) => (error instanceof AppError ? error.toProblem() : null);
    expect(said(wrongUser)).toEqual(said(wrongPassword));
  });

  it('is held up after five failures, also with the right password', async () => {
    for (let n = 0; n < 5; n += 1) await failure(login({ password: 'something else' }));
    expect(await failure(login())).toMatchObject({ code: 'RATE_LIMITED' });
    later(5 * 60_000);
    expect((await login()).user.name).toBe('ada');
  });

  it('gives a session that ends after 30 days without use', async () => {
    const { secret } = await login();
    later(29 * DAY);
    expect(accounts.actorOfSession(secret)).not.toBeNull();
    later(29 * DAY);
    expect(accounts.actorOfSession(secret)).not.toBeNull();
    later(30 * DAY);
    expect(accounts.actorOfSession(secret)).toBeNull();
  });

  it('signing out ends this session and no other', async () => {
    const [first, second] = [await login(), await login()];
    accounts.logout(actor(first.secret));
    expect(accounts.actorOfSession(first.secret)).toBeNull();
    expect(accounts.actorOfSession(second.secret)).not.toBeNull();
  });

  it('lists the sessions, says which is this one, and ends others', async () => {
    const [here, there] = [await login(), await login()];
    const listed = accounts.sessions(actor(here.secret));
    expect(listed.filter(({ current }) => current)).toHaveLength(1);
    const other = accounts.actorOfSession(there.secret);
    const id = other?.kind === 'user' ? (other.sessionId ?? '') : '';
    accounts.endSession(actor(here.secret), id);
    expect(accounts.actorOfSession(there.secret)).toBeNull();
  });

  it('what is no session is nobody', () => {
    expect(accounts.actorOfSession('')).toBeNull();
    expect(accounts.actorOfSession('made up')).toBeNull();
  });
});

describe('tokens', () => {
  let ada: Actor;
  beforeEach(async () => {
    ada = actor((await setUp()).secret);
  });

  it('stand for the user who made them', () => {
    const { secret, token } = accounts.createToken(ada, { name: 'ci' });
    expect(secret.startsWith(token.prefix)).toBe(true);
    expect(accounts.actorOfToken(secret)).toMatchObject({ name: 'ada', role: 'admin', door: 'token' });
    expect(accounts.tokens(ada)).toMatchObject([{ name: 'ci', prefix: token.prefix }]);
  });

  it('expire', () => {
    const { secret } = accounts.createToken(ada, { name: 'ci', expiresInDays: 1 });
    const forever = accounts.createToken(ada, { name: 'old', expiresInDays: null });
    later(DAY - 1);
    expect(accounts.actorOfToken(secret)).not.toBeNull();
    later(1);
    expect(accounts.actorOfToken(secret)).toBeNull();
    later(10_000 * DAY);
    expect(accounts.actorOfToken(forever.secret)).not.toBeNull();
  });

  it('are nobody once they are revoked', () => {
    const { secret, token } = accounts.createToken(ada, { name: 'ci' });
    accounts.revokeToken(ada, token.id);
    expect(accounts.actorOfToken(secret)).toBeNull();
    expect(() => accounts.revokeToken(ada, token.id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('of somebody else cannot be revoked', () => {
    const { secret, token } = accounts.createToken(ada, { name: 'ci' });
    const bob = { ...ada, id: 'user-bob' } as Actor;
    expect(() => accounts.revokeToken(bob, token.id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(accounts.actorOfToken(secret)).not.toBeNull();
  });

  it('the time of use is written at most once a minute', () => {
    const { secret } = accounts.createToken(ada, { name: 'ci' });
    accounts.actorOfToken(secret);
    const used = accounts.tokens(ada)[0]?.lastUsedAt;
    later(30_000);
    accounts.actorOfToken(secret);
    expect(accounts.tokens(ada)[0]?.lastUsedAt).toBe(used);
    later(31_000);
    accounts.actorOfToken(secret);
    expect(accounts.tokens(ada)[0]?.lastUsedAt).not.toBe(used);
  });
});

it('no password, session or token lies in the database in the clear', async () => {
  const session = await setUp();
  const { secret } = accounts.createToken(actor(session.secret), { name: 'ci' });
  const user = world.accountRows.userByName('ada');
  if (user === undefined) throw new Error('no user');
  const sessions = world.accountRows.sessionsOf(user.id, Date.now());
  const text = JSON.stringify([user, sessions, world.accountRows.tokensOf(user.id)]);
  for (const hidden of [ADA.password, session.secret, secret, TOKEN]) expect(text).not.toContain(hidden);
  expect(sessions).toHaveLength(1);
  expect(text).toContain('$argon2id$');
});

it('without sign-in everybody is one admin, who needs no tokens', async () => {
  await world.close();
  world = await makeWorld({ offline: true, auth: 'none' });
  accounts = world.makeAccounts();
  expect(accounts.needsSetup).toBe(false);
  const open = accounts.openActor();
  expect(open).toMatchObject({ role: 'admin', door: 'open' });
  expect(() => accounts.createToken(open, { name: 'ci' })).toThrow(
    expect.objectContaining({ code: 'CONFLICT' }),
  );
});
