import { badge, counting, log, quiet, row, rowState } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

test.describe('the theme', () => {
  test('follows the system until one is chosen, which then is in the first byte of every page', async ({
    page,
  }) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('/settings');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(dark).not.toBe(light);

    await page.getByRole('button', { name: 'Light', exact: true }).click();
    await expect.poll(background).toBe(light);
    await expect(page.getByRole('button', { name: 'Light', exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    const html = await (await page.request.get('/settings')).text();
    expect(html).toContain('data-theme="light"');
    await page.goto('/');
    expect(await background()).toBe(light);
    await page.goto('/settings');
    await page.getByRole('button', { name: 'As the system', exact: true }).click();
    await expect.poll(background).toBe(dark);
  });
});

test.describe('what is not there', () => {
  test('an unknown page is a page that says so, with status 404 and a way back', async ({ page, guard }) => {
    guard.expected(refusedWith(404));
    const response = await page.goto('/no/such/page');
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  });

  test('an unknown agent is a page that names it, inside the navigation', async ({ page, guard }) => {
    guard.expected(refusedWith(404));
    for (const address of [
      '/agents/no-such-agent',
      '/agents/no-such-agent/history',
      '/agents/no-such-agent/snapshots',
    ]) {
      const response = await page.goto(address);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no agent "no-such-agent"');
      await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeVisible();
    }
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Agents/ })
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Agents');
  });

  test('an agent that was removed still has its page and its log', async ({ page, api }) => {
    const agent = await api.spawn({ name: 'long-gone', command: counting(3) });
    await page.goto(`/agents/${agent.id}`);
    await expect(log(page)).toContainText('line');
    await api.call('DELETE', `/api/agents/${agent.id}?force=true&timeout=0`);
    await page.goto(`/agents/${agent.id}`);
    await expect(badge(page)).toHaveText('Removed');
    await expect(log(page)).toContainText('line');
    await page.getByRole('link', { name: 'History' }).click();
    await expect(page.getByRole('region', { name: /^Changes of state/ })).toContainText('removed');
  });
});

test.describe('the list', () => {
  test('is shown as cards, grouped and filtered by its address', async ({ page, api }) => {
    await api.spawn({ name: 'runs', tags: { team: 'infra' }, command: quiet });
    const stopped = await api.spawn({ name: 'rests', command: quiet });
    await api.act('stop', stopped.id);
    await page.goto('/agents');
    await page.getByRole('link', { name: 'Cards' }).click();
    await expect(page.getByRole('table', { name: 'Agents' })).toHaveClass(/cards/);
    await expect(row(page, 'runs')).toBeVisible();
    await page.getByRole('link', { name: /^At rest/ }).click();
    await expect(row(page, 'runs')).toHaveCount(0);
    await expect(row(page, 'rests')).toBeVisible();
    await expect(page).toHaveURL(/view=cards/);
    await page.reload();
    await expect(row(page, 'runs')).toHaveCount(0);
    await page.goto('/agents?tag=team%3Dinfra&group=type');
    await expect(row(page, 'runs')).toBeVisible();
    await expect(row(page, 'rests')).toHaveCount(0);
    await page.goto('/agents?q=nothing-like-this');
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await expect(row(page, 'rests')).toBeVisible();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the list is cards, and the navigation a bar at the bottom', async ({ page, api }) => {
    const agent = await api.spawn({ name: 'in-the-pocket', command: counting(200) });
    await page.goto('/agents');
    const card = row(page, 'in-the-pocket');
    await expect(card).toBeVisible();
    expect((await card.boundingBox())?.height).toBeGreaterThan(60);
    await expect(card.locator('.a-out')).toHaveText(/line \d+/);
    const bar = page.locator('nav.bottom');
    await expect(bar).toBeVisible();
    await expect(page.locator('nav.side-nav')).toBeHidden();
    for (const target of await bar.locator('a, button').all())
      expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44);

    const sheet = page.getByRole('dialog', { name: 'More' });
    await bar.getByRole('link', { name: 'Logs' }).tap();
    await expect(page).toHaveURL('/logs');
    await bar.getByRole('button', { name: 'More' }).tap();
    await sheet.getByRole('link', { name: 'Activity' }).tap();
    await expect(page).toHaveURL('/activity');
    await bar.getByRole('button', { name: 'More' }).tap();
    await expect(sheet.getByRole('button', { name: /Sign out/ })).toBeVisible();
    await sheet.getByRole('button', { name: 'Find or do' }).tap();
    await page.getByRole('option', { name: /in-the-pocket/ }).tap();
    await expect(page).toHaveURL(`/agents/${agent.id}`);
    await expect(log(page)).toContainText(/line \d+/);
    await page.locator('header').getByRole('button', { name: 'Stop', exact: true }).tap();
    await expect(badge(page)).toHaveText(/Stopping/);
    await page.locator('header').getByRole('button', { name: 'Undo', exact: true }).tap();
    await expect(badge(page)).toHaveText('Ready');
  });

  test('no page is wider than the screen', async ({ page, api }) => {
    const agent = await api.spawn({
      name: 'a-name-that-is-as-long-as-names-of-agents-may-be-at-the-most-x',
      command: counting(100),
    });
    for (const address of [
      '/',
      '/agents',
      '/agents?view=cards',
      '/agents/new',
      `/agents/${agent.id}`,
      `/agents/${agent.id}/metrics`,
      `/agents/${agent.id}/snapshots`,
      `/agents/${agent.id}/history`,
      `/agents/${agent.id}/inspect`,
      '/activity',
      '/settings',
    ]) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect([address, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
        address,
        390,
      ]);
    }
    await expect(rowState(page, agent.name)).toHaveCount(0);
  });
});
