/** Slipway itself ends: killed, told to end, started again. Agents know nothing of it. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { awake, badge, counting, log, quiet, row, rowState, script, verb } from './support/agent-page.ts';
import { expect, test as base } from './support/fixtures.ts';
import { expectConsecutive, lastNumber, readLog } from './support/log-lines.ts';
import { GONE } from './support/page-guard.ts';

/** A Slipway of each test's own, since it is killed. */
const test = base.extend({
  site: async ({ startSite }, use) => {
    const site = await startSite();
    await site.setUp();
    await use(site);
  },
});

const BACK = { timeout: 15_000 };
const staleBar = (page: Page) => page.getByText(/^No connection since/);
/** Ends with this code when it is told to, by a file. */
const endsWhenTold = (code: number) => script(`while [ ! -e /tmp/end ]; do sleep 0.1; done; exit ${code}`);

/** Set on a page: gone when the page was loaded anew. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { sameVisit: true }));
const isSameVisit = (page: Page) => page.evaluate(() => 'sameVisit' in window);

test('after kill -9 and a start everything is as it is, and pages that stayed open learn what they missed', async ({
  page,
  context,
  site,
  api,
  engine,
  guard,
}) => {
  guard.expected(GONE);
  const [stays, ends, goes] = await Promise.all([
    api.spawn({ name: 'stays', command: counting(100) }),
    api.spawn({ name: 'ends', command: endsWhenTold(7) }),
    api.spawn({ name: 'goes', command: quiet }),
  ]);
  const watching = await context.newPage();
  await Promise.all([page.goto('/agents'), watching.goto(`/agents/${stays.id}`)]);
  await expect(rowState(page, 'ends')).toHaveText('Ready');
  await expect(log(watching)).toContainText('line 5');
  await Promise.all([awake(page), awake(watching)]);
  await Promise.all([mark(page), mark(watching)]);

  expect(await site.kill9()).toMatchObject({ signal: 'SIGKILL' });
  await test.step('the pages keep what they show and say since when it is old', async () => {
    await expect(staleBar(page)).toBeVisible();
    await expect(staleBar(watching)).toBeVisible();
    await expect(rowState(page, 'stays')).toHaveText('Ready');
    await expect(log(watching)).toContainText(/line \d+/);
  });

  await test.step('meanwhile one ends by itself and one is removed', async () => {
    await engine.cli('exec', ends.containerId ?? '', 'touch', '/tmp/end');
    expect(await engine.cli('wait', ends.containerId ?? '')).toBe('7');
    await engine.cli('rm', '-f', goes.containerId ?? '');
    expect(await engine.cli('inspect', '--format', '{{.State.Running}}', stays.containerId ?? '')).toBe(
      'true',
    );
  });

  await site.startAgain();
  await test.step('the open pages come back without being loaded anew', async () => {
    await expect(staleBar(page)).toHaveCount(0, BACK);
    await expect(rowState(page, 'ends')).toHaveText('Crashed 7');
    await expect(row(page, 'goes')).toHaveCount(0);
    await expect(rowState(page, 'stays')).toHaveText('Ready');
    await expect(staleBar(watching)).toHaveCount(0, BACK);
    const last = lastNumber(await readLog(watching));
    await expect.poll(async () => lastNumber(await readLog(watching))).toBeGreaterThan(last);
    expectConsecutive(await readLog(watching));
    expect([await isSameVisit(page), await isSameVisit(watching)]).toEqual([true, true]);
  });

  await test.step('the records are right', async () => {
    expect((await api.lives('ends'))[0]).toMatchObject({
      exitCode: 7,
      reason: 'crash 7',
      endedAt: expect.any(String),
    });
    expect(await api.agent('stays')).toMatchObject({
      status: 'ready',
      containerId: stays.containerId,
      startedAt: stays.startedAt,
    });
    expect(await api.lives('stays')).toHaveLength(1);
    await page.goto(`/agents/${ends.id}/history`);
    await expect(
      page
        .getByRole('region', { name: /^Starts and ends/ })
        .getByRole('row')
        .nth(1),
    ).toContainText('7');
  });
});

test('work that a kill -9 cut off is taken up again', async ({ page, site, api, engine, guard }) => {
  guard.expected(GONE);
  const stubborn = script("trap '' TERM; while true; do sleep 0.1; done");
  const [stopping, removing] = await Promise.all([
    api.spawn({ name: 'being-stopped', command: stubborn }),
    api.spawn({ name: 'being-removed', command: stubborn }),
  ]);
  await page.goto('/agents');
  await api.call('POST', `/api/agents/${stopping.id}/stop?wait=false`, { timeout: 60_000 });
  await api.call('DELETE', `/api/agents/${removing.id}?force=true&wait=false&timeout=60000`);
  await expect(rowState(page, 'being-stopped')).toHaveText(/Stopping/);
  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('Live');
  await site.kill9();
  await site.startAgain();
  await expect(rowState(page, 'being-stopped')).toHaveText('Stopped by admin', { timeout: 25_000 });
  await expect(row(page, 'being-removed')).toHaveCount(0, { timeout: 25_000 });
  expect(await engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=being-removed')).toBe('');
});

test('SIGTERM with open pages and streams ends it in order within 5 s, and agents run on', async ({
  page,
  context,
  site,
  api,
  engine,
  guard,
}) => {
  guard.expected(GONE);
  const agent = await api.spawn({ name: 'unimpressed', command: counting(50) });
  const other = await context.newPage();
  await Promise.all([page.goto('/agents'), other.goto(`/agents/${agent.id}`)]);
  await expect(log(other)).toContainText('line 5');
  const stream = await fetch(`${site.url}/api/agents/unimpressed/logs?follow=true`, {
    headers: { cookie: site.storageState.cookies.map(({ name, value }) => `${name}=${value}`).join() },
  });
  expect(stream.status).toBe(200);

  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('Live');
  const ended = await site.sigterm();
  expect(ended).toMatchObject({ code: 0, signal: null });
  expect(ended.tookMs).toBeLessThan(5_000);
  await stream.body?.cancel().catch(() => undefined);
  await expect(staleBar(page)).toBeVisible();

  // SQLite was closed: nothing waits in a write-ahead log
  const left = (await readdir(site.dataDir)).filter((file) => file.endsWith('-wal'));
  const sizes = await Promise.all(left.map(async (file) => (await stat(path.join(site.dataDir, file))).size));
  expect(sizes.filter((size) => size > 0)).toEqual([]);
  expect(await engine.cli('inspect', '--format', '{{.State.Running}}', agent.containerId ?? '')).toBe('true');

  await site.startAgain();
  await expect(staleBar(page)).toHaveCount(0, BACK);
  await expect(rowState(page, 'unimpressed')).toHaveText('Ready');
  expect(await api.agent('unimpressed')).toMatchObject({
    containerId: agent.containerId,
    startedAt: agent.startedAt,
  });
});

test('a command while the server is gone fails in its place, and "Try now" connects at once', async ({
  page,
  site,
  api,
  guard,
}) => {
  guard.expected(GONE);
  const agent = await api.spawn({ name: 'out-of-reach', command: quiet });
  await page.goto(`/agents/${agent.id}`);
  await expect(badge(page)).toHaveText('Ready');
  // its script is loaded and connected: what was not fetched yet would be gone with the server
  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('Live');
  await site.kill9();
  await expect(staleBar(page)).toBeVisible();
  await verb(page, 'Restart').click();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  await expect(badge(page)).toHaveText('Ready');
  await site.startAgain();
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(staleBar(page)).toHaveCount(0, { timeout: 2_000 });
});
