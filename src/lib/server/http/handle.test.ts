import { isRedirect, type RequestEvent } from '@sveltejs/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../app.ts';
import { anApp, partly, setUp } from '../testing/app.ts';
import { handleWith } from './handle.ts';

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly origin?: string;
}

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** What a request gets: a redirect, a refusal, or what the page answered. */
async function ask(
  app: App,
  path: string,
  { method = 'GET', headers = {}, cookies = {}, origin = 'http://127.0.0.1:3200' }: Asked = {},
) {
  const url = new URL(path, origin);
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  // fetch forbids to set these; a server gets them all the same
  const request = new Request(url, { method });
  for (const [name, value] of Object.entries({
    host: url.host,
    ...(cookie === '' ? {} : { cookie }),
    ...headers,
  }))
    request.headers.set(name, value);
  const locals = partly<RequestEvent['locals']>({});
  const event = partly<RequestEvent>({
    request,
    url,
    locals,
    cookies: { get: (name: string) => cookies[name] },
  });
  let served = false;
  try {
    const response = await handleWith(app, {
      event,
      resolve: async (_event, options) => {
        served = true;
        const html = await options?.transformPageChunk?.({
          html: '<html data-theme="%slipway.theme%">',
          done: true,
        });
        return new Response(html, { headers: { 'content-type': 'text/html' } });
      },
    });
    return { served, status: response.status, response, locals, to: null };
  } catch (error) {
    if (!isRedirect(error)) throw error;
    return { served, status: error.status, response: null, locals, to: error.location };
  }
}

describe('before the setup', () => {
  let app: App;
  beforeAll(async () => {
    const made = await anApp({ shared: true });
    app = made.app;
    return made.close;
  });

  it('every page leads to it', async () => {
    for (const path of ['/', '/agents', '/login', '/settings'])
      expect(await ask(app, path, { headers: HTML })).toMatchObject({ status: 303, to: '/setup' });
  });

  it('the API says so', async () => {
    const { response } = await ask(app, '/api/agents');
    expect(response?.status).toBe(401);
    expect(await response?.json()).toMatchObject({
      error: { code: 'UNAUTHENTICATED', message: 'Slipway is not set up yet' },
    });
  });

  it.each(['/setup', '/healthz', '/api/health', '/api/setup', '/theme'])('%s is served', async (path) => {
    expect((await ask(app, path)).served).toBe(true);
  });
});

