/** Secrets: saved by form or API, given to an agent, never shown again. */
import { awake, log, openGroup } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const VALUE = 'sk-test-4711-hunter2';

test('a secret that was saved in the browser reaches an agent that the form launched, and nobody who looks', async ({
  page,
  api,
}) => {
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Open secrets' }).click();
  await awake(page);
  await expect(page.getByText('No secrets yet')).toBeVisible();
  await page.getByLabel('Name').fill('FORM_KEY');
  await page.getByLabel('Value').fill(VALUE);
  await page.getByRole('button', { name: 'Save secret' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'FORM_KEY is saved' })).toBeVisible();
  await expect(page.getByLabel('Value')).toHaveValue('');
  await expect(page.getByRole('listitem').filter({ hasText: 'FORM_KEY' })).toContainText('No agent uses it');

  await page.goto('/agents/new?type=shell');
  await awake(page);
  await page.getByLabel('Name', { exact: true }).fill('keeper');
  await page.getByText('Advanced').click();
  await page
    .getByLabel('Command')
    .fill('sh\n-c\n[ "$TOKEN" = sk-test-4711-hunter2 ] && echo it has it; exec sleep infinity');
  await openGroup(page, 'Environment');
  await page.getByLabel('Secrets', { exact: true }).fill('TOKEN=FORM_KEY');
  await page.getByRole('button', { name: /^Launch/ }).click();
  await expect(log(page)).toContainText('it has it');

  // the command says the value itself, so it is looked for where only the secret could bring it
  const inspected = await api.call<{ Config: { Env: readonly string[] } }>(
    'GET',
    '/api/agents/keeper/inspect',
  );
  expect(inspected.body.Config.Env.join(' ')).not.toContain('TOKEN');
  await page.goto('/settings/secrets');
  await expect(page.getByRole('listitem').filter({ hasText: 'FORM_KEY' })).toContainText('Used by keeper');
  await expect(page.locator('body')).not.toContainText(VALUE);
});

test('a secret that agents use is deleted only when it is said twice, and the page names them', async ({
  page,
  api,
}) => {
  await api.call('POST', '/api/secrets', { name: 'USED_KEY', value: VALUE });
  await api.spawn({ name: 'user', env: { TOKEN: { secret: 'USED_KEY' } } });
  expect((await api.call('DELETE', '/api/secrets/USED_KEY')).status).toBe(409);
  await page.goto('/settings/secrets');
  await awake(page);
  await page.getByRole('button', { name: 'Delete USED_KEY' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('user keep what they have');
  await dialog.getByRole('button', { name: 'Delete USED_KEY' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'USED_KEY' })).toHaveCount(0);
});

test('what is wrong with a secret is said without its value, by form and by API', async ({
  page,
  guard,
  api,
}) => {
  const refused = await api.call('POST', '/api/secrets', { name: '1 bad', value: VALUE });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain('must be the name of a secret');
  expect(JSON.stringify(refused.body)).not.toContain(VALUE);

  guard.expected(refusedWith(400));
  await page.goto('/settings/secrets');
  await awake(page);
  await page.getByLabel('Name').fill('1 bad');
  await page.getByLabel('Value').fill(VALUE);
  await page.getByRole('button', { name: 'Save secret' }).click();
  await expect(page.getByText('must be the name of a secret')).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('1 bad');

  const unknown = await api.call('POST', '/api/agents', { type: 'shell', env: { A: { secret: 'NONE' } } });
  expect([unknown.status, JSON.stringify(unknown.body)]).toEqual([
    400,
    expect.stringContaining('there is no secret'),
  ]);
});
