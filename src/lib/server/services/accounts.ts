/** Who is there: the first admin, signing in and out, sessions and API tokens. Rights are decided elsewhere (access.ts). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { newId, type TokenId, type UserId } from '#lib/domain/ids.ts';
import { apiTokenInput, loginInput, setupInput } from '#lib/domain/inputs/account-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { SessionView, TokenView } from '#lib/protocol/views.ts';
import type { AccountRepository, UserRow } from '../storage/accounts.ts';
import { asUser, authorize, type Actor } from './access.ts';
import type { LoginLimit } from './login-limit.ts';

const DAY_MS = 86_400_000;
const SESSION_MS = 30 * DAY_MS;
/** A session's or token's time of use is written at most this often. */
const TOUCH_MS = 60_000;

export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
}

/** The secret goes into the browser's cookie, or once to the person who made a token; here only its hash is kept. */
export interface NewSession {
  readonly secret: string;
  readonly expiresAt: Date;
  readonly user: { readonly name: string };
}

export class AccountService {
  readonly #accounts: AccountRepository;
  readonly #limit: LoginLimit;
  readonly #tokenFile: string;
  readonly #open: boolean;
  #setupToken: string | null = null;
  /** Verified against when there is no such user, so that both answers take the same time. */
  readonly #nobody = hash(randomBytes(16).toString('hex'));

  constructor(parts: {
    readonly accounts: AccountRepository;
    readonly limit: LoginLimit;
    readonly dataDir: string;
    readonly setupToken: string | null;
    readonly auth: 'local' | 'none';
  }) {
    this.#accounts = parts.accounts;
    this.#limit = parts.limit;
    this.#tokenFile = join(parts.dataDir, 'setup-token');
    this.#open = parts.auth === 'none';
    if (!this.#open && this.#accounts.countUsers() === 0)
      this.#setupToken = this.#keepSetupToken(parts.setupToken);
    else rmSync(this.#tokenFile, { force: true });
  }

  /** While true, nothing but the setup is served. */
  get needsSetup(): boolean {
    return this.#setupToken !== null;
  }

  /** For the console. null once there is an admin. */
  get setupToken(): string | null {
    return this.#setupToken;
  }

  /** Makes the first admin. Throws FORBIDDEN for a wrong token, CONFLICT once there is an admin, RATE_LIMITED. */
  async setup(raw: unknown, visitor: Visitor): Promise<NewSession> {
    const expected = this.#setupToken;
    if (expected === null) throw new AppError('CONFLICT', 'Slipway is set up already', { hint: 'Sign in.' });
    const input = parseInput(setupInput, raw);
    this.#limit.check('setup', visitor.address);
    if (!sameText(input.token.trim(), expected)) {
      this.#limit.failed('setup', visitor.address);
      throw validationError([
        {
          field: 'token',
          value: null,
          rule: 'this is not the setup token; it stands on the console and in the data directory',
        },
      ]);
    }
    const passwordHash = await hash(input.password);
    if (this.#setupToken === null)
      throw new AppError('CONFLICT', 'Slipway is set up already', { hint: 'Sign in.' });
    const user: UserRow = {
      id: newId<UserId>(),
      name: input.name,
      passwordHash,
      role: 'admin',
      createdAt: Date.now(),
    };
    this.#accounts.insertUser(user);
    this.#setupToken = null;
    rmSync(this.#tokenFile, { force: true });
    return this.#openSession(user, visitor);
  }

  /** Throws UNAUTHENTICATED, the same in words and time for a wrong user and a wrong password, and RATE_LIMITED. */
  async login(raw: unknown, visitor: Visitor): Promise<NewSession> {
    const input = parseInput(loginInput, raw);
    this.#limit.check(input.name, visitor.address);
    const user = this.#accounts.userByName(input.name);
    const right = await verify(user?.passwordHash ?? (await this.#nobody), input.password);
    if (user === undefined || !right) {
      const left = this.#limit.failed(input.name, visitor.address);
      throw new AppError('UNAUTHENTICATED', 'User and password do not match', {
        hint:
          left === 0
            ? 'The next try is possible in 5 min.'
            : `${left} ${left === 1 ? 'try' : 'tries'} left, then a pause of 5 min.`,
      });
    }
    this.#limit.succeeded(input.name, visitor.address);
    return this.#openSession(user, visitor);
  }

  /** The actor behind a session cookie, or null. `renewed` hears of a later end, which the cookie has to have too. */
  actorOfSession(secret: string, renewed?: (expiresAt: Date) => void): Actor | null {
    const now = Date.now();
    const found = this.#accounts.sessionByHash(sha256(secret), now);
    if (found === undefined) return null;
    const { session, user } = found;
    if (now - session.lastSeenAt > TOUCH_MS) {
      this.#accounts.touchSession(session.id, now, now + SESSION_MS);
      renewed?.(new Date(now + SESSION_MS));
    }
    return {
      kind: 'user',
      id: user.id,
      name: user.name,
      role: user.role,
      door: 'page',
      sessionId: session.id,
    };
  }

  /** The actor behind an API token, or null. */
  actorOfToken(secret: string): Actor | null {
    const now = Date.now();
    const found = this.#accounts.tokenByHash(sha256(secret));
    if (found === undefined) return null;
    const { token, user } = found;
    if (token.expiresAt !== null && token.expiresAt <= now) return null;
    if (token.lastUsedAt === null || now - token.lastUsedAt > TOUCH_MS)
      this.#accounts.touchToken(token.id, now);
    return { kind: 'user', id: user.id, name: user.name, role: user.role, door: 'token', sessionId: null };
  }

  /** With SLIPWAY_AUTH=none everybody on the loopback address is this admin. */
  openActor(): Actor | null {
    if (!this.#open) return null;
    return {
      kind: 'user',
      id: 'open' as UserId,
      name: 'admin',
      role: 'admin',
      door: 'open',
      sessionId: null,
    };
  }

  logout(actor: Actor | null): void {
    const user = asUser(actor);
    if (user.sessionId !== null) this.#accounts.deleteSession(user.sessionId, user.id);
  }

  sessions(actor: Actor | null): readonly SessionView[] {
    const user = asUser(authorize(actor, 'tokens.own'));
    return this.#accounts.sessionsOf(user.id, Date.now()).map((row) => ({
      id: row.id,
      createdAt: new Date(row.createdAt).toISOString(),
      lastSeenAt: new Date(row.lastSeenAt).toISOString(),
      address: row.address,
      userAgent: row.userAgent,
      current: row.id === user.sessionId,
    }));
  }

  endSession(actor: Actor | null, id: string): void {
    const user = asUser(authorize(actor, 'tokens.own'));
    this.#accounts.deleteSession(id, user.id);
  }

  tokens(actor: Actor | null): readonly TokenView[] {
    const user = asUser(authorize(actor, 'tokens.own'));
    return this.#accounts.tokensOf(user.id).map((row) => ({
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      createdAt: new Date(row.createdAt).toISOString(),
      expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt).toISOString(),
      lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
    }));
  }