describe('a stranger', () => {
  let app: App;
  let session: string;
  let token: string;
  beforeAll(async () => {
    const made = await anApp({ shared: true });
    app = made.app;
    session = await setUp(app);
    token = app.services.accounts.createToken(app.services.accounts.actorOfSession(session), {
      name: 'ci',
    }).secret;
    return made.close;
  });
  const signedIn = () => ({ slipway_session: session });

  it.each(['/login', '/setup', '/healthz', '/api/health', '/api/login', '/theme'])(
    'may see %s',
    async (path) => {
      expect((await ask(app, path)).served).toBe(true);
    },
  );

  it('is led to the login by every other page, and back after it', async () => {
    expect(await ask(app, '/', { headers: HTML })).toMatchObject({
      served: false,
      status: 303,
      to: '/login',
    });
    expect((await ask(app, '/agents?status=ready&q=a b', { headers: HTML })).to).toBe(
      '/login?to=%2Fagents%3Fstatus%3Dready%26q%3Da%2520b',
    );
    expect((await ask(app, '/agents/__data.json')).to).toMatch(/^\/login/);
  });

  it('is not led back to what he posted', async () => {
    const headers = { ...HTML, origin: 'http://127.0.0.1:3200' };
    expect((await ask(app, '/agents/new', { method: 'POST', headers })).to).toBe('/login');
  });

  it.each([
    '/api/agents',
    '/api/tokens',
    '/api/nothing',
    '/api/health/more',
    '/api/login/',
    '/agents',
    '/LOGIN',
    '/setup/x',
  ])('without a wish for a page gets 401 from %s', async (path) => {
    const { served, response } = await ask(app, path, { headers: { accept: 'application/json' } });
    expect(served).toBe(false);
    expect(response?.status).toBe(401);
    expect(response?.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response?.json()).toMatchObject({
      error: { code: 'UNAUTHENTICATED', requestId: response?.headers.get('x-request-id') },
    });
  });

  it('is no more a stranger with a session or a token', async () => {
    expect(await ask(app, '/agents', { cookies: signedIn(), headers: HTML })).toMatchObject({
      served: true,
      locals: { actor: { name: 'ada' } },
    });
    expect(await ask(app, '/api/agents', { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
      served: true,
    });
    expect(
      await ask(app, '/api/agents', { headers: { authorization: 'Bearer wrong' }, cookies: signedIn() }),
    ).toMatchObject({ served: false, status: 401 });
  });

  describe('a change with a cookie', () => {
    const post = (headers: Readonly<Record<string, string>>, method = 'POST') =>
      ask(app, '/api/agents', { method, headers, cookies: signedIn() });

    it('has to come from a page of ours', async () => {
      expect((await post({ origin: 'http://127.0.0.1:3200' })).served).toBe(true);
      expect((await post({ 'sec-fetch-site': 'same-origin' })).served).toBe(true);
    });

    it.each<[string, Readonly<Record<string, string>>]>([
      ['another site', { origin: 'http://evil.example.test' }],
      ['another port', { origin: 'http://127.0.0.1:8080' }],
      ['a sandboxed frame', { origin: 'null' }],
      [
        'another site, whatever else it says',
        { origin: 'http://evil.example.test', 'sec-fetch-site': 'same-origin' },
      ],
      ['a browser that says only that it is another site', { 'sec-fetch-site': 'cross-site' }],
      ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
      ['nobody knows where', {}],
    ])('is refused when it comes from %s', async (_, headers) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { served, response } = await post(headers, method);
        expect([served, response?.status]).toEqual([false, 403]);
      }
      expect((await post(headers, 'GET')).served).toBe(true);
    });
  });

  it('with a token may send changes from anywhere: no page can add one', async () => {
    const headers = { authorization: `Bearer ${token}`, origin: 'http://evil.example.test' };
    expect((await ask(app, '/api/agents', { method: 'POST', headers })).served).toBe(true);
  });

  it('may not be signed in by another site', async () => {
    expect(
      await ask(app, '/login', { method: 'POST', headers: { origin: 'http://evil.example.test' } }),
    ).toMatchObject({ served: false, status: 403 });
    expect((await ask(app, '/api/login', { method: 'POST' })).served).toBe(true);
  });
});

describe('every answer', () => {
  it('carries what keeps browsers from harm, and the number of the request', async () => {
    const { app } = await anApp();
    for (const path of ['/setup', '/api/agents']) {
      const headers = Object.fromEntries((await ask(app, path)).response?.headers ?? []);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
    const secure = await ask(app, '/setup', { origin: 'https://slipway.example.test' });
    expect(secure.response?.headers.get('strict-transport-security')).toContain('max-age=');
  });

  it('has the theme of the cookie, or that of the system', async () => {
    const { app } = await anApp();
    const theme = async (value?: string) =>
      (
        await ask(app, '/setup', value === undefined ? {} : { cookies: { slipway_theme: value } })
      ).response?.text();
    expect(await theme()).toContain('"system"');
    expect(await theme('dark')).toContain('"dark"');
    expect(await theme('"><script>')).toContain('"system"');
  });
});

it('without sign-in every page of this machine is served, and changes need a page of ours all the same', async () => {
  const { app } = await anApp({ env: { SLIPWAY_AUTH: 'none' } });
  expect((await ask(app, '/agents', { headers: HTML })).served).toBe(true);
  expect(
    (await ask(app, '/api/agents', { method: 'POST', headers: { origin: 'http://evil.example.test' } }))
      .status,
  ).toBe(403);
  expect((await ask(app, '/api/agents', { origin: 'http://evil.example.test' })).status).toBe(401);
});
