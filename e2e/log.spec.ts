import type { Page } from '@playwright/test';
import { counting, log, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { expectConsecutive, lastNumber, readLog } from './support/log-lines.ts';
import { GONE } from './support/page-guard.ts';
import { Relay } from './support/relay.ts';

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Log' });
const newer = (page: Page) => page.getByRole('button', { name: /newer lines?$/ });

test('5,000 quick lines with colours and markup are all shown, as text', async ({ page, api, engine }) => {
  const markup = String.raw`<script>window.hacked=1</script><img src=x onerror="window.hacked=1"><b>bold</b> & "quoted"`;
  const agent = await api.spawn({
    name: 'loud',
    env: { MARKUP: markup },
    command: script(
      String.raw`while [ ! -e /tmp/go ]; do sleep 0.1; done; awk 'BEGIN { for (i = 1; i <= 5000; i++) printf "\033[32mgreen\033[0m %s %d\n", ENVIRON["MARKUP"], i }'; exec sleep infinity`,
    ),
  });
  await page.goto(`/agents/${agent.id}`);
  await expect(toolbar(page)).toContainText('Live');
  await engine.cli('exec', agent.containerId ?? '', 'touch', '/tmp/go');
  await expect(log(page).locator('.ln').last()).toContainText(' 5000');

  const lines = await readLog(page);
  expect(lines).toHaveLength(5000);
  expect(lines.map((line, place) => line === `green ${markup} ${place + 1}`)).not.toContain(false);
  await expect(log(page).locator('script, img, b')).toHaveCount(0);
  await expect(
    log(page)
      .locator('.tx span')
      .filter({ hasText: /^green$/ })
      .first(),
  ).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);

  // and as the server draws it
  await page.reload();
  await expect(log(page).locator('.ln').last()).toContainText(' 5000');
  await expect(log(page).locator('script, img, b')).toHaveCount(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('scrolling up stops following and counts what comes; the button leads back to the end', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({
    name: 'steady',
    command: script('seq 1 150; i=150; while true; do i=$((i+1)); echo $i; sleep 0.1; done'),
  });
  await page.goto(`/agents/${agent.id}`);
  const follow = toolbar(page).getByRole('button', { name: 'Follow' });
  await expect(log(page)).toContainText('155');
  await expect(follow).toHaveAttribute('aria-pressed', 'true');

  await log(page).hover();
  await page.mouse.wheel(0, -600);
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  const top = log(page).locator('.ln').nth(10);
  const shown = await top.textContent();
  await expect(newer(page)).toHaveText(/^[5-9]|\d\d newer lines$/);
  // what is being read stays where it is
  expect(await top.textContent()).toBe(shown);

  await newer(page).click();
  await expect(newer(page)).toHaveCount(0);
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  const last = async () => Number(await log(page).locator('.ln').last().locator('.tx').textContent());
  const before = await last();
  await expect.poll(last).toBeGreaterThan(before + 3);
});

test('a log goes on after a lost connection without a gap or a double', async ({
  newContext,
  site,
  api,
  guard,
}) => {
  guard.expected(GONE);
  const agent = await api.spawn({ name: 'cut-off', command: counting(30) });
  const relay = await Relay.to(site.url);
  try {
    const page = await (await newContext({ baseURL: relay.url, storageState: site.storageState })).newPage();
    await page.goto(`/agents/${agent.id}`);
    await expect(toolbar(page)).toContainText('Live');
    await expect(log(page)).toContainText('line 30');
    for (const round of [1, 2]) {
      relay.cut();
      await expect(page.getByText(/^No connection since/)).toBeVisible();
      const before = lastNumber(await readLog(page));
      await expect
        .poll(
          async () =>
            lastNumber(
              (await api.call<{ logs: string[] }>('GET', '/api/agents/cut-off/logs?tail=1')).body.logs,
            ),
          `round ${round}`,
        )
        .toBeGreaterThan(before + 40);
      relay.mend();
      await expect(page.getByText(/^No connection since/)).toHaveCount(0);
      await expect.poll(async () => lastNumber(await readLog(page))).toBeGreaterThan(before + 60);
    }
    expectConsecutive(await readLog(page));
  } finally {
    relay.close();
  }
});

test('the lines of a next life follow those of the one before', async ({ page, api }) => {
  const agent = await api.spawn({
    name: 'twice',
    command: script('echo life of $(date +%s%N); exec sleep infinity'),
  });
  await page.goto(`/agents/${agent.id}`);
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(1);
  await api.act('restart', agent.id);
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(2);
  await page.reload();
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(2);
  await api.act('stop', agent.id);
  await expect(toolbar(page)).toContainText('Ended');
  await expect(log(page).locator('.ln[data-seq]')).toHaveCount(2);
});

test('long lines, a line without an end and characters of any kind are shown as they are', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({
    name: 'odd',
    tty: false,
    command: script(
      `head -c 20000 /dev/zero | tr '\\0' x; echo; echo 'äöü 漢字 🚢'; echo to the error stream >&2; printf 'no newline'; sleep 0.3; exit 0`,
    ),
  });
  await page.goto(`/agents/${agent.id}`);
  await expect(toolbar(page)).toContainText('Ended');
  await expect
    .poll(async () =>
      (await readLog(page)).map((line) => (line.length > 100 ? line.length : line)).toSorted(),
    )
    .toEqual([20000, 'no newline', 'to the error stream', 'äöü 漢字 🚢']);
  await toolbar(page).getByRole('button', { name: 'Wrap' }).click();
  await expect(toolbar(page).getByRole('button', { name: 'Wrap' })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => log(page).evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
});
