/** Alerts: a rule and a channel made in the browser, a test, a crash that reaches a real server, and how it reached it. */
import { createServer, type Server } from 'node:http';
import { awake, quiet, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

interface Receiver {
  readonly server: Server;
  readonly url: string;
  readonly bodies: readonly string[];
  broken: boolean;
}

async function receiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const made = { broken: false, bodies };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      bodies.push(body);
      // so that only the test tries it again
      if (made.broken) response.writeHead(503, { 'retry-after': '600' }).end('being mended');
      else response.end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return Object.assign(made, { server, url: `http://127.0.0.1:${address.port}` });
}

let hook: Receiver;
test.beforeEach(async () => {
  hook = await receiver();
});
test.afterEach(() => {
  hook.server.close();
});
// rules of one test would fire for agents of another one
test.afterEach(async ({ api }) => {
  for (const kind of ['rules', 'channels'] as const) {
    const { body } = await api.call<Record<string, readonly { readonly id: string }[]>>(
      'GET',
      `/api/alerts/${kind}`,
    );
    for (const { id } of body[kind] ?? []) await api.call('DELETE', `/api/alerts/${kind}/${id}`);
  }
  await api.call('PUT', '/api/alerts/targets', { allowed: [] });
});

test('a crash reaches a channel that was made and tested in the browser', async ({ page, api, guard }) => {
  guard.expected(refusedWith(400));
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Open alerts' }).click();
  await expect(page).toHaveURL('/settings/alerts');
  await awake(page);
  await page.getByRole('link', { name: 'New channel' }).click();
  await page.getByLabel('Name', { exact: true }).fill('the hook');
  await page.getByLabel('Address').fill(`${hook.url}/in?token=of-the-hook`);
  await page.getByRole('button', { name: 'Make channel' }).click();

  // a private address is refused, and the answer says what to do
  await page.getByRole('button', { name: 'Send a test to the hook' }).click();
  await expect(page.getByText(/is a private address.*Private targets/)).toBeVisible();
  await page.getByLabel('Allowed networks, addresses and names').fill('127.0.0.1');
  await page.getByRole('button', { name: 'Save targets' }).click();
  await expect(page.getByText('The targets are saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Send a test to the hook' }).click();
  await expect(page.getByText('The test reached the hook: 200: thanks')).toBeVisible();
  await expect(page.locator('body')).not.toContainText('of-the-hook');

  await page.getByRole('link', { name: 'New rule' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'New rule' })).toBeVisible();
  await page.getByRole('button', { name: 'Make rule' }).click();
  await page.getByLabel('Name', { exact: true }).fill('alarm of crashes');
  await page.getByLabel('Exit codes').fill('7, 999');
  await page.getByRole('button', { name: 'Make rule' }).click();
  await expect(page.getByText('must be at most 255')).toBeVisible();
  await page.getByLabel('Exit codes').fill('7');
  await page.getByRole('button', { name: 'Make rule' }).click();
  await expect(
    page.getByRole('region', { name: 'Rules' }).getByRole('listitem').filter({ hasText: 'alarm of crashes' }),
  ).toContainText('Ends with exit code 7');

  hook.broken = true;
  await api.call('POST', '/api/agents', {
    name: 'alert-crasher',
    type: 'shell',
    command: script('sleep 0.5; exit 7'),
  });
  const fired = page
    .getByRole('region', { name: 'Fired' })
    .getByRole('listitem')
    .filter({ hasText: 'alert-crasher ended with exit code 7' });
  await expect(fired).toContainText('503: being mended');
  await expect(fired).toContainText('Waiting');
  hook.broken = false;
  await fired.getByRole('button', { name: /^Try again now: the hook/ }).click();
  await expect(fired).toContainText('Sent');
  expect(JSON.parse(hook.bodies.at(-1) ?? '')).toMatchObject({
    agent: { name: 'alert-crasher' },
    details: { exitCode: 7 },
  });

  await page.getByRole('link', { name: 'alarm of crashes' }).click();
  await page.getByRole('button', { name: 'Try on the last two hours' }).click();
  await expect(page.getByText('It would have fired once in the last two hours.')).toBeVisible();
  await expect(page.getByText('alert-crasher ended with exit code 7')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a rule is tried, made and turned off', async ({ page, api }) => {
    await api.spawn({ name: 'alert-quiet', command: quiet });
    await page.goto('/settings/alerts/rules/new?when=state');
    await page.getByLabel('Name', { exact: true }).fill('alarm of states');
    await page.getByLabel('Agents').fill('alert-quiet');
    await page.getByLabel('Ready', { exact: true }).check();
    await page.getByLabel('Crashed', { exact: true }).uncheck();
    await page.getByRole('button', { name: 'Try on the last two hours' }).click();
    await expect(page.getByText('alert-quiet is ready')).toBeVisible();
    await expect(page.getByLabel('Crashed', { exact: true })).not.toBeChecked();
    await page.getByRole('button', { name: 'Make rule' }).click();
    const rule = page
      .getByRole('region', { name: 'Rules' })
      .getByRole('listitem')
      .filter({ hasText: 'alarm of states' });
    await expect(rule).toContainText('Becomes failed or ready');
    await page.getByRole('button', { name: 'Turn off alarm of states' }).click();
    await expect(page.getByRole('button', { name: 'Turn on alarm of states' })).toBeVisible();
  });
});

test('rules and channels are made by the API, and a change in between is refused', async ({ api }) => {
  const channel = await api.call<{ id: string; secrets: readonly string[] }>('POST', '/api/alerts/channels', {
    kind: 'slack',
    name: 'chat',
    secrets: { url: 'https://hooks.example.com/services/very-secret' },
  });
  expect([channel.status, channel.body.secrets]).toEqual([201, ['url']]);
  const rule = await api.call<{ id: string }>('POST', '/api/alerts/rules', {
    name: 'alarm by API',
    condition: { when: 'log', pattern: 'panic' },
    channels: ['chat'],
  });
  const etag = rule.headers.get('etag') ?? '';
  const input = { name: 'alarm by API', condition: { when: 'log', pattern: 'panic|fatal' } };
  const put = (tag: string) =>
    api.call('PUT', `/api/alerts/rules/${rule.body.id}`, input, { 'if-match': tag });
  expect([(await put(etag)).status, (await put(etag)).status]).toEqual([200, 409]);
  const bad = await api.call('POST', '/api/alerts/rules', {
    name: 'x',
    condition: { when: 'log', pattern: '(' },
  });
  expect([bad.status, JSON.stringify(bad.body)]).toEqual([
    400,
    expect.stringContaining('must be a regular expression'),
  ]);
  const channels = await api.call('GET', '/api/alerts/channels');
  expect(JSON.stringify(channels.body)).not.toContain('very-secret');
});
