import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { alertTarget } from '#lib/domain/inputs/alert-channel-input.ts';
import { SettingsRepository } from '../storage/settings.ts';
import { Journal } from '../storage/journal.ts';
import { aDatabase } from '../testing/database.ts';
import { hookSink } from '../testing/hook-sink.ts';
import { smtpSink } from '../testing/smtp-sink.ts';
import { person } from '../testing/world.ts';
import type { ToldAlert } from './alert-messages.ts';
import { AlertSender } from './alert-sending.ts';
import { AlertTargets } from './alert-targets.ts';

const ALERT: ToldAlert = {
  id: 'alert-1',
  rule: { id: 'rule-1', name: 'Crashes' },
  text: 'ember-fox said: "no" <!channel> @everyone & more',
  at: '2026-01-02T03:04:05.000Z',
  when: 'log',
  agent: { id: 'a1', name: 'ember-fox', type: 'claude', tags: { env: 'test' } },
  host: { id: 'h1', name: 'local' },
  details: { line: 'a "quoted" line\\', count: 1 },
  test: false,
};

function sender(allowed: readonly string[] = ['127.0.0.1'], timeoutMs = 10_000) {
  const { db } = aDatabase();
  const targets = new AlertTargets(new SettingsRepository(db), new Journal(db, () => undefined), () =>
    Promise.resolve([{ address: '127.0.0.1' }]),
  );
  targets.put(person('admin'), { allowed });
  const sending = new AlertSender(targets, timeoutMs);
  return (target: unknown, alert: ToldAlert = ALERT) =>
    sending.send(alertTarget.parse(target), alert, 'delivery-1', new AbortController().signal);
}

