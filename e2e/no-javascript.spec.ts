/** Reading and the forms work without JavaScript; what is live elsewhere is here as it was when the page was loaded. */
import type { Page } from '@playwright/test';
import { badge, log, quiet, row, rowState, script, verb } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';
import { ADMIN } from './support/site.ts';

test.use({ javaScriptEnabled: false });

/** What a reader without JavaScript does to see what is new. */
async function reloadUntil(page: Page, address: string, seen: () => Promise<void>) {
  await expect(async () => {
    await page.goto(address);
    await seen();
  }).toPass();
}

test('an operator signs in and out', async ({ newContext, guard }) => {
  guard.expected(refusedWith(401));
  const page = await (await newContext({ storageState: undefined, javaScriptEnabled: false })).newPage();
  await page.goto('/agents');
  await page.getByLabel('User').fill(ADMIN.name);
  await page.getByLabel('Password', { exact: true }).fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('User and password do not match')).toBeVisible();
  await expect(page.getByLabel('User')).toHaveValue(ADMIN.name);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/agents');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/login');
});

test('the list and the last lines of a log can be read', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'readable', command: script('seq 1 300; exec sleep infinity') });
  await expect
    .poll(
      async () => (await api.call<{ count: number }>('GET', '/api/agents/readable/logs?tail=300')).body.count,
    )
    .toBe(300);
  await reloadUntil(page, '/agents', () => expect(row(page, 'readable').locator('.a-out')).toHaveText('300'));
  await expect(rowState(page, 'readable')).toHaveText('Ready');
  await row(page, 'readable').getByRole('link', { name: 'readable', exact: true }).click();
  await expect(page).toHaveURL(`/agents/${agent.id}`);
  await expect(badge(page)).toHaveText('Ready');
  await expect(log(page).locator('.ln')).toHaveCount(200);
  await expect(log(page).locator('.ln').first().locator('.tx')).toHaveText('101');
  await expect(log(page).locator('.ln').last().locator('.tx')).toHaveText('300');
  for (const tab of ['Metrics', 'Snapshots', 'History', 'Inspect']) {
    await page
      .getByRole('navigation', { name: 'Parts of the agent' })
      .getByRole('link', { name: new RegExp(`^${tab}`) })
      .click();
    await expect(badge(page)).toHaveText('Ready');
  }
  await expect(page.locator('pre')).toContainText('"RestartPolicy"');
});

test('an agent is launched, with mistakes shown in place, then stopped, started and removed', async ({
  page,
  api,
  guard,
}) => {
  guard.expected(refusedWith(400));
  await page.goto('/agents/new');
  await page.getByLabel('Name', { exact: true }).fill('-bad-');
  await page.getByLabel('Memory').fill('64m');
  await page.getByText('Advanced').click();
  await page.getByLabel('Command').fill('sh\n-c\necho by form; exec sleep infinity');
  await page.getByRole('button', { name: /^Launch/ }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('-bad-');
  await expect(page.getByLabel('Memory')).toHaveValue('64m');
  await expect(page.getByLabel('Command')).toHaveValue('sh\n-c\necho by form; exec sleep infinity');
  await page.getByLabel('Name', { exact: true }).fill('by-plain-form');
  await page.getByRole('button', { name: /^Launch/ }).click();
  await expect(page).toHaveURL(/\/agents\/(?!new)/);
  const state = async (wanted: string) => {
    await expect
      .poll(async () => (await api.agent('by-plain-form')).status, { timeout: 15_000 })
      .toBe(wanted);
    await page.goto('/agents/by-plain-form');
  };
  await state('ready');
  await reloadUntil(page, '/agents/by-plain-form', () => expect(log(page)).toContainText('by form'));

  await verb(page, 'Stop').click();
  await expect(badge(page)).toHaveText(/Stopping, \d s/);
  await verb(page, 'Undo').click();
  await expect(badge(page)).toHaveText('Ready');
  await verb(page, 'Stop').click();
  await state('stopped');
  await verb(page, 'Start').click();
  await state('ready');
  await page.locator('header').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Remove', exact: true }).click();
  await expect(badge(page)).toHaveText(/Removing, \d+ s/);
  await verb(page, 'Remove now').click();
  await expect.poll(async () => (await api.agents()).length).toBe(0);
});

test('the buttons in the list work', async ({ page, api }) => {
  await api.spawn({ name: 'in-the-list', command: quiet });
  await page.goto('/agents');
  await row(page, 'in-the-list').getByRole('button', { name: 'Stop in-the-list' }).click();
  await expect(page).toHaveURL(/\/agents/);
  await expect(rowState(page, 'in-the-list')).toHaveText(/Stopping/);
  await row(page, 'in-the-list').getByRole('button', { name: /^Undo/ }).click();
  await expect(rowState(page, 'in-the-list')).toHaveText('Ready');
});

test('a snapshot is taken by form', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'plain-snapshot', command: quiet });
  await page.goto(`/agents/${id}/snapshots`);
  await page.getByLabel('Name').fill('by-form');
  await page.getByRole('button', { name: 'Take a snapshot' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'by-form' })).toHaveCount(1);
});

test('the list is filtered by address and by form', async ({ page, api }) => {
  await Promise.all([
    api.spawn({ name: 'find-me', command: quiet }),
    api.spawn({ name: 'not-this', command: quiet }),
  ]);
  await page.goto('/agents');
  await page.getByLabel('Search agents').fill('find');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/q=find/);
  await expect(row(page, 'find-me')).toHaveCount(1);
  await expect(row(page, 'not-this')).toHaveCount(0);
});

test('the theme can be chosen', async ({ page }) => {
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await expect(page).toHaveURL('/settings');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a list that is longer than a screen goes on over pages, and all of it is there with scripts', async ({
  page,
  newContext,
  api,
}) => {
  test.slow();
  const names = Array.from({ length: 33 }, (_, at) => `many-${String(at + 1).padStart(2, '0')}`);
  const left = [...names];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift())
        await api.spawn({ name, command: ['sleep', 'infinity'], resources: { memory: '16m', pids: 16 } });
    }),
  );
  await page.goto('/agents?q=many-&sort=name');
  const rows = page.locator('tbody.ag');
  await expect(rows).toHaveCount(20);
  await expect(page.locator('tbody.grp .n')).toHaveText('33');
  await page
    .getByRole('navigation', { name: 'Pages of the list' })
    .getByRole('link', { name: 'Next' })
    .click();
  await expect(rows.locator('a.nm')).toHaveText(names.slice(20));

  const withScripts = await (await newContext({ javaScriptEnabled: true })).newPage();
  await withScripts.goto('/agents?q=many-&sort=name');
  await expect(withScripts.locator('tbody.ag')).toHaveCount(33);
  await expect(withScripts.getByRole('navigation', { name: 'Pages of the list' })).toHaveCount(0);
});
