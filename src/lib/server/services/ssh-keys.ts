/** The public keys that people log in with by ssh, and who a key is. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type SshKeyId, type UserId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { sshKeyInput } from '#lib/domain/inputs/ssh-key-input.ts';
import type { SshKeyView } from '#lib/protocol/ssh.ts';
import type { Journal } from '../storage/journal.ts';
import type { SshKeyRepository, SshKeyRow } from '../storage/ssh-keys.ts';
import { asReason, asUser, authorize, type Actor } from './access.ts';
import { publicKeyText, readPublicKey } from './ssh-key-text.ts';

const MAX_KEYS = 50;

export interface SshKeyParts {
  readonly keys: SshKeyRepository;
  readonly journal: Journal;
  /** Who a key is that was added while sign-in was off; null while it is on. */
  readonly openActor: () => Actor | null;
}

export class SshKeyService {
  readonly #parts: SshKeyParts;

  constructor(parts: SshKeyParts) {
    this.#parts = parts;
  }

  /** One's own. */
  list(actor: Actor | null): readonly SshKeyView[] {
    const owner = ownerOf(authorize(actor, 'ssh.keys'));
    return this.#parts.keys.of(owner).map(view);
  }

  /** Throws VALIDATION for what is no good public key, CONFLICT for one that somebody has already. */
  add(actor: Actor | null, raw: unknown): SshKeyView {
    const who = authorize(actor, 'ssh.keys');
    const { keys, journal } = this.#parts;
    const owner = ownerOf(who);
    const input = parseInput(sshKeyInput, raw);
    const key = readPublicKey(input.publicKey);
    if (keys.byPublicKey(key.text) !== undefined)
      throw new AppError('CONFLICT', 'This key is added already', {
        hint: 'A key belongs to one user. Make another one with ssh-keygen -t ed25519.',
      });
    if (keys.of(owner).length >= MAX_KEYS)
      throw new AppError('CONFLICT', `There are ${MAX_KEYS} keys already`, { hint: 'Remove one first.' });
    const now = Date.now();
    const row: SshKeyRow = {
      id: newId<SshKeyId>(now),
      userId: owner,
      name: input.name === '' ? (key.comment || key.type).slice(0, 100) : input.name,
      publicKey: key.text,
      fingerprint: key.fingerprint,
      createdAt: now,
      lastUsedAt: null,
    };
    journal.commit((tell) => {
      keys.insert(row);
      tell({ kind: 'changed', what: 'ssh-keys', subject: row.fingerprint, by: asReason(who) });
    });
    return view(row);
  }

  /** Connections that were made with it end. Throws NOT_FOUND, also for the key of somebody else. */
  remove(actor: Actor | null, id: string): void {
    const who = authorize(actor, 'ssh.keys');
    const { keys, journal } = this.#parts;
    const owner = ownerOf(who);
    const row = keys.of(owner).find((each) => each.id === id);
    if (row === undefined) throw notFound('key', id);
    journal.commit((tell) => {
      keys.delete(row.id, owner);
      tell({ kind: 'changed', what: 'ssh-keys', subject: row.fingerprint, by: asReason(who) });
    });
  }

  /** Who comes with this key; null: nobody has added it. The caller has seen that the private half is there, or asks before. */
  actorOfKey(blob: Buffer): { readonly keyId: SshKeyId; readonly actor: Actor } | null {
    const row = this.#parts.keys.byPublicKey(publicKeyText(blob));
    if (row === undefined) return null;
    const actor = this.actorOf(row.id);
    return actor === null ? null : { keyId: row.id, actor };
  }

  /** Who a key is now; null when the key or its user is gone. */
  actorOf(id: SshKeyId): Actor | null {
    const found = this.#parts.keys.byId(id);
    if (found === undefined) return null;
    if (found.key.userId === null) {
      const open = this.#parts.openActor();
      return open?.kind === 'user' ? { ...open, door: 'ssh' } : null;
    }
    if (found.user === null) return null;
    const { id: userId, name, role } = found.user;
    return { kind: 'user', id: userId, name, role, door: 'ssh', sessionId: null };
  }

  used(id: SshKeyId): void {
    this.#parts.keys.used(id, Date.now());
  }
}

/** null: sign-in is off, so that there are no users. */
function ownerOf(actor: Actor): UserId | null {
  const user = asUser(actor);
  return user.door === 'open' ? null : user.id;
}

function view(row: SshKeyRow): SshKeyView {
  return {
    id: row.id,
    name: row.name,
    type: row.publicKey.split(' ')[0] ?? '',
    fingerprint: row.fingerprint,
    createdAt: new Date(row.createdAt).toISOString(),
    lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
  };
}