  /** The secret is given this once. */
  createToken(actor: Actor | null, raw: unknown): { readonly token: TokenView; readonly secret: string } {
    const user = asUser(authorize(actor, 'tokens.own'));
    if (user.door === 'open')
      throw new AppError('CONFLICT', 'Without sign-in there are no tokens, and none is needed');
    const input = parseInput(apiTokenInput, raw);
    const secret = `slw_${randomBytes(24).toString('base64url')}`;
    const now = Date.now();
    const expiresAt = input.expiresInDays === null ? null : now + input.expiresInDays * DAY_MS;
    const id = newId<TokenId>(now);
    const prefix = secret.slice(0, 8);
    this.#accounts.insertToken({
      id,
      name: input.name,
      userId: user.id,
      tokenHash: sha256(secret),
      prefix,
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
    });
    return {
      secret,
      token: {
        id,
        name: input.name,
        prefix,
        createdAt: new Date(now).toISOString(),
        expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        lastUsedAt: null,
      },
    };
  }

  revokeToken(actor: Actor | null, id: string): void {
    const user = asUser(authorize(actor, 'tokens.own'));
    if (!this.#accounts.deleteToken(id, user.id)) throw notFound('token', id);
  }

  #openSession(user: UserRow, visitor: Visitor): NewSession {
    const now = Date.now();
    this.#accounts.deleteExpiredSessions(now);
    const secret = randomBytes(32).toString('base64url');
    const expiresAt = now + SESSION_MS;
    this.#accounts.insertSession({
      id: newId(now),
      tokenHash: sha256(secret),
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
      address: visitor.address,
      userAgent: visitor.userAgent.slice(0, 300),
    });
    return { secret, expiresAt: new Date(expiresAt), user: { name: user.name } };
  }

  #keepSetupToken(preset: string | null): string {
    const kept = existsSync(this.#tokenFile) ? readFileSync(this.#tokenFile, 'utf8').trim() : '';
    const token = preset ?? (kept.length >= 16 ? kept : randomBytes(18).toString('base64url'));
    writeFileSync(this.#tokenFile, `${token}\n`, { mode: 0o600 });
    return token;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sameText(left: string, right: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(left).digest(),
    createHash('sha256').update(right).digest(),
  );
}
