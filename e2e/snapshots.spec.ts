/** The page of all snapshots, and the rule of an agent: the tree, forks, files, deletions, with and without JavaScript. */
import { readFile } from 'node:fs/promises';
import type { SnapshotView } from '#lib/protocol/views.ts';
import type { Api } from './support/api.ts';
import { awake, badge, quiet } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

async function take(api: Api, id: string, input: Readonly<Record<string, unknown>>): Promise<SnapshotView> {
  return (await api.call<SnapshotView>('POST', `/api/agents/${id}/snapshots`, input)).body;
}

test('the tree shows agents, their snapshots and forks, and can be searched', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'tree-root', command: quiet });
  const first = await take(api, id, { name: 'tree-one', comment: 'all tests passed' });
  await take(api, id, { name: 'tree-two' });
  await api.call('POST', `/api/snapshots/${first.id}/fork?wait=true`, { name: 'tree-fork' });
  await page.goto('/snapshots');
  await awake(page);
  const names = page.locator('.tree tbody :is(.mono, .nm)');
  await expect(names.filter({ hasText: /^tree-(?:root|one|fork|two)$/ })).toHaveText([
    'tree-root',
    'tree-one',
    'tree-fork',
    'tree-two',
  ]);
  await expect(page.getByRole('row', { name: /tree-two/ })).toContainText('here now');
  await expect(page.getByRole('row', { name: /tree-one/ })).toContainText('1 fork');
  // live: one that is taken now comes by itself
  await take(api, id, { name: 'tree-three' });
  await expect(page.getByRole('row', { name: /tree-three/ })).toContainText('here now');
  await page.getByLabel('Search snapshots').fill('tests passed');
  await expect(page).toHaveURL(/q=tests/);
  await expect(page.getByRole('row', { name: /tree-two/ })).toHaveCount(0);
  await expect(page.getByRole('row', { name: /tree-one/ })).toHaveCount(1);
});

test('a fork is made in a dialog that shows what is wrong at its field', async ({ page, api, guard }) => {
  guard.expected(refusedWith(400));
  const { id } = await api.spawn({ name: 'fork-of', command: quiet });
  await take(api, id, { name: 'ready-to-fork' });
  await page.goto('/snapshots');
  await awake(page);
  await page.getByRole('link', { name: 'Fork ready-to-fork' }).click();
  const dialog = page.getByRole('dialog', { name: /New agents from/ });
  await dialog.getByLabel('Name').fill('-bad-');
  await dialog.getByRole('button', { name: 'Fork' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Name').fill('forked-here');
  await dialog.getByRole('button', { name: 'Fork' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('forked-here');
  await expect(badge(page)).toHaveText('Ready');
});

test('a snapshot goes out as a file and comes back under another name', async ({ page, api, guard }) => {
  guard.expected(refusedWith(409));
  const { id } = await api.spawn({ name: 'sent-out', command: quiet });
  await take(api, id, { name: 'in-a-file' });
  await page.goto('/snapshots');
  await awake(page);
  await page
    .getByRole('row', { name: /in-a-file/ })
    .getByRole('button', { name: 'More for in-a-file' })
    .click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export as a file' }).click();
  const file = await (await downloading).path();
  expect((await readFile(file)).subarray(0, 21).toString()).toBe('slipway/snapshot.json');

  await page.getByRole('link', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a snapshot' });
  await dialog.getByLabel('File', { exact: true }).setInputFiles(file);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog).toContainText('in-a-file-2');
  await dialog.getByLabel('Name').fill('back-again');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row', { name: /back-again/ })).toContainText('imported by');
});

test('one that agents use only loses its name, and the page says whose', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'used-by', command: quiet });
  const used = await take(api, id, { name: 'used' });
  await api.call('POST', `/api/snapshots/${used.id}/fork?wait=true`, { name: 'its-user' });
  await page.goto(`/snapshots?do=delete&snapshot=${used.id}`);
  await awake(page);
  const dialog = page.getByRole('dialog', { name: /Delete used-by:used/ });
  await expect(dialog).toContainText('its-user');
  await dialog.getByRole('button', { name: 'Take away its name' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row', { name: /\bused\b/ })).toHaveCount(0);
  expect((await api.agent('its-user')).state).toBe('ready');
});

test('an agent takes one before each stop when its rule says so', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'ruled', command: quiet });
  await page.goto(`/agents/${id}/snapshots`);
  await awake(page);
  await expect(page.getByText('None is taken by itself.')).toBeVisible();
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Before each stop').check();
  await dialog.getByLabel('How many of these stay').fill('5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('One is taken before each stop. The newest 5 of these stay.')).toBeVisible();
  await api.call('POST', `/api/agents/${id}/stop`, {});
  await expect(page.getByRole('row', { name: /before a stop/ })).toHaveCount(1);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a snapshot is commented, imported and deleted by forms', async ({ page, api }) => {
    const { id } = await api.spawn({ name: 'by-forms', command: quiet });
    const made = await take(api, id, { name: 'plain' });
    await page.goto('/snapshots');
    await page.goto(`/snapshots?do=comment&snapshot=${made.id}`);
    await page.getByRole('textbox', { name: 'Comment' }).fill('worth keeping');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('row', { name: /worth keeping/ })).toContainText('worth keeping');
    const tar = await (await page.request.get(`/api/snapshots/${made.id}/export`)).body();
    await page.goto('/snapshots?do=import');
    await page.getByRole('textbox', { name: 'Name' }).fill('by-form');
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'x.tar', mimeType: 'application/x-tar', buffer: tar });
    await page.getByRole('button', { name: 'Import' }).click();
    await expect(page.getByRole('row', { name: /by-form here|by-form worth/ })).toHaveCount(1);
    await page.goto(`/snapshots?do=delete&snapshot=${made.id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect(page.locator(`[id="${made.id}"]`)).toHaveCount(0);
    await expect(page.getByRole('row', { name: /by-form/ }).first()).toBeVisible();
  });
});
