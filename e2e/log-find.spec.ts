/** Looking for something in a log: words, levels, fields, by mouse and by keyboard, with and without JavaScript. */
import type { Page } from '@playwright/test';
import { awake, log, script } from './support/agent-page.ts';
import type { Api } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Log' });
const field = (page: Page) => page.getByRole('searchbox', { name: 'Find in the log' });
const shown = (page: Page) => log(page).locator('.ln[data-seq] .tx');

const SAID = String.raw`
for i in $(seq 1 100); do echo "line $i"; done
echo '{"level":"warn","msg":"late event dropped","agent":"pale-comet","markup":"<b>x</b>"}'
sleep 0.2
echo 'TypeError: x is not a function'; echo '    at applyRename (reconcile.ts:118)'; echo '    at handleEvent (events.ts:64)'; echo '    at main (main.ts:1)'
sleep 0.2
echo 'see https://example.com/a?b=c, it is there'
echo 'the end'
exec sleep infinity`;

async function openLog(page: Page, api: Api, name: string) {
  const agent = await api.spawn({ name, command: script(SAID) });
  await page.goto(`/agents/${agent.id}`);
  await awake(page);
  await expect(shown(page).filter({ hasText: 'the end' })).toBeVisible();
  return agent;
}

test('words are found, counted and stepped through by keys', async ({ page, api }) => {
  await openLog(page, api, 'find-words');
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await field(page).fill('line 5');
  const hits = toolbar(page).getByRole('status');
  await expect(hits.filter({ hasText: '11' })).toBeVisible();
  await field(page).press('Enter');
  await expect(hits.filter({ hasText: '1 of 11' })).toBeVisible();
  const current = log(page).locator('.ln:has(mark.now) .tx');
  await expect(current).toHaveText('line 5');
  await field(page).press('Enter');
  await expect(current).toHaveText('line 50');
  await field(page).press('Shift+Enter');
  await expect(hits.filter({ hasText: '1 of 11' })).toBeVisible();
  await log(page).press('n');
  await expect(hits.filter({ hasText: '2 of 11' })).toBeVisible();
  await log(page).press('N');
  await expect(hits.filter({ hasText: '1 of 11' })).toBeVisible();
  await field(page).press('Escape');
  await expect(field(page)).toHaveValue('');
  await expect(log(page).locator('mark')).toHaveCount(0);
});

test('only matches, or everything else', async ({ page, api }) => {
  await openLog(page, api, 'find-modes');
  await field(page).fill('line');
  await toolbar(page).getByLabel('Show', { exact: false }).selectOption({ label: 'Without matches' });
  await expect(shown(page)).toHaveCount(7);
  await expect(shown(page).first()).toContainText('late event dropped');
  await toolbar(page).getByLabel('Show', { exact: false }).selectOption({ label: 'Only matches' });
  await expect(shown(page).filter({ hasNotText: /^line \d+$/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show all lines' }).click();
  await expect(shown(page).filter({ hasText: 'the end' })).toBeVisible();
});

test('a level takes its stack with it, which can be folded', async ({ page, api }) => {
  await openLog(page, api, 'find-levels');
  await toolbar(page).getByRole('button', { name: 'Levels' }).click();
  await page.getByRole('checkbox', { name: 'Error', exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(shown(page)).toHaveText([
    'TypeError: x is not a function',
    '    at applyRename (reconcile.ts:118)',
    '    at handleEvent (events.ts:64)',
    '    at main (main.ts:1)',
  ]);
  await shown(page).first().click();
  await page.getByRole('button', { name: 'Lines that belong to this one' }).click();
  await expect(shown(page)).toHaveCount(1);
  // it is kept for the next visit
  await page.reload();
  await awake(page);
  await expect(shown(page)).toHaveCount(4);
});

test('a line of JSON opens into its fields, and a value leads to its like', async ({ page, api }) => {
  await openLog(page, api, 'find-fields');
  await log(page).locator('.ln', { hasText: 'late event' }).locator('.tw').click();
  await expect(log(page).locator('.fd')).toHaveCount(4);
  await expect(log(page).locator('.fd').last()).toHaveText(/^markup\s*<b>x<\/b>$/);
  await expect(log(page).locator('b')).toHaveCount(0);
  await log(page).getByRole('button', { name: 'pale-comet' }).click();
  await expect(shown(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Drop the filter on agent' }).click();
  await expect(shown(page).filter({ hasText: 'the end' })).toBeVisible();
});

test('a line is chosen by keys, and an address in it is a link that gives nothing away', async ({
  page,
  api,
}) => {
  await openLog(page, api, 'find-keys');
  const link = log(page).getByRole('link', { name: 'https://example.com/a?b=c' });
  await expect(link).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(link).toHaveAttribute('target', '_blank');
  await log(page).press('g');
  await log(page).press('j');
  await expect(log(page).locator('.chosen .tx')).toHaveText('line 1');
  await log(page).press('j');
  await expect(log(page).locator('.chosen .tx')).toHaveText('line 2');
  await log(page).press('k');
  await expect(log(page).locator('.chosen .tx')).toHaveText('line 1');
  await log(page).press('Escape');
  await expect(log(page).locator('.chosen')).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a form finds lines', async ({ page, api }) => {
    const agent = await api.spawn({ name: 'find-plainly', command: script(SAID) });
    await expect(async () => {
      await page.goto(`/agents/${agent.id}`);
      await expect(log(page)).toContainText('the end', { timeout: 200 });
    }).toPass();
    await field(page).fill('late');
    await toolbar(page).getByLabel('Show', { exact: false }).selectOption({ label: 'Only matches' });
    await field(page).press('Enter');
    await expect(page).toHaveURL(/q=late&mode=only/);
    await expect(log(page).locator('.ln')).toHaveCount(1);
    await expect(field(page)).toHaveValue('late');
  });
});