describe('an alert to a webhook', () => {
  it('is JSON with what happened, and signed over the very bytes that arrive', async () => {
    const sink = await hookSink();
    const secrets = {
      url: `${sink.url}/in?t=secret-token`,
      headers: { 'X-Team': 'infra' },
      signingKey: 'a key',
    };
    const outcome = await sender()({ kind: 'webhook', secrets });
    expect(outcome).toEqual({ ok: true, answer: '200: thanks', retryAfterSeconds: null });
    const [hook] = sink.hooks;
    expect(hook?.path).toBe('/in?t=secret-token');
    expect(JSON.parse(hook?.body ?? '')).toEqual(ALERT);
    const sign = (text: string) => `sha256=${createHmac('sha256', 'a key').update(text).digest('hex')}`;
    const timestamp = String(hook?.headers['x-slipway-timestamp']);
    expect(hook?.headers).toMatchObject({
      'x-team': 'infra',
      'content-type': 'application/json',
      'x-slipway-delivery': 'delivery-1',
      'x-slipway-signature': sign(hook?.body ?? ''),
      'x-slipway-timestamped-signature': sign(`${timestamp}.${hook?.body ?? ''}`),
    });
    expect(Math.abs(Number(timestamp) * 1000 - Date.now())).toBeLessThan(60_000);
  });

  it('has the body of its template, whatever is in the line', async () => {
    const sink = await hookSink();
    const template = '{"msg": "{{agent}}: {{line}}", "code": "{{exitCode}}"}';
    await sender()({ kind: 'webhook', settings: { template }, secrets: { url: sink.url } });
    expect(JSON.parse(sink.hooks[0]?.body ?? '')).toEqual({ msg: 'ember-fox: a "quoted" line\\', code: '' });
  });

  it('follows no redirect', async () => {
    const sink = await hookSink((response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const outcome = await sender()({ kind: 'webhook', secrets: { url: sink.url } });
    expect(outcome).toMatchObject({ ok: false, answer: '302 (redirects are not followed)' });
    expect(sink.hooks).toHaveLength(1);
  });

  it('reads no more of an answer than its beginning, and masks what it repeats of our secrets', async () => {
    const sink = await hookSink((response, hook) => {
      response.writeHead(400);
      response.write(`no: ${hook.path} ${String(hook.headers['authorization'])} `);
      // never ends
      const flood = () => {
        if (!response.destroyed) response.write('x'.repeat(64 * 1024), flood);
      };
      flood();
    });
    const secrets = { url: `${sink.url}/T00/B00/token`, headers: { Authorization: 'Bearer very-secret' } };
    const { ok, answer } = await sender()({ kind: 'webhook', secrets });
    expect(ok).toBe(false);
    expect(answer).toMatch(/^400: no: •+ •+ x+$/);
    expect(answer.length).toBeLessThanOrEqual(300);
  });

  it('keeps what the other side asks about waiting', async () => {
    const sink = await hookSink((response) => {
      response.writeHead(429, { 'retry-after': '90' }).end();
    });
    expect(await sender()({ kind: 'webhook', secrets: { url: sink.url } })).toMatchObject({
      ok: false,
      retryAfterSeconds: 90,
    });
  });

  it('ends when the other side says nothing, or is not there', async () => {
    const silent = await hookSink(() => undefined);
    expect(await sender(['127.0.0.1'], 200)({ kind: 'webhook', secrets: { url: silent.url } })).toMatchObject(
      {
        ok: false,
        answer: expect.stringContaining('No answer within 0.2 s') as string,
      },
    );
    expect(await sender()({ kind: 'slack', secrets: { url: 'http://127.0.0.1:1/x' } })).toMatchObject({
      ok: false,
      answer: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('does not reach private addresses, by address or by name', async () => {
    const sink = await hookSink();
    for (const url of [sink.url, sink.url.replace('127.0.0.1', 'a-name.example.com')])
      expect(await sender([])({ kind: 'webhook', secrets: { url } })).toMatchObject({
        ok: false,
        answer: expect.stringContaining('is a private address') as string,
      });
    expect(sink.hooks).toHaveLength(0);
  });

  it('connects to the address that was checked, under the name that was asked for', async () => {
    const sink = await hookSink();
    const named = sink.url.replace('127.0.0.1', 'a-name.example.com');
    expect(await sender(['a-name.example.com'])({ kind: 'webhook', secrets: { url: named } })).toMatchObject({
      ok: true,
    });
    expect(sink.hooks[0]?.headers.host).toMatch(/^a-name\.example\.com:/);
  });
});

describe('an alert to a chat', () => {
  it('wakes nobody in Slack', async () => {
    const sink = await hookSink();
    await sender()({ kind: 'slack', secrets: { url: sink.url } });
    expect(JSON.parse(sink.hooks[0]?.body ?? '')).toEqual({
      text: '*Crashes*\nember-fox said: "no" &lt;!channel&gt; @everyone &amp; more',
    });
  });

  it('wakes nobody in Discord, and fits', async () => {
    const sink = await hookSink();
    await sender()({ kind: 'discord', secrets: { url: sink.url } }, { ...ALERT, text: 'y'.repeat(5_000) });
    const body: unknown = JSON.parse(sink.hooks[0]?.body ?? '');
    expect(body).toMatchObject({
      allowed_mentions: { parse: [] },
      content: expect.stringMatching(/^\*\*Crashes\*\*\ny{1000,1990}$/) as string,
    });
  });

  it('has title, priority and tags in ntfy', async () => {
    const sink = await hookSink();
    const settings = { server: sink.url, topic: 'ops', priority: 5, tags: ['fire'] };
    await sender()({ kind: 'ntfy', settings, secrets: { token: 'tk_secret' } });
    expect(sink.hooks[0]?.headers.authorization).toBe('Bearer tk_secret');
    expect(JSON.parse(sink.hooks[0]?.body ?? '')).toEqual({
      topic: 'ops',
      title: 'Crashes',
      message: ALERT.text,
      priority: 5,
      tags: ['fire'],
    });
  });
});

describe('an alert by e-mail', () => {
  const settings = (port: number) => ({
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'slipway@example.com',
    to: ['ops@example.com', 'more@example.com'],
    username: 'slipway',
  });

  it('reaches everybody, with what happened as plain text', async () => {
    const sink = await smtpSink({ password: 'mail-secret' });
    const outcome = await sender()({
      kind: 'email',
      settings: settings(sink.port),
      secrets: { password: 'mail-secret' },
    });
    expect(outcome).toMatchObject({
      ok: true,
      answer: expect.stringContaining('250 kept as 4711') as string,
    });
    const [talk = ''] = sink.talks;
    for (const part of [
      'MAIL FROM:<slipway@example.com>',
      'RCPT TO:<ops@example.com>',
      'RCPT TO:<more@example.com>',
      'Subject: [Slipway] Crashes',
      'ember-fox said: "no"',
      'Content-Type: text/plain',
    ])
      expect(talk).toContain(part);
  });

  it('says what the server said, without the password', async () => {
    const sink = await smtpSink({ password: 'another' });
    const { ok, answer } = await sender()({
      kind: 'email',
      settings: settings(sink.port),
      secrets: { password: 'mail-secret' },
    });
    expect([ok, answer]).toEqual([false, expect.stringContaining('535 wrong password ••••••')]);
  });

  it('does not go on plain where encryption is asked for', async () => {
    const sink = await smtpSink();
    const outcome = await sender()({ kind: 'email', settings: { ...settings(sink.port), tls: 'starttls' } });
    expect([outcome.ok, sink.talks]).toEqual([false, []]);
  });

  it('is not sent to a private server', async () => {
    const sink = await smtpSink();
    expect(await sender([])({ kind: 'email', settings: settings(sink.port) })).toMatchObject({
      ok: false,
      answer: expect.stringContaining('private address') as string,
    });
  });
});
