/** Files of an agent in the browser: looked at, changed, sent and fetched. */
import type { Page } from '@playwright/test';
import { awake, script } from './support/agent-page.ts';
import type { Api } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const WRITES = script(
  String.raw`mkdir -p "/workspace/kept/in here"; cd /workspace/kept; printf '#!/bin/sh\necho hello\n' > run.sh; echo deep > "in here/note"; printf 'a\0b' > bytes; ln -s gone broken; echo made; trap "exit 0" TERM; while :; do sleep 0.1; done`,
);

async function writer(api: Api, name: string): Promise<string> {
  const { id } = await api.spawn({ name, command: WRITES });
  await expect
    .poll(
      async () => (await api.call<{ logs: readonly string[] }>('GET', `/api/agents/${id}/logs`)).body.logs,
    )
    .toContain('made');
  return id;
}

const kept = (id: string) => `/agents/${id}/files?path=/workspace/kept`;
const entry = (page: Page, name: string) =>
  page.getByRole('list', { name: /^In / }).getByRole('link', { name, exact: true });
const content = async (api: Api, id: string, path: string) =>
  (await api.call<string>('GET', `/api/agents/${id}/files/content?path=${encodeURIComponent(path)}`)).body;

test('an operator goes through folders by keys, reads a file and edits it', async ({ page, api }) => {
  const id = await writer(api, 'filed-edit');
  await page.goto(kept(id));
  await awake(page);
  await expect(page.getByText('leads nowhere')).toBeVisible();
  await entry(page, 'in here/').focus();
  await page.keyboard.press('ArrowDown');
  await expect(entry(page, 'broken')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(entry(page, 'note')).toBeVisible();
  await entry(page, 'note').focus();
  await page.keyboard.press('Backspace');
  await entry(page, 'run.sh').click();
  await expect(page.getByRole('group', { name: 'Content of /workspace/kept/run.sh' })).toContainText(
    'echo hello',
  );
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Content of /workspace/kept/run.sh' });
  await text.fill('#!/bin/sh\necho changed\n');
  await text.press('Control+s');
  await expect(page.getByRole('group', { name: /^Content of/ })).toContainText('echo changed');
  expect(await content(api, id, '/workspace/kept/run.sh')).toBe('#!/bin/sh\necho changed\n');
});

test('an edit of what has changed meanwhile is refused, and the text is kept', async ({ page, api }) => {
  const id = await writer(api, 'filed-late');
  await page.goto(`${kept(id)}&file=/workspace/kept/run.sh&edit=true`);
  await awake(page);
  await page.getByRole('textbox', { name: /^Content of/ }).fill('mine');
  const path = `/api/agents/${id}/files/content?path=/workspace/kept/run.sh`;
  expect((await api.call('PUT', path, 'theirs', { 'content-type': 'text/plain' })).status).toBe(200);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('is not what it was');
  await expect(page.getByRole('textbox', { name: /^Content of/ })).toHaveValue('mine');
  expect(await content(api, id, '/workspace/kept/run.sh')).toBe('theirs');
});

test('files are sent, renamed, fetched and deleted', async ({ page, api, guard }) => {
  // the page asks before it replaces what is there
  guard.expected(refusedWith(409));
  const id = await writer(api, 'filed-send');
  await page.goto(kept(id));
  await awake(page);
  const file = { name: 'sent "it".txt', mimeType: 'text/plain', buffer: Buffer.from('from the browser') };
  await page.getByLabel('File to upload').setInputFiles([file]);
  await expect(entry(page, 'sent "it".txt')).toBeVisible();
  await page.getByLabel('File to upload').setInputFiles([{ ...file, buffer: Buffer.from('again') }]);
  await page.getByRole('button', { name: 'Replace', exact: true }).click();
  await expect.poll(() => content(api, id, '/workspace/kept/sent "it".txt')).toBe('again');

  await page.getByRole('button', { name: 'New folder', exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of the folder' }).fill('made here');
  await page.getByRole('button', { name: 'Make the folder' }).click();
  await expect(entry(page, 'made here/')).toBeVisible();
  await page.getByRole('button', { name: 'Rename or move sent "it".txt' }).click();
  await page.getByRole('textbox', { name: 'New path' }).fill('/workspace/kept/made here/moved');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(entry(page, 'sent "it".txt')).toHaveCount(0);
  await entry(page, 'made here/').click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download moved', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('moved');
  await page.getByRole('button', { name: 'Delete moved', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete moved' }).click();
  await expect(page.getByText('This folder is empty.')).toBeVisible();
});

test('a stopped agent shows its files and says what has to wait', async ({ page, api }) => {
  const id = await writer(api, 'filed-rest');
  await api.act('stop', id);
  await page.goto(kept(id));
  await expect(page.getByText('To rename or delete, start it.')).toBeVisible();
  await entry(page, 'in here/').click();
  await entry(page, 'note').click();
  await expect(page.getByRole('group', { name: /^Content of/ })).toContainText('deep');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('folders, files, sending, fetching and deleting are links and forms', async ({ page, api }) => {
    const id = await writer(api, 'filed-plain');
    await page.goto(kept(id));
    await entry(page, 'bytes').click();
    await expect(page.getByText('This is no text.')).toBeVisible();
    await page.getByRole('link', { name: 'Back to the folder' }).click();
    await page
      .getByLabel('File to upload')
      .setInputFiles([{ name: 'plain.txt', mimeType: 'text/plain', buffer: Buffer.from('by a form') }]);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(entry(page, 'plain.txt')).toBeVisible();
    expect(await content(api, id, '/workspace/kept/plain.txt')).toBe('by a form');
    await page.getByRole('button', { name: 'Delete plain.txt' }).click();
    await page.goto(kept(id));
    await expect(entry(page, 'plain.txt')).toHaveCount(0);
  });
});
