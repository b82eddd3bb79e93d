import { describe, expect, it } from 'vitest';
import { makeAlertWorld } from '../testing/alert-world.ts';
import { hookSink } from '../testing/hook-sink.ts';
import { person } from '../testing/world.ts';

const HOOK = {
  kind: 'webhook',
  name: 'ops',
  secrets: {
    url: 'https://hooks.example.com/T0/secret-part',
    headers: { 'X-Key': 'header-value' },
    signingKey: 'signing-value',
  },
};
const MAIL = {
  kind: 'email',
  name: 'mail',
  settings: { host: 'smtp.example.com', from: 'a@example.com', to: ['b@example.com'], username: 'a' },
  secrets: { password: 'mail-password' },
};

describe('a channel of alerts', () => {
  it('never shows what is secret of it, not even in the database', async () => {
    const { alertChannels, channels, admin } = await makeAlertWorld();
    const made = alertChannels.create(admin, HOOK);
    expect(made).toMatchObject({
      secrets: ['url', 'headers', 'signingKey'],
      settings: { origin: 'https://hooks.example.com', template: null },
    });
    const kept = JSON.stringify([made, alertChannels.list(admin), channels.list()]);
    for (const secret of ['secret-part', 'header-value', 'signing-value']) expect(kept).not.toContain(secret);
  });

  it('keeps secrets that are left out, and gives up those that are null', async () => {
    const { alertChannels, admin } = await makeAlertWorld();
    const { id, version } = alertChannels.create(admin, HOOK);
    const after = alertChannels.update(
      admin,
      id,
      { kind: 'webhook', name: 'ops 2', secrets: { headers: null } },
      version,
    );
    expect(after).toMatchObject({ name: 'ops 2', secrets: ['url', 'signingKey'], version: 2 });
  });

  it('does not carry its secrets to another server', async () => {
    const { alertChannels, admin } = await makeAlertWorld();
    const hook = alertChannels.create(admin, HOOK);
    const elsewhere = { url: 'https://elsewhere.example.com/x' };
    expect(() =>
      alertChannels.update(admin, hook.id, { kind: 'webhook', name: 'ops', secrets: elsewhere }),
    ).toThrow(/entered again/);
    const mail = alertChannels.create(admin, MAIL);
    const moved = { ...MAIL, settings: { ...MAIL.settings, host: 'smtp.elsewhere.com' }, secrets: {} };
    expect(() => alertChannels.update(admin, mail.id, moved)).toThrow(
      /secrets.password: has to be entered again/,
    );
    expect(
      alertChannels.update(admin, mail.id, { ...moved, secrets: { password: 'new' } }).settings,
    ).toMatchObject({
      origin: 'smtp.elsewhere.com',
    });
  });

  it('that was changed meanwhile is not overwritten', async () => {
    const { alertChannels, admin } = await makeAlertWorld();
    const { id, version } = alertChannels.create(admin, HOOK);
    alertChannels.update(admin, id, { kind: 'webhook', name: 'ops' });
    expect(() => alertChannels.update(admin, id, { kind: 'webhook', name: 'mine' }, version)).toThrow(
      /changed by somebody else/,
    );
  });

  it.each([
    ['no address', { kind: 'webhook', name: 'x' }, 'secrets.url is required'],
    [
      'another scheme',
      { kind: 'slack', name: 'x', secrets: { url: 'file:///etc/passwd' } },
      'begins with https://',
    ],
    [
      'a login in the address',
      { kind: 'slack', name: 'x', secrets: { url: 'https://me:pw@example.com' } },
      'must not hold a user name',
    ],
    [
      'a header of ours',
      { ...HOOK, secrets: { ...HOOK.secrets, headers: { 'X-Slipway-Signature': 'x' } } },
      'cannot be the name of a header',
    ],
    [
      'a header in two lines',
      { ...HOOK, secrets: { ...HOOK.secrets, headers: { 'X-A': 'a\r\nX-B: b' } } },
      'must be one line',
    ],
    ['a template that is no JSON', { ...HOOK, settings: { template: '{{text}}' } }, 'must be JSON'],
    [
      'an address that is two',
      { ...MAIL, settings: { ...MAIL.settings, to: ['a@example.com,b@example.com'] } },
      'must be an e-mail address',
    ],
    [
      'a sender with a line',
      { ...MAIL, settings: { ...MAIL.settings, from: 'a@example.com\nBcc: x@y.z' } },
      'must be one line',
    ],
    [
      'a topic that is a path',
      { kind: 'ntfy', name: 'x', settings: { topic: '../admin' } },
      'must be letters',
    ],
    ['an unknown kind', { kind: 'sms', name: 'x' }, 'must be webhook, slack'],
  ])('with %s is refused', async (_what, input, words) => {
    const { alertChannels, admin } = await makeAlertWorld();
    const refuse = () => alertChannels.create(admin, input);
    expect(refuse).toThrow(expect.objectContaining({ code: 'VALIDATION' }));
    try {
      refuse();
    } catch (error) {
      const said = JSON.stringify(error instanceof Error && 'details' in error ? error.details : error);
      expect(said.replace('"field":"secrets.url","value":null,"rule":"', 'secrets.url ')).toContain(words);
      expect(said).not.toMatch(/passwd|me:pw|header-value/);
    }
  });

  it('is tested at once, and says what the other side said', async () => {
    const sink = await hookSink();
    const { alertChannels, admin, targets } = await makeAlertWorld();
    const { id } = alertChannels.create(admin, { kind: 'webhook', name: 'ops', secrets: { url: sink.url } });
    expect(await alertChannels.test(admin, id)).toMatchObject({ ok: true, answer: '200: thanks' });
    expect(JSON.parse(sink.hooks[0]?.body ?? '')).toMatchObject({
      test: true,
      text: expect.stringContaining('sent by ada') as string,
    });
    targets.put(admin, { allowed: [] });
    expect(await alertChannels.test(admin, id)).toMatchObject({
      ok: false,
      answer: expect.stringContaining('private address') as string,
    });
  });

  it('is for admins to make, and for all to see', async () => {
    const { alertChannels, admin } = await makeAlertWorld();
    const { id } = alertChannels.create(admin, HOOK);
    const operator = person('operator');
    for (const change of [
      () => alertChannels.create(operator, HOOK),
      () => alertChannels.update(operator, id, HOOK),
      () => {
        alertChannels.delete(operator, id);
      },
    ])
      expect(change).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    await expect(alertChannels.test(operator, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(() => alertChannels.list(null)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(alertChannels.list(person('viewer'))).toHaveLength(1);
  });

  it('that goes takes itself out of rules, and what waited for it is given up', async () => {
    const { alertChannels, alertRules, rule, firing, deliveries, alerts, admin, world } = await withRule();
    firing.fire(rule, { subject: { kind: 'archive' }, text: 'full', at: 0, details: {} });
    alertChannels.delete(admin, world.channelId);
    expect(alertRules.list(admin)[0]?.channels).toEqual([]);
    expect(deliveries.of(alerts.list(1).map((row) => row.id))).toMatchObject([
      { state: 'failed', answer: 'The channel was deleted' },
    ]);
  });
});

async function withRule() {
  const world = await makeAlertWorld();
  const { id } = world.alertChannels.create(world.admin, HOOK);
  const rule = world.rule({ condition: { when: 'disk' }, channels: ['ops'] });
  return { ...world, rule, world: { channelId: id } };
}
