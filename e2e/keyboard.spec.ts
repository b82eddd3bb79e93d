import { awake, badge, quiet, row, rowState } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

test('Ctrl+K finds an agent by a part of its name and goes there', async ({ page, api }) => {
  await api.spawn({ name: 'amber-heron', command: quiet });
  await api.spawn({ name: 'quiet-harbor', command: quiet });
  await page.goto('/settings');
  await awake(page);
  // also on a page that does not show agents: they are loaded when it is usable
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option', { name: /amber-heron/ })).toBeVisible({ timeout: 500 });
  }).toPass();
  const palette = page.getByRole('dialog', { name: 'Find or do' });
  await page.keyboard.type('harb');
  await expect(palette.getByRole('option')).toHaveCount(1);
  await expect(palette.getByRole('option')).toContainText('Shell, local, Ready');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('quiet-harbor');
  await expect(palette).toHaveCount(0);
});

test('Ctrl+K does things, says when nothing fits, and Esc closes it', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Find or do' });
  await page.keyboard.type('no such thing at all');
  await expect(palette).toContainText('Nothing has that name.');
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('new ag');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/agents/new');
});

test('? lists the keys, and letters stay letters where somebody writes', async ({ page }) => {
  await page.goto('/agents/new');
  await awake(page);
  await page.getByLabel('Name', { exact: true }).fill('');
  await page.getByLabel('Name', { exact: true }).press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toHaveCount(0);
  await page.locator('h1').click();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Next and previous row');
  await page.keyboard.press('Escape');
  await expect(keys).toHaveCount(0);
});

test('j, k, Enter, x and s work on the current row, / goes to the search', async ({ page, api }) => {
  for (const name of ['row-a', 'row-b', 'row-c']) await api.spawn({ name, command: quiet });
  await page.goto('/agents');
  await awake(page);
  const current = page.locator('tbody.cur');
  await page.keyboard.press('j');
  await expect(current).toContainText('row-a');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(current).toContainText('row-c');
  await page.keyboard.press('k');
  await expect(current).toContainText('row-b');

  await page.keyboard.press('x');
  await expect(page.getByLabel('Select row-b')).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(page.getByLabel('Select row-b')).not.toBeChecked();
  await expect(current).toHaveCount(0);

  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await expect(rowState(page, 'row-a')).toHaveText(/Stopping, \d s/);
  await page.keyboard.press('s');
  await expect(rowState(page, 'row-a')).toHaveText('Ready');

  await page.keyboard.press('/');
  await expect(page.getByLabel('Search agents')).toBeFocused();
  await page.keyboard.type('row-c');
  await expect(row(page, 'row-a')).toHaveCount(0);
  await expect(page).toHaveURL('/agents?q=row-c');
  await page.getByLabel('Search agents').blur();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('row-c');
  await expect(badge(page)).toHaveText('Ready');
});

test('the first Tab leads past the navigation, and everything in a row is reached by Tab', async ({
  page,
  api,
}) => {
  await api.spawn({ name: 'reachable', command: quiet });
  await page.goto('/agents');
  await awake(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
  await page.getByLabel('Select reachable').focus();
  for (const control of [
    'reachable',
    'Log of reachable',
    'Terminal of reachable',
    'Stop reachable',
    'More for reachable',
  ]) {
    await page.keyboard.press('Tab');
    await expect(page.locator(':focus')).toHaveAccessibleName(control);
  }
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'More for reachable' });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(menu.getByRole('menuitem', { name: 'Remove', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rowState(page, 'reachable')).toHaveText(/Removing, \d+ s/);
  await row(page, 'reachable').getByRole('button', { name: /^Undo/ }).press('Enter');
  await expect(rowState(page, 'reachable')).toHaveText('Ready');
});
