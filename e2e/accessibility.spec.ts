/** axe finds nothing on any page, in both themes, with agents in as many states as there are. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { counting, openGroup, quiet, row, rowState, script, verb } from './support/agent-page.ts';
import type { Api } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';
import { SETUP_TOKEN } from './support/site.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The violations on this page as short lines: rule, where, why. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(TAGS)
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

async function isClean(page: Page, what: string) {
  // what fades in has half of its contrast
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
        .map((each) => each.finished),
    ),
  );
  await test.step(what, async () => {
    expect(await violations(page), what).toEqual([]);
  });
}

/** One in each state; gives the busy one. Both themes are looked at at once, on one engine: each has names of its own. */
async function makeAgents(api: Api, theme: string) {
  const [busy, stopped, paused] = await Promise.all([
    api.spawn({
      name: `busy-${theme}`,
      command: counting(100),
      tags: { team: 'infra', env: 'test' },
      role: 'worker',
    }),
    api.spawn({ name: `stopped-${theme}`, command: quiet }),
    api.spawn({ name: `paused-${theme}`, command: quiet }),
    api.spawn({
      name: `crashed-${theme}`,
      command: script(
        String.raw`printf '\033[31mred\033[0m \033[2mfaint\033[0m ERROR broken\n'; sleep 0.5; exit 3`,
      ),
    }),
    api.spawn({ name: `finished-and-has-quite-a-long-name-${theme}`, command: script('sleep 0.5') }),
  ]);
  await Promise.all([
    api.act('stop', stopped.id),
    api.act('pause', paused.id),
    api.call('POST', '/api/agents', { name: `failed-${theme}`, type: 'claude' }),
    api.call('POST', `/api/agents/${busy.id}/snapshots`, {
      name: 'first',
      comment: 'a point to come back to',
    }),
  ]);
  await expect
    .poll(async () => (await api.agents()).map(({ status }) => status).toSorted())
    .toEqual(['crashed', 'exited', 'failed', 'paused', 'ready', 'stopped']);
  return busy;
}

