import type { IncomingMessage } from 'node:http';
import type { App } from '../app.ts';
import { isLoopback } from '../config.ts';
import type { Actor } from '../services/access.ts';

export const SESSION_COOKIE = 'slipway_session';

/** What of a request says who is there. */
export interface Credentials {
  readonly authorization: string | null;
  readonly session: string | null;
  /** The Host header: with sign-in off it must be a loopback name, or any web page could reach us by a name of its own. */
  readonly host: string | null;
  /** Told when the session lives longer than the browser's cookie knows. */
  readonly renewed?: (expiresAt: Date) => void;
}

/** The actor, or null for a stranger. A token that is wrong counts as none, also beside a good cookie. */
export function authenticate(app: App, credentials: Credentials): Actor | null {
  const { accounts } = app.services;
  const { authorization, session, host } = credentials;
  if (authorization !== null) {
    const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    return bearer === undefined ? null : accounts.actorOfToken(bearer);
  }
  if (session !== null) {
    const actor = accounts.actorOfSession(session, credentials.renewed);
    if (actor !== null) return actor;
  }
  return host !== null && isLoopback(hostname(host)) ? accounts.openActor() : null;
}

/** For a websocket: the cookie counts only on an Origin of our own. */
export function authenticateUpgrade(app: App, request: IncomingMessage): Actor | null {
  const { origin, host, authorization, cookie } = request.headers;
  if (authorization === undefined && !isSameOrigin(origin ?? null, host ?? null)) return null;
  return authenticate(app, {
    authorization: authorization ?? null,
    session: cookieValue(cookie ?? '', SESSION_COOKIE),
    host: host ?? null,
  });
}

/** True when the page that sent the request came from the address that it was sent to. */
export function isSameOrigin(origin: string | null, host: string | null): boolean {
  if (origin === null || host === null) return false;
  try {
    return new URL(origin).host === new URL(`http://${host}`).host || new URL(origin).host === host;
  } catch {
    return false;
  }
}

function hostname(host: string): string {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return '';
  }
}

/** As it was sent: our secrets hold nothing that is encoded in a cookie, and decoding what anybody may send can throw. */
function cookieValue(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
