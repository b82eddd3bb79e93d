/** Figures over time: charts, their table, the time axis, and what scripts get of them. */
import type { Page } from '@playwright/test';
import type { HistoryView, HostFigures, MetricPoint } from '#lib/protocol/metrics.ts';
import { awake, log, quiet, script } from './support/agent-page.ts';
import type { Api } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';

/** Works a little and prints a line each tenth of a second, some of them errors. */
const working = script(
  'i=0; while true; do i=$((i+1)); echo "line $i"; [ $((i%10)) = 0 ] && echo "ERROR: broken $i"; usleep 100000; done',
);

const chart = (page: Page, name: string) => page.getByRole('slider', { name, exact: true });
const figures = (page: Page) => page.getByRole('table').filter({ hasText: 'Average' });

interface Metrics {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly restarts: number;
  readonly history: HistoryView<MetricPoint>;
}

async function measured(api: Api, name: string): Promise<Metrics> {
  const read = async () => (await api.call<Metrics>('GET', `/api/agents/${name}/metrics`)).body;
  await expect.poll(async () => (await read()).history.points.length, { timeout: 40_000 }).toBeGreaterThan(0);
  return read();
}

test('charts come alive, one cursor goes through all of them, and dragging looks closer', async ({
  page,
  api,
}) => {
  const agent = await api.spawn({ name: 'charted', command: working });
  await page.goto(`/agents/${agent.id}/metrics?range=15m`);
  await awake(page);
  await expect(chart(page, 'CPU').locator('canvas')).toBeVisible();
  await expect(figures(page).getByRole('row', { name: /^Memory/ })).toContainText(/\d (?:KiB|MiB)/);
  await expect(page.getByText('This engine does not report it.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Started/ })).toBeVisible();

  await chart(page, 'CPU').focus();
  await page.keyboard.press('End');
  const when = /, \d\d:\d\d:\d\d$/;
  await expect(chart(page, 'CPU')).toHaveAttribute('aria-valuetext', when);
  await expect(chart(page, 'Memory')).toHaveAttribute('aria-valuetext', when);
  const last = await chart(page, 'Memory').getAttribute('aria-valuenow');
  await page.keyboard.press('ArrowLeft');
  await expect(chart(page, 'Memory')).not.toHaveAttribute('aria-valuenow', last ?? '');
  await page.keyboard.press('Escape');
  await expect(chart(page, 'Memory')).not.toHaveAttribute('aria-valuetext', when);

  const box = await chart(page, 'CPU').boundingBox();
  if (box === null) throw new Error('the chart is not on the page');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/\?from=.*&to=/);
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(page).toHaveURL(/\?range=15m$/);
  await page.getByRole('link', { name: '7 d', exact: true }).click();
  await expect(page).toHaveURL(/\?range=7d$/);
  await expect(page.getByRole('link', { name: '7 d', exact: true })).toHaveAttribute('aria-current', 'true');
});

test('the time axis leads to the place in the log', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'on-the-axis', command: working });
  await api.call('POST', `/api/agents/${agent.id}/snapshots`, { name: 'marked' });
  await page.goto(`/agents/${agent.id}/timeline?range=15m`);
  await awake(page);
  await expect(page.getByRole('row', { name: /Snapshot: marked/ })).toBeVisible();
  const axis = page.getByRole('slider', { name: /^Time axis/ });
  await expect(async () => {
    await page.reload();
    await axis.focus();
    await page.keyboard.press('End');
    await expect(axis).toHaveAttribute('aria-valuetext', /\d+ lines, \d+ errors?/, { timeout: 500 });
  }).toPass({ timeout: 40_000 });
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/agents/${agent.id}\\?at=`));
  await expect(log(page)).toContainText('line');
});

test('an agent that has stopped has no figures of now, and those of before stay, also without JavaScript and when it is removed', async ({
  page,
  api,
  newContext,
  site,
}) => {
  const agent = await api.spawn({ name: 'measured-and-gone', command: quiet });
  const before = await measured(api, agent.id);
  expect(before.history.points[0]).toMatchObject({ samples: 1, blockRead: null });
  expect(before.memory).toBeGreaterThan(0);
  await api.act('stop', agent.id, { timeout: 0 });
  const after = await measured(api, agent.id);
  expect(after).toMatchObject({ cpu: null, memory: null, restarts: 0 });
  await page.goto(`/agents/${agent.id}/metrics`);
  await expect(page.getByText('It does not run: there are no figures of now.')).toBeVisible();
  await expect(figures(page).getByRole('row', { name: /^Memory – \d/ })).toBeVisible();

  const context = await newContext({ javaScriptEnabled: false, storageState: site.storageState });
  const plain = await context.newPage();
  await plain.goto(`/agents/${agent.id}/metrics`);
  await plain.getByRole('link', { name: '24 h', exact: true }).click();
  await expect(plain).toHaveURL(/\?range=24h$/);
  await expect(figures(plain).getByRole('row', { name: /^Memory – \d/ })).toBeVisible();

  await api.call('DELETE', `/api/agents/${agent.id}?force=true`);
  const gone = await measured(api, agent.id);
  expect(gone.history.points.map(({ at }) => at)).toEqual(
    expect.arrayContaining(before.history.points.map(({ at }) => at)),
  );
});

test('the overview and the API say what a host uses and has', async ({ page, api }) => {
  const host = await api.host();
  await expect
    .poll(async () => {
      const answer = await api.call<{ now: HostFigures | null }>('GET', `/api/hosts/${host.id}/metrics`);
      return answer.body.now?.containers ?? null;
    })
    .not.toBeNull();
  await page.goto('/');
  await expect(page.getByRole('complementary').getByText(/\d+ of \d+ containers run/)).toBeVisible();
  await expect(page.getByRole('complementary').getByRole('img', { name: /^Memory \d/ })).toBeVisible();
});

test('what is asked wrongly is refused, and Prometheus gets its text', async ({ api }) => {
  const agent = await api.spawn({ name: 'scraped', command: quiet });
  for (const query of [
    'from=yesterday',
    'step=1',
    'step=x',
    'from=2026-03-01T10:00:00Z&to=2026-03-01T09:00:00Z',
    'nonsense=1',
  ])
    expect((await api.call('GET', `/api/agents/${agent.id}/metrics?${query}`)).status, query).toBe(400);
  expect((await api.call('GET', '/api/agents/no-such/metrics')).status).toBe(404);
  expect((await api.call('GET', '/api/hosts/no-such/metrics')).status).toBe(404);
  await expect
    .poll(async () => (await api.call<string>('GET', '/metrics')).body)
    .toMatch(/^slipway_agent_memory_bytes\{agent="scraped",type="shell",host="local"\} [1-9]/m);
});
