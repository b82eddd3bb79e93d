import type { Cookies } from '@sveltejs/kit';
import type { NewSession, Visitor } from '../services/accounts.ts';
import { SESSION_COOKIE } from './authenticate.ts';

interface Request {
  readonly cookies: Cookies;
  readonly url: URL;
  readonly request: { readonly headers: Headers };
  getClientAddress(): string;
}

export function visitorOf(event: Pick<Request, 'request' | 'getClientAddress'>): Visitor {
  return { address: event.getClientAddress(), userAgent: event.request.headers.get('user-agent') ?? '' };
}

/** Puts a new session into the browser. The old cookie is overwritten: nobody can plant one before the login. */
export function openSession(
  event: Pick<Request, 'cookies' | 'url'>,
  session: Pick<NewSession, 'secret' | 'expiresAt'>,
): void {
  event.cookies.set(SESSION_COOKIE, session.secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
    expires: session.expiresAt,
  });
}

export function closeSession(event: Pick<Request, 'cookies'>): void {
  event.cookies.delete(SESSION_COOKIE, { path: '/' });
}

/** A path of ours to go to after the login; anything else (another site, a protocol, a backslash) is the start page. */
export function safePath(to: string | null): string {
  // eslint-disable-next-line no-control-regex -- browsers drop control characters inside addresses, so they must not be there
  if (to === null || !/^\/(?![/\\])/.test(to) || /[\\\u0000-\u001f]/.test(to)) return '/';
  return to;
}
