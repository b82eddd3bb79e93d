/** The page of logs: search over everything, several agents merged, and side by side. */
import type { Page } from '@playwright/test';
import { awake, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

const MARKUP = `<script>window.hacked=1</script><img src=x onerror="window.hacked=1">`;

const found = (page: Page) => page.getByRole('list', { name: 'Lines found' }).locator('.hit');
const merged = (page: Page) => page.getByRole('log', { name: 'Lines of several agents' });

test('a search finds lines of a removed agent, leads to the line, and no markup in it runs', async ({
  page,
  api,
}) => {
  const gone = await api.spawn({
    name: 'sought-and-gone',
    command: script(
      `seq 1 50; echo "the lost herring ${MARKUP.replaceAll('"', '\\"')}"; seq 51 100; exec sleep infinity`,
    ),
    tags: { note: '<b>bold</b>' },
  });
  const seen = () =>
    api.call<{ count: number }>('GET', '/api/logs/search?q=herring&agent=sought-and-gone&format=json');
  await expect.poll(async () => (await seen()).body.count).toBe(1);
  await api.call('DELETE', `/api/agents/${gone.id}?force=true&timeout=0`);
  await expect.poll(async () => (await api.agent(gone.id)).status).toBe('removed');

  await page.goto('/logs');
  await awake(page);
  await expect(page.getByText('also of removed ones')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search all logs' }).fill('lost HERRING');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page).toHaveURL('/logs?q=lost+HERRING');
  await expect(page.getByText('No line has it.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search all logs' }).fill('lost herring');
  await page.keyboard.press('Enter');
  await expect(found(page)).toHaveCount(1);
  await expect(found(page)).toContainText(`the lost herring ${MARKUP}`);
  await expect(found(page)).toContainText('sought-and-gone');
  await expect(found(page)).toContainText('removed');
  await expect(found(page).locator('mark')).toHaveText('lost herring');
  await expect(found(page).locator('script, img, b')).toHaveCount(0);

  await page.getByRole('button', { name: /^Lines around .* of sought-and-gone$/ }).click();
  const around = page.getByRole('list', { name: 'Lines around it' });
  await expect(around.getByText('50', { exact: true })).toBeVisible();
  await expect(around.getByText('51', { exact: true })).toBeVisible();

  await found(page).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/agents/${gone.id}\\?line=\\d+$`));
  await expect(page.getByRole('log')).toContainText('the lost herring');
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('a search keeps its filters in the address, goes on further back, and says what is wrong with a pattern', async ({
  page,
  api,
}) => {
  await api.spawn({
    name: 'sought-often',
    command: script(
      `awk 'BEGIN { for (i = 1; i <= 250; i++) print "sardine", i }'; echo "ERROR no sardine left"; exec sleep infinity`,
    ),
  });
  const seen = () => api.call<{ count: number }>('GET', '/api/logs/search?q=sardine+left&format=json');
  await expect.poll(async () => (await seen()).body.count).toBe(1);
  await page.goto('/logs?q=sardine&agent=sought-often');
  await awake(page);
  await expect(found(page)).toHaveCount(100);
  await expect(found(page).nth(1)).toContainText('sardine 250');
  await page.getByRole('link', { name: 'Search further back' }).click();
  await expect(found(page)).toHaveCount(200);
  await page.getByRole('link', { name: 'Search further back' }).click();
  await expect(found(page)).toHaveCount(251);
  await expect(page.getByText('No older line.')).toBeVisible();

  await page.getByRole('button', { name: 'Level', exact: true }).click();
  await page.getByRole('group', { name: 'Level' }).getByLabel('Error').check();
  await expect(found(page)).toHaveCount(1);
  await expect(page).toHaveURL(/level=error/);
  await page.goto('/logs?q=%5E%5Cw%2B+%5Cd*%5B05%5D%24&regex=true&agent=sought-often');
  await expect(found(page)).toHaveCount(50);
  await page.goto('/logs?q=sardine+%5Babc&regex=true');
  await expect(page.getByRole('alert')).toContainText('missing closing ], at character 9');
});

test('the lines of several agents are merged by time, each with its agent', async ({ page, api }) => {
  const talk = (word: string) =>
    script(
      `while [ ! -e /tmp/go ]; do usleep 50000; done; i=0; while [ $i -lt 15 ]; do i=$((i+1)); echo "${word} $i"; usleep 70000; done; exec sleep infinity`,
    );
  const [left, right] = await Promise.all([
    api.spawn({ name: 'merged-left', command: talk('left') }),
    api.spawn({ name: 'merged-right', command: talk('right') }),
  ]);
  await page.goto('/logs?mode=live&agent=merged-left&agent=merged-right');
  await awake(page);
  await expect(page.getByText('2 agents')).toBeVisible();
  await Promise.all(
    [left, right].map(({ id }) =>
      api.call('POST', `/api/agents/${id}/exec`, { command: ['touch', '/tmp/go'] }),
    ),
  );
  await expect(merged(page).locator('.ln')).toHaveCount(30);
  const lines = await merged(page)
    .locator('.ln')
    .evaluateAll((rows) => rows.map((row) => ({ seq: Number(row.dataset['seq']), text: row.textContent })));
  expect(lines.map((line) => line.seq)).toEqual(lines.map((line) => line.seq).toSorted((a, b) => a - b));
  for (const word of ['left', 'right']) {
    const own = lines.flatMap(
      ({ text }) => new RegExp(`merged-${word}\\D*${word} (\\d+)$`).exec(text)?.[1] ?? [],
    );
    expect(own).toEqual(Array.from({ length: 15 }, (_, at) => String(at + 1)));
  }
  // mixed, and not one after the other
  expect(lines.findIndex(({ text }) => text.includes('right 2'))).toBeLessThan(
    lines.findIndex(({ text }) => text.includes('left 15')),
  );
});

test('two logs stand side by side, and the choice is in the address', async ({ page, api }) => {
  await Promise.all([
    api.spawn({ name: 'beside-one', command: script('echo pike; exec sleep infinity') }),
    api.spawn({ name: 'beside-two', command: script('echo perch; exec sleep infinity') }),
  ]);
  await page.goto('/logs?mode=split');
  await awake(page);
  await page.getByRole('button', { name: 'Agent', exact: true }).click();
  await page.getByLabel('beside-one', { exact: true }).check();
  await page.getByLabel('beside-two', { exact: true }).check();
  await expect(page).toHaveURL('/logs?mode=split&agent=beside-one&agent=beside-two');
  const pane = (name: string) => page.getByRole('region', { name: `Log of ${name}` });
  await expect(pane('beside-one').getByRole('log')).toContainText('pike');
  await expect(pane('beside-two').getByRole('log')).toContainText('perch');
  await page.getByRole('link', { name: 'Take beside-one away' }).click();
  await expect(pane('beside-one')).toHaveCount(0);
  await expect(page).toHaveURL('/logs?mode=split&agent=beside-two');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a search is a form that gives the first page, and a link to the next', async ({ page, api }) => {
    await api.spawn({
      name: 'sought-plainly',
      command: script(`awk 'BEGIN { for (i = 1; i <= 150; i++) print "flounder", i }'; exec sleep infinity`),
    });
    const seen = () => api.call<{ count: number }>('GET', '/api/logs/search?q=flounder+150&format=json');
    await expect.poll(async () => (await seen()).body.count).toBe(1);
    await page.goto('/logs');
    await page.getByRole('searchbox', { name: 'Search all logs' }).fill('flounder');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(found(page)).toHaveCount(100);
    await page.getByRole('link', { name: 'Search further back' }).click();
    await expect(found(page)).toHaveCount(50);
    await expect(found(page).last()).toContainText('flounder 1');
  });
});
