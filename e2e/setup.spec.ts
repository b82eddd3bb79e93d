import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { refusedWith } from './support/page-guard.ts';
import { expect, test } from './support/fixtures.ts';
import { ADMIN, SETUP_TOKEN } from './support/site.ts';

test.describe('before the first admin', () => {
  test('every address leads to the setup, and the API says what to do', async ({ startSite }) => {
    const { url, output } = await startSite();
    expect(output).toContain(`enter the setup token ${SETUP_TOKEN}`);

    for (const address of ['/', '/agents', '/agents/new', '/login', '/settings', '/no/such/page']) {
      const response = await fetch(url + address, { headers: { accept: 'text/html' }, redirect: 'manual' });
      expect([address, response.status, response.headers.get('location')]).toEqual([address, 303, '/setup']);
    }
    for (const address of ['/api/agents', '/api/login', '/agents']) {
      const response = await fetch(url + address, { headers: { accept: 'application/json' } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: { code: 'UNAUTHENTICATED', message: 'Slipway is not set up yet' },
      });
    }
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok');
  });

  test('a wrong token is refused in its field, and what was typed is kept', async ({
    startSite,
    newContext,
    guard,
  }) => {
    guard.expected(refusedWith(400));
    const { url, dataDir } = await startSite();
    const page = await (await newContext({ baseURL: url })).newPage();
    await page.goto('/');
    await expect(page).toHaveURL('/setup');
    await page.getByLabel('Setup token').fill('not-the-setup-token');
    await page.getByLabel('User').fill('captain');
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Start using Slipway' }).click();
    await expect(page.getByText('this is not the setup token')).toBeVisible();
    await expect(page.getByLabel('User')).toHaveValue('captain');

    await page.getByLabel('Setup token').fill(SETUP_TOKEN);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Start using Slipway' }).click();
    await expect(page.getByText('at least 10 characters', { exact: true })).toBeVisible();
    expect(await readFile(path.join(dataDir, 'setup-token'), 'utf8')).toBe(`${SETUP_TOKEN}\n`);
  });

  test('the right token makes the admin, signs in, and is worth nothing any more', async ({
    startSite,
    newContext,
  }) => {
    const { url, dataDir } = await startSite();
    const page = await (await newContext({ baseURL: url })).newPage();
    await page.goto(`/setup?token=${SETUP_TOKEN}`);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByRole('button', { name: 'Start using Slipway' }).click();
    await expect(page).toHaveURL('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');

    await expect(readFile(path.join(dataDir, 'setup-token'))).rejects.toThrow('ENOENT');
    const again = await fetch(`${url}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: SETUP_TOKEN, name: 'second', password: ADMIN.password }),
    });
    expect(again.status).toBe(409);
    await page.goto('/setup');
    await expect(page).toHaveURL('/');
  });
});
