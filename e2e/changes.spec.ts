/** What changed in the files of an agent: the tree, one file of it, and snapshots against each other. */
import type { Page } from '@playwright/test';
import type { SnapshotView } from '#lib/protocol/views.ts';
import { awake, script } from './support/agent-page.ts';
import type { Api } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';

/** Writes its files at its start, and further ones when it is told to by a signal. */
const WRITES = script(
  [
    String.raw`again() { sed -i s/5/five/ numbers; rm old; printf 'a\0b' > binary; echo again; }`,
    'trap again USR1; trap "exit 0" TERM',
    'mkdir -p /workspace/made/deep; cd /workspace/made; seq 1 9 > numbers; echo one > deep/file; echo old > old; echo made',
    'while :; do sleep 0.1; done',
  ].join('; '),
);

async function snapshot(api: Api, id: string, name: string): Promise<SnapshotView> {
  return (await api.call<SnapshotView>('POST', `/api/agents/${id}/snapshots`, { name })).body;
}

async function printed(api: Api, id: string, line: string) {
  await expect
    .poll(
      async () => (await api.call<{ logs: readonly string[] }>('GET', `/api/agents/${id}/logs`)).body.logs,
    )
    .toContain(line);
}

/** Two snapshots of an agent, between which it wrote. */
async function twoSnapshots(api: Api, name: string) {
  const { id } = await api.spawn({ name, command: WRITES });
  await printed(api, id, 'made');
  const first = await snapshot(api, id, 'first');
  await api.act('kill', id, { signal: 'SIGUSR1' });
  await printed(api, id, 'again');
  return { id, first, second: await snapshot(api, id, 'second') };
}

const item = (page: Page, name: string) => page.getByRole('treeitem').filter({ hasText: name });

test('an operator opens folders by mouse and keys, filters, and reads a file', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'writer', command: WRITES });
  await printed(api, id, 'made');
  await page.goto(`/agents/${id}/changes`);
  await awake(page);
  await item(page, 'workspace/').click();
  await item(page, 'made/').focus();
  await page.keyboard.press('ArrowRight');
  await expect(item(page, 'deep/')).toHaveAttribute('aria-level', '3');
  await page.keyboard.press('ArrowDown');
  await expect(item(page, 'deep/')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(item(page, 'made/')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(item(page, 'deep/')).toHaveCount(0);

  await page.getByLabel('Search changes').fill('NUMB');
  await page.getByLabel('Search changes').press('Enter');
  await expect(item(page, '/workspace/made/numbers')).toContainText('Added');
  await item(page, '/workspace/made/numbers').click();
  await expect(page.getByRole('heading', { name: '/workspace/made/numbers' })).toBeVisible();
  await expect(page.getByRole('group', { name: /^Lines of/ })).toContainText('added: 9');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download as it is' }).click();
  expect((await download).suggestedFilename()).toBe('numbers');
});

test('two snapshots are compared side by side, and the other way round', async ({ page, api }) => {
  const { first, second } = await twoSnapshots(api, 'twice');
  await page.goto('/snapshots/diff');
  await awake(page);
  await page.getByLabel('From').selectOption('twice:first');
  await page.getByLabel('To').selectOption('twice:second');
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page).toHaveURL(`/snapshots/diff?from=${first.id}&to=${second.id}`);
  await expect(page.getByText('1 added, 1 changed, 1 deleted').first()).toBeVisible();
  await page.goto(`/snapshots/diff?from=${first.id}&to=${second.id}&file=/workspace/made/numbers`);
  const lines = page.getByRole('group', { name: /^Lines of/ });
  await expect(lines).toContainText('removed: 5');
  await expect(lines).toContainText('added: five');
  await page.goto(`/snapshots/diff?from=${first.id}&to=${second.id}&file=/workspace/made/binary`);
  await expect(page.getByText('This is no text.')).toBeVisible();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByRole('link', { name: 'Swap' }).click();
  await expect(page).toHaveURL(new RegExp(`from=${second.id}&to=${first.id}`));
  await expect(page.getByText('1 added, 1 changed, 1 deleted').first()).toBeVisible();
});

test('an agent is compared with one of its snapshots, and nothing is left of the copy', async ({
  page,
  api,
}) => {
  const { id, first, second } = await twoSnapshots(api, 'against');
  await page.goto(`/agents/${id}/changes`);
  await awake(page);
  await page.getByLabel('Against').selectOption('against:first');
  await expect(page).toHaveURL(new RegExp(`against=${first.id}`));
  await expect(page.getByText('1 added, 1 changed, 1 deleted').first()).toBeVisible();
  await page.getByLabel('Against').selectOption('against:second');
  await expect(page).toHaveURL(new RegExp(`against=${second.id}`));
  await expect(page.getByText('Nothing changed since against:second.')).toBeVisible();
  await expect
    .poll(async () => JSON.stringify((await api.call('GET', '/api/unmanaged')).body))
    .not.toContain('slipway-look');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('folders, files and filters are links and forms', async ({ page, api }) => {
    const { id } = await api.spawn({ name: 'plain-writer', command: WRITES });
    await printed(api, id, 'made');
    await page.goto(`/agents/${id}/changes`);
    await item(page, 'workspace/').click();
    await expect(page).toHaveURL(/path=%2Fworkspace/);
    await item(page, 'made/').click();
    await item(page, 'old').click();
    await expect(page.getByRole('group', { name: /^Lines of/ })).toContainText('added: old');
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByLabel('Search changes').fill('deep/');
    await page.getByRole('button', { name: 'Apply' }).last().click();
    await expect(item(page, '/workspace/made/deep/file')).toHaveCount(1);
  });
});
