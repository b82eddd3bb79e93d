import { describe, expect, it } from 'vitest';
import { partly } from '../testing/app.ts';
import { closeSession, openSession, safePath, visitorOf } from './session.ts';

describe('where to go after the login', () => {
  it.each([
    '/',
    '/agents',
    '/agents?status=ready&q=a%20b#top',
    '/agents/a-b_c.d',
    '/a//b',
    '/%2F%2Fevil.example.test',
  ])('%s is a path of ours', (path) => {
    expect(safePath(path)).toBe(path);
  });

  it.each([
    null,
    '',
    'agents',
    '//evil.example.test',
    '///evil.example.test',
    '/\\evil.example.test',
    '\\\\evil.example.test',
    '/agents\\..\\x',
    'https://evil.example.test/',
    'javascript:alert(1)',
    '/\t/evil.example.test',
    '/\n/evil.example.test',
    '\t//evil.example.test',
    ' /agents',
    '@evil.example.test',
  ])('%j is not, and becomes the start page', (path) => {
    expect(safePath(path)).toBe('/');
  });
});

type Event = Parameters<typeof openSession>[0] & Parameters<typeof visitorOf>[0];

function make(address: string) {
  const cookies: [string, ...unknown[]][] = [];
  const event = partly<Event>({
    url: new URL(address),
    request: new Request(address, { headers: { 'user-agent': 'a browser' } }),
    getClientAddress: () => '192.0.2.7',
    cookies: {
      set: (name: string, ...more: unknown[]) => cookies.push([name, ...more]),
      delete: (name: string, ...more: unknown[]) => cookies.push([name, 'deleted', ...more]),
    },
  });
  return { event, cookies };
}

describe('the cookie of a session', () => {
  const session = { secret: 'secret', expiresAt: new Date('2026-03-31T12:00:00Z'), user: { name: 'ada' } };

  it('is out of reach of scripts and of other sites, and ends with the session', () => {
    const { event, cookies } = make('http://127.0.0.1:3200/login');
    openSession(event, session);
    expect(cookies).toEqual([
      [
        'slipway_session',
        'secret',
        { path: '/', httpOnly: true, sameSite: 'lax', secure: false, expires: session.expiresAt },
      ],
    ]);
  });

  it('goes over TLS only, where there is TLS', () => {
    const { event, cookies } = make('https://slipway.example.test/login');
    openSession(event, session);
    expect(cookies[0]?.[2]).toMatchObject({ secure: true });
  });

  it('goes at the logout', () => {
    const { event, cookies } = make('http://127.0.0.1:3200/');
    closeSession(event);
    expect(cookies).toEqual([['slipway_session', 'deleted', { path: '/' }]]);
  });
});

it('a visitor is known by address and browser', () => {
  expect(visitorOf(make('http://127.0.0.1:3200/').event)).toEqual({
    address: '192.0.2.7',
    userAgent: 'a browser',
  });
});
