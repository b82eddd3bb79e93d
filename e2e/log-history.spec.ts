/** More of a log than a page holds: pages of history, links to lines, what was left out, files. */
import type { Page } from '@playwright/test';
import { awake, log, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Log' });
const row = (page: Page, text: string) =>
  log(page)
    .locator('.ln')
    .filter({ has: page.locator('.tx').getByText(text, { exact: true }) });

/** Prints `line 1` to `line <count>` at once. */
const counted = (count: number) => script(`seq 1 ${count} | sed 's/^/line /'; exec sleep infinity`);

test('scrolling up goes through all of the log without a jump, and back to the end', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({ name: 'long-history', command: counted(6_000) });
  await page.goto(`/agents/${agent.id}`);
  await awake(page);
  await expect(row(page, 'line 6000')).toBeVisible();
  await log(page).press('g');

  // the line that is read stays where it is while earlier ones come in above it
  const place = async () => {
    const first = log(page).locator('.ln[data-seq]').nth(12);
    return { text: await first.locator('.tx').textContent(), top: (await first.boundingBox())?.y ?? 0 };
  };
  const number = (text: string | null) => Number(/\d+/.exec(text ?? '')?.[0]);
  const before = await place();
  await expect.poll(async () => number((await place()).text)).toBeLessThan(6_000);
  expect(before.text).toMatch(/^line \d+$/);

  await expect(async () => {
    await log(page).press('g');
    await expect(log(page)).toContainText('The log begins here', { timeout: 200 });
    await expect(row(page, 'line 1')).toBeVisible({ timeout: 200 });
  }).toPass();
  const seqs = await log(page).evaluate((box) =>
    [...box.querySelectorAll<HTMLElement>('.ln[data-seq]')].map((each) => each.textContent),
  );
  expect(seqs[0]).toContain('line 1');

  await log(page).press('G');
  await expect(row(page, 'line 6000')).toBeVisible();
  await expect(toolbar(page).getByRole('button', { name: 'Follow' })).toHaveAttribute('aria-pressed', 'true');
});

test('a link opens the log at its line, chosen and not following, also far from the end', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({ name: 'linked', command: counted(4_000) });
  await expect.poll(async () => (await lines(api, 'linked', 1)).at(-1)?.text).toBe('line 4000');
  const wanted = (await lines(api, 'linked', 4_000)).find(({ text }) => text === 'line 1234');
  await page.goto(`/agents/${agent.id}?line=${wanted?.seq}`);
  await expect(row(page, 'line 1234')).toBeVisible();
  await expect(row(page, 'line 1234')).toHaveClass(/chosen/);
  const bar = page.getByRole('group', { name: 'The chosen line' });
  await expect(bar.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await expect(toolbar(page).getByRole('button', { name: 'Follow' })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
  await expect(row(page, 'line 4000')).toHaveCount(0);
  await page.getByRole('button', { name: /newer lines?|newest lines/ }).click();
  await expect(row(page, 'line 4000')).toBeVisible();
});

test('the whole log and what is shown of it can be downloaded', async ({ page, api }) => {
  const agent = await api.spawn({
    name: 'kept-whole',
    command: script('seq 1 500; echo ERROR: it broke; exec sleep infinity'),
  });
  await page.goto(`/agents/${agent.id}`);
  await awake(page);
  await expect(row(page, 'ERROR: it broke')).toBeVisible();
  const numbers = Array.from({ length: 500 }, (_, place) => `${place + 1}\n`).join('');
  expect(await downloaded(page, 'Download as text')).toEqual({
    name: 'kept-whole.log',
    text: `${numbers}ERROR: it broke\n`,
  });

  await toolbar(page).getByRole('button', { name: 'Levels' }).click();
  await page.getByRole('checkbox', { name: 'Error', exact: true }).check();
  await page.keyboard.press('Escape');
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(1);
  expect((await downloaded(page, 'Download what is shown')).text).toBe('ERROR: it broke\n');
});

test('clearing the screen puts the lines away until they are wanted again', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'cleared', command: script('seq 1 20; exec sleep infinity') });
  await page.goto(`/agents/${agent.id}`);
  await awake(page);
  await expect(row(page, '20')).toBeVisible();
  await toolbar(page).getByRole('button', { name: 'More of the log' }).click();
  await page.getByRole('menuitem', { name: 'Clear the screen' }).click();
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(0);
  await log(page).getByRole('button', { name: 'Show them' }).click();
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(20);
});

async function downloaded(page: Page, item: string): Promise<{ name: string; text: string }> {
  await toolbar(page).getByRole('button', { name: 'More of the log' }).click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  const file = await waiting;
  const stream = await file.createReadStream();
  return {
    name: file.suggestedFilename(),
    text: Buffer.concat((await stream.toArray()) as Buffer[]).toString(),
  };
}

async function lines(
  api: { call: <Body>(method: 'GET', path: string) => Promise<{ body: Body }> },
  name: string,
  tail: number,
) {
  const { body } = await api.call<{ logs: { seq: number; text: string }[] }>(
    'GET',
    `/api/agents/${name}/logs?format=json&tail=${tail}`,
  );
  return body.logs;
}
