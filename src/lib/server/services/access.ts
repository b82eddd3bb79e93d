/**
 * Who may do what. Every method of every service asks here in its first line; doors only say who is there. Roles and grants by tag and host
 * come on top of this table.
 */
import { AppError } from '#lib/domain/errors.ts';
import type { UserId } from '#lib/domain/ids.ts';

export type Role = 'viewer' | 'operator' | 'admin';

export type Actor =
  | {
      readonly kind: 'user';
      readonly id: UserId;
      readonly name: string;
      readonly role: Role;
      readonly door: 'page' | 'token' | 'open' | 'ssh';
      /** The browser session, so that it can be told from the others and ended. */
      readonly sessionId: string | null;
    }
  | { readonly kind: 'system'; readonly name: string; readonly role: 'admin' };

const RIGHTS = {
  'agents.see': 'viewer',
  'agents.change': 'operator',
  'agents.exec': 'operator',
  'agents.send': 'operator',
  'agents.inspect': 'operator',
  'containers.adopt': 'admin',
  'host.prune': 'admin',
  'alerts.change': 'admin',
  'alerts.see': 'viewer',
  'archive.change': 'admin',
  'builds.change': 'operator',
  'builds.hostContext': 'admin',
  'files.change': 'operator',
  'files.read': 'operator',
  'hosts.change': 'admin',
  'hosts.see': 'viewer',
  'images.change': 'operator',
  'images.policy': 'admin',
  'images.see': 'viewer',
  'logs.see': 'viewer',
  'metrics.scrape': 'viewer',
  'metrics.see': 'viewer',
  'operations.see': 'viewer',
  'operations.cancel': 'operator',
  'registries.change': 'admin',
  'secrets.change': 'admin',
  'secrets.see': 'operator',
  'secrets.use': 'operator',
  'snapshots.see': 'viewer',
  'snapshots.change': 'operator',
  'ssh.keys': 'viewer',
  'terminal.open': 'operator',
  // others' sessions, read-only
  'terminal.watch': 'viewer',
  'tokens.own': 'viewer',
  // a type's defaults reach whoever launches it, admins too
  'types.change': 'admin',
  'types.see': 'viewer',
} as const satisfies Record<string, Role>;
export type Right = keyof typeof RIGHTS;

const RANK = { viewer: 0, operator: 1, admin: 2 } as const satisfies Record<Role, number>;

/** Returns the actor when it has the right. Throws UNAUTHENTICATED for a stranger and FORBIDDEN for a role that is too low. */
export function authorize(actor: Actor | null, right: Right): Actor {
  if (actor === null) throw new AppError('UNAUTHENTICATED', 'You are not signed in');
  if (RANK[actor.role] < RANK[RIGHTS[right]]) {
    throw new AppError('FORBIDDEN', `This needs the role ${RIGHTS[right]}; you are ${actor.role}`);
  }
  return actor;
}

export function isAllowed(actor: Actor, right: Right): boolean {
  return RANK[actor.role] >= RANK[RIGHTS[right]];
}

/** The user behind an actor. Throws FORBIDDEN for what is no person (our own loops). */
export function asUser(actor: Actor | null): Extract<Actor, { kind: 'user' }> {
  if (actor === null) throw new AppError('UNAUTHENTICATED', 'You are not signed in');
  if (actor.kind !== 'user') throw new AppError('FORBIDDEN', 'Only a user has this');
  return actor;
}

/** How an actor is named in reasons: `operator ada`, or the name of a loop. */
export function asReason(actor: Actor): string {
  return actor.kind === 'user' ? `operator ${actor.name}` : actor.name;
}
