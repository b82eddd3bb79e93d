import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { awake, quiet } from './support/agent-page.ts';

/** What the screen of the terminal shows, line by line. */
const screen = (page: Page) => page.locator('.xterm-rows');
const PATIENCE = { timeout: 20_000 };

async function openShell(page: Page, id: string): Promise<void> {
  await page.goto(`/agents/${id}/terminal`);
  await awake(page);
  await page.getByRole('button', { name: 'Open a shell' }).first().click();
  await expect(screen(page)).toContainText('$', PATIENCE);
}

async function type(page: Page, text: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
}

test('a shell in the page: typed in, reloaded in the middle of an editor, and gone when it is ended', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({ name: 'terminal-shell', command: quiet });
  await openShell(page, agent.id);
  await type(page, 'echo "<b id=markup>$((6*7))</b>"\n');
  await expect(screen(page)).toContainText('<b id=markup>42</b>');
  await expect(page.locator('#markup')).toHaveCount(0);

  await type(page, 'stty size\n');
  const size = /(\d+) (\d+)\s*(?:agent|\/|~)/;
  await expect(screen(page)).toContainText(size);
  await page.setViewportSize({ width: 900, height: 700 });
  await type(page, 'clear; echo "now $(stty size) end"\n');
  await expect(screen(page)).toContainText(/now \d+ [4-9]\d end/);

  await type(page, 'vi /tmp/note\n');
  await expect(screen(page)).toContainText('/tmp/note');
  await type(page, 'iwritten in an editor');
  await expect(screen(page)).toContainText('written in an editor');
  await page.reload();
  await awake(page);
  await expect(screen(page)).toContainText('written in an editor', PATIENCE);
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Escape');
  await expect(screen(page)).toContainText('- /tmp/note');
  await type(page, ':wq\n');
  await type(page, 'cat /tmp/note\n');
  await expect(screen(page)).toContainText('written in an editor');

  await page.getByRole('button', { name: 'End session' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Somebody ended this session' })).toBeVisible();
  const { body } = await api.call<{ stdout: string }>('POST', `/api/agents/${agent.id}/exec`, {
    command: [
      'sh',
      '-c',
      'ls /proc/[0-9]*/exe -d | wc -l; for p in /proc/[0-9]*; do cat $p/cmdline; echo; done',
    ],
  });
  expect(body.stdout).not.toMatch(/^(?:ba)?sh\0?$/m);
});

test('a megabyte that is pasted arrives whole', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'terminal-paste', command: quiet });
  await openShell(page, agent.id);
  await type(page, 'stty -echo; echo rea""dy; cat > /tmp/pasted\n');
  await expect(screen(page)).toContainText('ready');
  await page.locator('.xterm-helper-textarea').focus();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'a line of what somebody pastes\n'.repeat(32_768));
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true }),
    );
  });
  const bytes = async () =>
    (
      await api.call<{ stdout: string }>('POST', `/api/agents/${agent.id}/exec`, {
        command: ['sh', '-c', 'wc -c < /tmp/pasted'],
      })
    ).body.stdout.trim();
  await expect.poll(bytes, PATIENCE).toBe(String(31 * 32_768));
});

test('two browsers see one session', async ({ page, api, newContext, site }) => {
  const agent = await api.spawn({ name: 'terminal-shared', command: quiet });
  await openShell(page, agent.id);
  await type(page, 'echo for""both\n');
  await expect(screen(page)).toContainText('forboth');
  const other = await (await newContext({ storageState: site.storageState })).newPage();
  await other.goto(page.url());
  await expect(screen(other)).toContainText('forboth', PATIENCE);
  await type(other, 'echo from""other\n');
  await expect(screen(page)).toContainText('fromother');
  await expect(page.getByText('2 look at it')).toBeVisible();
});

test('a message goes to the main process, and comes back with the arrow key', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'message-box', command: ['cat'], tty: false, stdin: true });
  await page.goto(`/agents/${agent.id}`);
  await awake(page);
  const box = page.getByLabel('Message to message-box');
  await box.fill('say $(id) "so"');
  await box.press('Control+Enter');
  await expect(page.getByText('Sent, 14 bytes.')).toBeVisible();
  await expect(page.getByLabel(/^Log of message-box/)).toContainText('say $(id) "so"');
  await expect(box).toHaveValue('');
  await box.press('ArrowUp');
  await expect(box).toHaveValue('say $(id) "so"');
});

test('the key t opens the terminal from the list', async ({ page, api }) => {
  await api.spawn({ name: 'terminal-key', command: quiet });
  await page.goto('/agents?q=terminal-key');
  await awake(page);
  await page.keyboard.press('j');
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/terminal$/);
  await expect(page.getByText('No session is open')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says what to use instead, and messages can be sent', async ({ page, api }) => {
    const agent = await api.spawn({ name: 'terminal-plain', command: ['cat'], tty: false, stdin: true });
    await page.goto(`/agents/${agent.id}/terminal`);
    const said = page.locator('noscript p');
    await expect(said.first()).toBeVisible();
    expect(await said.allInnerTexts()).toContain('docker exec -it terminal-plain sh');
    await page.goto(`/agents/${agent.id}`);
    await page.getByLabel('Message to terminal-plain').fill('plain words');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const { body } = await api.call<{ logs: readonly string[] }>('GET', `/api/agents/${agent.id}/logs`);
    expect(body.logs).toContain('plain words');
  });
});
