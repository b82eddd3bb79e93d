import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { anApp, partly, setUp } from '../testing/app.ts';
import { authenticate, authenticateUpgrade, isSameOrigin } from './authenticate.ts';

const NOBODY = { authorization: null, session: null, host: '127.0.0.1:3200' };

async function signedIn() {
  const { app } = await anApp();
  const session = await setUp(app);
  const { secret: token } = app.services.accounts.createToken(app.services.accounts.actorOfSession(session), {
    name: 'ci',
  });
  const who = (credentials: Partial<typeof NOBODY> | { authorization?: string; session?: string }) =>
    authenticate(app, { ...NOBODY, ...credentials });
  const upgrade = (headers: Readonly<Record<string, string>>) =>
    authenticateUpgrade(app, partly<IncomingMessage>({ headers: { host: '127.0.0.1:3200', ...headers } }));
  return { app, session, token, who, upgrade };
}

describe('who is there', () => {
  it('is nobody without anything', async () => {
    const { who } = await signedIn();
    expect(who({})).toBeNull();
  });

  it('is the user of the session or of the token', async () => {
    const { who, session, token } = await signedIn();
    expect(who({ session })).toMatchObject({ name: 'ada', role: 'admin', door: 'page' });
    expect(who({ authorization: `Bearer ${token}` })).toMatchObject({
      name: 'ada',
      door: 'token',
      sessionId: null,
    });
    expect(who({ authorization: `bearer ${token}` })).toMatchObject({ door: 'token' });
  });

  it('is nobody with a wrong token, also beside a good cookie', async () => {
    const { who, session } = await signedIn();
    expect(who({ authorization: 'Bearer wrong', session })).toBeNull();
    expect(who({ authorization: 'Basic YTpi', session })).toBeNull();
    expect(who({ authorization: 'Bearer ', session })).toBeNull();
  });

  it('is nobody with a session that ended, or with a secret of the other kind', async () => {
    const { app, who, session, token } = await signedIn();
    expect(who({ session: token })).toBeNull();
    expect(who({ authorization: `Bearer ${session}` })).toBeNull();
    app.services.accounts.logout(who({ session }));
    expect(who({ session })).toBeNull();
  });

  it('is everybody who comes by a loopback name, when sign-in is off', async () => {
    const { app } = await anApp({ env: { SLIPWAY_AUTH: 'none' } });
    const who = (host: string | null) => authenticate(app, { ...NOBODY, host });
    for (const host of ['127.0.0.1:3200', 'localhost', 'localhost:3200', '[::1]:3200'])
      expect(who(host)).toMatchObject({ door: 'open', role: 'admin' });
    // a page of another site can have its own name point at us
    for (const host of ['evil.example.test', '127.0.0.1.example.test', '192.168.0.7:3200', '', 'a b', null])
      expect(who(host)).toBeNull();
  });
});

describe('a websocket', () => {
  it('with the cookie counts only when the page was ours', async () => {
    const { upgrade, session } = await signedIn();
    const cookie = `theme=dark; slipway_session=${session}; x=y`;
    expect(upgrade({ cookie, origin: 'http://127.0.0.1:3200' })).toMatchObject({ name: 'ada' });
    for (const origin of ['http://evil.example.test', 'http://127.0.0.1:3201', 'null', ''])
      expect(upgrade({ cookie, origin })).toBeNull();
    expect(upgrade({ cookie })).toBeNull();
  });

  it('with a token needs no origin', async () => {
    const { upgrade, token } = await signedIn();
    expect(upgrade({ authorization: `Bearer ${token}` })).toMatchObject({ door: 'token' });
    expect(upgrade({ authorization: 'Bearer wrong' })).toBeNull();
  });

  it('without a cookie is refused', async () => {
    const { upgrade } = await signedIn();
    expect(upgrade({ origin: 'http://127.0.0.1:3200' })).toBeNull();
    expect(upgrade({ origin: 'http://127.0.0.1:3200', cookie: 'slipway_session' })).toBeNull();
  });

  it('with a cookie that cannot be read is refused, and breaks nothing', async () => {
    const { upgrade } = await signedIn();
    expect(upgrade({ origin: 'http://127.0.0.1:3200', cookie: 'slipway_session=%E0%A4%A' })).toBeNull();
    expect(upgrade({ origin: 'http://127.0.0.1:3200', cookie: 'slipway_session=%' })).toBeNull();
  });
});

it.each<[string | null, string | null, boolean]>([
  ['http://box:3200', 'box:3200', true],
  ['https://box', 'box', true],
  ['http://box', 'box:80', true],
  ['http://BOX:3200', 'box:3200', true],
  ['http://[::1]:3200', '[::1]:3200', true],
  ['http://box:3200', 'box:3201', false],
  ['http://evil.box:3200', 'box:3200', false],
  ['http://box:3200.example.test', 'box:3200', false],
  ['null', 'box', false],
  ['', 'box', false],
  [null, 'box', false],
  ['http://box', null, false],
  ['http://box', 'not a host', false],
])('a page of %s and an address of %s are the same: %s', (origin, host, same) => {
  expect(isSameOrigin(origin, host)).toBe(same);
});
