/** What happens to every request before its door: who is there, may a stranger be here, did the page come from us, what the answer carries. */
import { randomUUID } from 'node:crypto';
import { redirect, type Handle, type RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/domain/errors.ts';
import type { App } from '../app.ts';
import { plainActionAnswer, wantsPlainAction } from './action-answer.ts';
import { limitBody } from './body-limit.ts';
import { authenticate, isSameOrigin, SESSION_COOKIE } from './authenticate.ts';
import { paintFirst } from './paint-first.ts';
import { problemResponse } from './problem.ts';
import { openSession } from './session.ts';

/** Open to strangers. Everything else is not; a new route is closed without doing anything for it. */
const PUBLIC = new Set(['/login', '/setup', '/healthz', '/api/health', '/api/login', '/api/setup', '/theme']);
const SETUP = new Set(['/setup', '/healthz', '/api/health', '/api/setup', '/theme']);

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
} as const;

type HandleInput = Parameters<Handle>[0];

export async function handleWith(app: App, { event, resolve }: HandleInput): Promise<Response> {
  const { request, locals, cookies, url } = event;
  const theme = cookies.get('slipway_theme');
  locals.app = app;
  locals.requestId = randomUUID();
  locals.theme = theme === 'light' || theme === 'dark' ? theme : 'system';
  const session = cookies.get(SESSION_COOKIE) ?? null;
  locals.actor = authenticate(app, {
    authorization: request.headers.get('authorization'),
    session,
    host: request.headers.get('host'),
    renewed: (expiresAt) => {
      if (session !== null) openSession(event, { secret: session, expiresAt });
    },
  });

  const refused = refuse(app, event) ?? limitBody(event);
  if (refused !== null) return finish(refused, locals.requestId, url);
  const plain = wantsPlainAction(request, url);
  if (plain) {
    request.headers.set('accept', 'application/json');
    // where the same address has an API too, Kit tells a form action by this header alone
    if (url.search.startsWith('?/')) request.headers.set('x-sveltekit-action', 'true');
  }
  const answer = await resolve(event, {
    // the page is readable before its scripts: asked for in the answer's head they would hold up the first paint
    preload: ({ type }) => type === 'css',
    transformPageChunk: ({ html }) => paintFirst(html.replace('%slipway.theme%', locals.theme)),
  });
  if (answer.status === 405 && url.pathname.startsWith('/api/')) {
    return finish(wrongMethod(answer, request.method, locals.requestId), locals.requestId, url);
  }
  return finish(plain ? await plainActionAnswer(answer, locals.requestId) : answer, locals.requestId, url);
}

/** Kit answers a method that a route does not have with a line of text; the API has one shape for all of its errors. */
function wrongMethod(answer: Response, method: string, requestId: string): Response {
  const allow = answer.headers.get('allow') ?? '';
  const error = new AppError('VALIDATION', `${method} is not possible here`, { hint: `Possible: ${allow}.` });
  return Response.json({ error: { ...error.toProblem(), requestId } }, { status: 405, headers: { allow } });
}

/** null: go on. Redirects pages of strangers by throwing. */
function refuse(app: App, event: RequestEvent): Response | null {
  const { request, locals, url } = event;
  const path = url.pathname;
  const needsSetup = app.services.accounts.needsSetup;
  const refusal = crossSite(event)
    ? new AppError('FORBIDDEN', 'The request came from another site', {
        hint: 'Scripts send an API token instead of the cookie.',
      })
    : null;
  if (refusal !== null) return problemResponse(refusal.toProblem(), locals.requestId);
  if (needsSetup ? SETUP.has(path) : locals.actor !== null || PUBLIC.has(path)) return null;
  if (wantsPage(request, path)) {
    if (needsSetup) redirect(303, '/setup');
    const to = request.method === 'GET' && path !== '/' ? `?to=${encodeURIComponent(path + url.search)}` : '';
    redirect(303, `/login${to}`);
  }
  const stranger = needsSetup
    ? new AppError('UNAUTHENTICATED', 'Slipway is not set up yet', {
        hint: 'Open /setup with the token that the console shows.',
      })
    : new AppError('UNAUTHENTICATED', 'You are not signed in');
  const response = problemResponse(stranger.toProblem(), locals.requestId);
  response.headers.set('www-authenticate', 'Bearer');
  return response;
}

/** A change that comes with a cookie (or with sign-in off) has to come from a page of ours. A token needs no such proof. */
function crossSite({ request }: RequestEvent): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return false;
  const { headers } = request;
  if (headers.has('authorization')) return false;
  const origin = headers.get('origin');
  if (origin !== null) return !isSameOrigin(origin, headers.get('host'));
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  // neither header: no browser. A cookie by itself proves nothing then
  return headers.has('cookie') && (headers.get('cookie') ?? '').includes(SESSION_COOKIE);
}

function wantsPage(request: Request, path: string): boolean {
  if (path.startsWith('/api/')) return false;
  return path.endsWith('/__data.json') || (request.headers.get('accept') ?? '').includes('text/html');
}

function finish(response: Response, requestId: string, url: URL): Response {
  const headers = response.headers;
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  headers.set('x-request-id', requestId);
  if (url.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  return response;
}
