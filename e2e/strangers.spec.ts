/** Every door refuses a stranger. The doors are read from the source: one that is added is tested at once. */
import { io } from 'socket.io-client';
import { expect, test } from './support/fixtures.ts';
import { doors, type Door } from './support/routes.ts';
import { ADMIN } from './support/site.ts';

/** Open on purpose: signing in, and asking whether the server is up. Whoever adds a line here says why. */
const OPEN = new Set([
  '/login page',
  '/login ?/',
  '/setup page',
  '/setup ?/',
  '/healthz GET',
  '/api/health GET',
  '/api/login POST',
  '/api/setup POST',
  '/theme page',
  '/theme ?/',
]);

/** The answer to a stranger at a door, as a browser and as a script would ask. */
async function knock(
  url: string,
  door: Door,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const isAction = door.kind.startsWith('?/');
  const method = door.kind === 'page' ? 'GET' : isAction ? 'POST' : door.kind;
  const body = isAction
    ? new URLSearchParams({ id: 'x' })
    : method === 'GET' || method === 'DELETE'
      ? null
      : '{}';
  const query = isAction && door.kind !== '?/' ? door.kind : '';
  return fetch(url + door.path + query, {
    method,
    body,
    redirect: 'manual',
    headers: { ...(isAction ? { origin: url } : {}), ...headers },
  });
}

test('the doors of every kind are found', async () => {
  const found = (await doors()).map(({ path, kind }) => `${path} ${kind}`);
  expect(found).toEqual(
    expect.arrayContaining([
      '/ page',
      '/agents page',
      '/agents GET',
      '/agents POST',
      '/agents ?/stop',
      '/agents/x/snapshots ?/delete',
      '/api/agents/x/x POST',
      '/logout ?/',
      ...OPEN,
    ]),
  );
  expect(found.length).toBeGreaterThan(60);
});

test('a stranger is sent from every page and every action to the login', async ({ site }) => {
  for (const door of await doors()) {
    if (OPEN.has(`${door.path} ${door.kind}`) || door.path.startsWith('/api/')) continue;
    const response = await knock(site.url, door, { accept: 'text/html' });
    const where = `${door.path} ${door.kind}`;
    expect([where, response.status], where).toEqual([where, 303]);
    expect(response.headers.get('location'), where).toMatch(/^\/login(?:\?to=|$)/);
    expect(await response.text(), where).toBe('');
  }
});

test('a script that is a stranger gets 401 in the one shape at every door', async ({ site }) => {
  for (const door of await doors()) {
    if (OPEN.has(`${door.path} ${door.kind}`)) continue;
    for (const accept of ['application/json', '*/*']) {
      const response = await knock(site.url, door, { accept });
      const where = `${door.path} ${door.kind} as ${accept}`;
      expect(response.status, where).toBe(401);
      expect(await response.json(), where).toMatchObject({
        error: { code: 'UNAUTHENTICATED', message: 'You are not signed in' },
      });
    }
  }
});

test('a wrong token is a stranger, also beside the cookie of a good session', async ({ site }) => {
  const [cookie] = site.storageState.cookies;
  const attempts: readonly Record<string, string>[] = [
    { authorization: 'Bearer slw_wrong' },
    { authorization: 'Basic YTpi' },
    { authorization: 'Bearer slw_wrong', cookie: `${cookie?.name}=${cookie?.value}` },
  ];
  for (const headers of attempts) {
    expect((await fetch(`${site.url}/api/agents`, { headers })).status).toBe(401);
  }
});

test('the data of pages is as closed as the pages', async ({ site }) => {
  for (const door of await doors()) {
    if (door.kind !== 'page' || OPEN.has(`${door.path} page`)) continue;
    const response = await fetch(`${site.url}${door.path === '/' ? '' : door.path}/__data.json`, {
      redirect: 'manual',
    });
    const text = await response.text();
    expect([door.path, text.includes('"nodes"')]).toEqual([door.path, false]);
  }
});

test('a change that comes with the cookie has to come from a page of ours', async ({ site, api }) => {
  const [session] = site.storageState.cookies;
  const cookie = `${session?.name}=${session?.value}`;
  const spawn = (headers: Readonly<Record<string, string>>) =>
    fetch(`${site.url}/agents/new`, {
      method: 'POST',
      body: new URLSearchParams({ type: 'shell' }),
      redirect: 'manual',
      headers: { cookie, ...headers },
    });
  const attempts: readonly Record<string, string>[] = [
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const headers of attempts) {
    expect((await spawn(headers)).status, JSON.stringify(headers)).toBe(403);
  }
  expect(await api.agents()).toEqual([]);
});

test.describe('the socket', () => {
  const connect = (url: string, transport: 'websocket' | 'polling', headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const socket = io(url, {
        path: '/live',
        transports: [transport],
        extraHeaders: headers,
        reconnection: false,
      });
      socket.once('connect', () => {
        socket.disconnect();
        resolve('connected');
      });
      socket.once('connect_error', () => {
        socket.disconnect();
        resolve('refused');
      });
    });

  for (const transport of ['websocket', 'polling'] as const) {
    test(`by ${transport} opens for a session on a page of ours and for nobody else`, async ({ site }) => {
      const [session] = site.storageState.cookies;
      const cookie = `${session?.name}=${session?.value}`;
      expect(await connect(site.url, transport, { cookie, origin: site.url })).toBe('connected');
      expect(await connect(site.url, transport, { origin: site.url })).toBe('refused');
      expect(await connect(site.url, transport, { cookie })).toBe('refused');
      expect(await connect(site.url, transport, { cookie, origin: 'https://elsewhere.example' })).toBe(
        'refused',
      );
      expect(await connect(site.url, transport, { cookie: 'slipway_session=wrong', origin: site.url })).toBe(
        'refused',
      );
      expect(
        await connect(site.url, transport, { authorization: 'Bearer slw_wrong', cookie, origin: site.url }),
      ).toBe('refused');
    });
  }

  test('closes when its session ends elsewhere', async ({ site }) => {
    const login = await fetch(`${site.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const socket = io(site.url, {
      path: '/live',
      transports: ['websocket'],
      extraHeaders: { cookie, origin: site.url },
      reconnection: false,
    });
    await expect.poll(() => socket.connected).toBe(true);
    await fetch(`${site.url}/api/logout`, { method: 'POST', headers: { cookie, origin: site.url } });
    await expect.poll(() => socket.connected, { timeout: 35_000 }).toBe(false);
  });
});