// the longest file: its tests go to whichever worker is free
test.describe.configure({ mode: 'parallel' });

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.describe.configure({ timeout: 180_000 });

    test.beforeEach(async ({ context, site }) => {
      await context.addCookies([{ name: 'slipway_theme', value: theme, url: site.url }]);
    });

    const allClean = async (page: Page, addresses: readonly string[]) => {
      for (const address of addresses) {
        await page.goto(address);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await isClean(page, address);
      }
    };

    test('every page of an agent is clean', async ({ page, api }) => {
      const busy = await makeAgents(api, `${theme}-own`);
      const { id: failed } = await api.agent(`failed-${theme}-own`);
      const { id: crashed } = await api.agent(`crashed-${theme}-own`);
      await allClean(page, [
        `/agents/${busy.id}`,
        ...[
          'terminal',
          'files',
          'metrics',
          'timeline',
          'snapshots',
          'changes',
          'history',
          'inspect',
          'command',
          'ssh',
        ].map((tab) => `/agents/${busy.id}/${tab}`),
        `/agents/${busy.id}?do=rename`,
        `/agents/${crashed}/crashes`,
        `/agents/new?from=${busy.id}`,
        `/agents/new?edit=${busy.id}`,
        `/agents/${failed}`,
        `/agents/${crashed}`,
      ]);
    });

    test('every page of agents and logs is clean', async ({ page, api }) => {
      await makeAgents(api, `${theme}-all`);
      await allClean(page, [
        '/',
        '/agents',
        '/agents?view=cards',
        '/agents?q=nothing-like-this',
        '/agents/new',
        '/agents/new?type=custom',
        '/agents/unmanaged',
        '/agents/cleanup',
        '/snapshots',
        '/snapshots/diff',
        '/logs',
        '/logs?q=line&level=unknown',
        '/logs?q=line+%5B&regex=true',
        '/logs?mode=live',
        `/logs?mode=split&agent=busy-${theme}-all&agent=stopped-${theme}-all`,
        '/activity',
      ]);
    });

    test('every other page is clean', async ({ page, guard }) => {
      guard.expected(refusedWith(404));
      await allClean(page, [
        '/images',
        '/images/registries',
        '/images/types',
        '/images/types/claude',
        '/images/types/new',
        '/images/builds',
        '/images/builds?new',
        '/settings',
        '/settings/secrets',
        '/settings/ssh',
        '/settings/alerts',
        '/settings/alerts/rules/new?when=log',
        '/settings/alerts/channels/new?kind=email',
        '/no/such/page',
        '/agents/no-such-agent',
      ]);
    });

    test('the page of components is clean', async ({ page }) => {
      await page.goto('/dev/components');
      await expect(page.getByRole('heading', { level: 1, name: 'Components' }).first()).toBeVisible();
      await isClean(page, '/dev/components');
    });

    test('everything that opens is clean', async ({ page, api }) => {
      const name = `opened-${theme}`;
      const agent = await api.spawn({ name, command: quiet });
      await page.goto('/agents');
      await page.getByLabel(`Select ${name}`).check();
      await isClean(page, 'the bulk bar');
      await row(page, name)
        .getByRole('link', { name: `More for ${name}` })
        .click();
      await isClean(page, 'the menu of a row');
      await page.getByRole('menuitem', { name: 'Remove', exact: true }).click();
      await expect(rowState(page, name)).toHaveText(/Removing/);
      await isClean(page, 'a removal that counts down');
      await row(page, name).getByRole('button', { name: /^Undo/ }).click();
      await expect(rowState(page, name)).toHaveText('Ready');
      await page.keyboard.press('Control+k');
      await expect(
        page.getByRole('dialog', { name: 'Find or do' }).getByRole('option').first(),
      ).toBeVisible();
      await isClean(page, 'the palette');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await isClean(page, 'the list of keys');
      await page.goto(`/agents/${agent.id}`);
      await verb(page, 'Snapshot').click();
      await expect(page.getByRole('dialog', { name: 'Take a snapshot' })).toBeVisible();
      await isClean(page, 'the snapshot dialog');
      await page.keyboard.press('Escape');
      await verb(page, 'Stop').click();
      await expect(page.locator('header .badge')).toHaveText(/Stopping/);
      await isClean(page, 'a countdown');
      await page.goto('/agents/new');
      for (const group of ['Limits', 'Files', 'Network', 'Rules', 'Security', 'Labels and grouping'])
        await openGroup(page, group);
      await isClean(page, 'the advanced part of the form');
    });

    test('a form with mistakes, the login and the setup are clean', async ({
      page,
      guard,
      startSite,
      newContext,
    }) => {
      guard.expected(refusedWith(400), refusedWith(401));
      await page.goto('/agents/new');
      await page.getByLabel('Name', { exact: true }).fill('-bad-');
      await page.getByRole('button', { name: /^Launch/ }).click();
      await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
      await isClean(page, 'a form with mistakes');

      const { url } = await startSite();
      const context = await newContext({ baseURL: url, storageState: undefined });
      await context.addCookies([{ name: 'slipway_theme', value: theme, url }]);
      const stranger = await context.newPage();
      await stranger.goto(`/setup?token=${SETUP_TOKEN}`);
      await isClean(stranger, '/setup');
      await stranger.getByLabel('Password', { exact: true }).fill('short');
      await stranger.getByRole('button', { name: 'Start using Slipway' }).click();
      await expect(stranger.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
      await isClean(stranger, '/setup with a mistake');
      await stranger.getByLabel('Password', { exact: true }).fill('a good long password');
      await stranger.getByRole('button', { name: 'Start using Slipway' }).click();
      await expect(stranger).toHaveURL('/');
      await isClean(stranger, 'an empty overview');
      await stranger.goto('/agents');
      await isClean(stranger, 'an empty list');
      await stranger.goto('/activity');
      await isClean(stranger, 'no activity');
      await context.clearCookies({ name: 'slipway_session' });
      await stranger.goto('/login');
      await isClean(stranger, '/login');
      await stranger.getByLabel('User').fill('admin');
      await stranger.getByLabel('Password', { exact: true }).fill('wrong');
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await expect(stranger.getByText('User and password do not match')).toBeVisible();
      await isClean(stranger, '/login with a mistake');
    });

    test('the pages are clean on a phone', async ({ page, api }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      const agent = await api.spawn({ name: `small-${theme}`, command: counting(100) });
      await api.call('POST', '/api/agents?wait=true', { name: `failed-small-${theme}`, type: 'claude' });
      for (const address of [
        '/',
        '/agents',
        `/agents/${agent.id}`,
        '/agents/new',
        '/logs?q=line',
        '/logs?mode=live',
        '/activity',
        '/settings',
        '/settings/ssh',
      ]) {
        await page.goto(address);
        await isClean(page, `${address} on a phone`);
      }
      await page.locator('nav.bottom').getByRole('button', { name: 'More' }).click();
      await isClean(page, 'the sheet of a phone');
    });
  });
}
