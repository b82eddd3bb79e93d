/** Who comes with a key, and to which agent. */
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { AppError } from '#lib/domain/errors.ts';
import type { SshKeyId } from '#lib/domain/ids.ts';
import { readSshUser } from '#lib/domain/ssh-user.ts';
import type { SshKeyService } from '../services/ssh-keys.ts';
import type { SshSessions } from '../services/ssh-sessions.ts';
import type { SshVisit } from '../services/ssh-visit.ts';

export interface Known {
  readonly keyId: SshKeyId;
  /** Asked anew for each program: a role may have changed. Throws when the key, its user or the agent is gone. */
  readonly visit: () => SshVisit;
}

/** null: one or the other is not known, or the signature is wrong; nobody is told which. */
export function know(
  context: PublicKeyAuthContext,
  { keys, sessions }: { readonly keys: SshKeyService; readonly sessions: SshSessions },
): Known | null {
  const known = keys.actorOfKey(context.key.data);
  const wish = readSshUser(context.username);
  if (known === null || wish === null) return null;
  const { keyId } = known;
  try {
    const { agentId } = sessions.visit(known.actor, wish);
    if (context.signature !== undefined && !isSigned(context)) return null;
    // by id from here on: another agent may have the name later
    return { keyId, visit: () => sessions.visit(keys.actorOf(keyId), { ...wish, agent: agentId }) };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function isSigned({ key, signature, blob, hashAlgo }: PublicKeyAuthContext): boolean {
  if (signature === undefined || blob === undefined) return false;
  const parsed = ssh2.utils.parseKey(key.data);
  if (parsed instanceof Error) return false;
  // a signature by RSA without a named hash is one by SHA-1
  if (parsed.type === 'ssh-rsa' && hashAlgo === undefined) return false;
  // what it cannot verify it gives as an error
  const verified: unknown = parsed.verify(blob, signature, hashAlgo);
  return verified === true;
}
