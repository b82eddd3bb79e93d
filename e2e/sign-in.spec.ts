import type { Page } from '@playwright/test';
import { refusedWith } from './support/page-guard.ts';
import { expect, test } from './support/fixtures.ts';
import { ADMIN } from './support/site.ts';

async function signIn(page: Page, { name, password }: { name: string; password: string }) {
  await page.getByLabel('User').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test.describe('signing in', () => {
  test('a stranger is sent to the login and comes back to the page that was asked for', async ({
    newContext,
  }) => {
    const page = await (await newContext({ storageState: undefined })).newPage();
    await page.goto('/agents?show=ready');
    await expect(page).toHaveURL(/\/login\?to=/);
    await signIn(page, ADMIN);
    await expect(page).toHaveURL('/agents?show=ready');
  });

  test('a wrong user and a wrong password get the same words, a wrong one often enough a pause', async ({
    startSite,
    newContext,
    guard,
  }) => {
    guard.expected(refusedWith(401), refusedWith(429));
    const site = await startSite();
    await site.setUp();
    const page = await (await newContext({ baseURL: site.url })).newPage();
    await page.goto('/login');

    await signIn(page, { name: 'nobody', password: 'wrong password' });
    const words = page.getByText('User and password do not match.');
    await expect(words).toContainText('4 tries left');
    await expect(page.getByLabel('User')).toHaveValue('nobody');
    await signIn(page, { name: ADMIN.name, password: 'wrong password' });
    await expect(words).toContainText('4 tries left');
    for (const left of ['3 tries', '2 tries', '1 try']) {
      await signIn(page, { name: ADMIN.name, password: 'wrong password' });
      await expect(words).toContainText(`${left} left`);
    }
    await signIn(page, { name: ADMIN.name, password: 'wrong password' });
    await expect(words).toContainText('The next try is possible in 5 min');

    // now not even the right one, and nobody else is kept out
    await signIn(page, ADMIN);
    await expect(page.getByText('Too many failed tries')).toBeVisible();
    const other = await fetch(`${site.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'somebody-else', password: 'wrong password' }),
    });
    expect(other.status).toBe(401);
  });

  for (const to of [
    '//elsewhere.example',
    '/\\elsewhere.example',
    'https://elsewhere.example',
    'javascript:alert(1)',
    '/\t/elsewhere.example',
  ]) {
    test(`never leads to another site: ${JSON.stringify(to)}`, async ({ newContext, site }) => {
      const page = await (await newContext({ storageState: undefined })).newPage();
      await page.goto(`/login?to=${encodeURIComponent(to)}`);
      await signIn(page, ADMIN);
      await page.waitForURL((url) => url.pathname !== '/login');
      expect(new URL(page.url()).origin).toBe(site.url);
    });
  }

  test('signing out ends the session, not only the cookie', async ({ newContext }) => {
    const context = await newContext({ storageState: undefined });
    const page = await context.newPage();
    await page.goto('/login');
    await signIn(page, ADMIN);
    await expect(page).toHaveURL('/');
    const { cookies } = await context.storageState();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL('/login');
    await context.addCookies(cookies);
    await page.goto('/');
    await expect(page).toHaveURL('/login');
  });

  test('the session cookie is for our own pages only', async ({ newContext }) => {
    const context = await newContext({ storageState: undefined });
    const page = await context.newPage();
    await page.goto('/login');
    await signIn(page, ADMIN);
    await expect(page).toHaveURL('/');
    const [cookie] = (await context.storageState()).cookies.filter(({ name }) => name === 'slipway_session');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(await page.evaluate(() => document.cookie)).not.toContain('slipway_session');
  });
});

test.describe('sessions and tokens', () => {
  test('another session is listed with its browser, and can be ended', async ({ page, newContext }) => {
    const other = await (
      await newContext({ storageState: undefined, userAgent: 'an other browser' })
    ).newPage();
    await other.goto('/login');
    await signIn(other, ADMIN);
    await expect(other).toHaveURL('/');

    await page.goto('/settings');
    const line = page.getByRole('listitem').filter({ hasText: 'an other browser' });
    await expect(page.getByText('this browser')).toHaveCount(1);
    await line.getByRole('button', { name: 'End' }).click();
    await expect(line).toHaveCount(0);
    await other.goto('/agents');
    await expect(other).toHaveURL(/\/login/);
  });

  test('a token is shown once, works for scripts, and no longer when it is revoked', async ({
    page,
    site,
  }) => {
    await page.goto('/settings');
    await page.getByLabel('Name').fill('a script');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const secret = (await page.getByRole('status').locator('code').textContent()) ?? '';
    expect(secret).toMatch(/^slw_/);
    const ask = async () =>
      (await fetch(`${site.url}/api/agents`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await ask()).toBe(200);

    await page.reload();
    await expect(page.getByText(secret)).toHaveCount(0);
    await page.getByRole('button', { name: 'Revoke a script' }).click();
    await expect(page.getByRole('button', { name: 'Revoke a script' })).toHaveCount(0);
    expect(await ask()).toBe(401);
  });
});
