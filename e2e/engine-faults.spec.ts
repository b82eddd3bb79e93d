/** An engine that goes away, hangs and comes back. It is this file's own (see fixtures.ts), and so is the Slipway on it. */
import { badge, counting, log, quiet, row, rowState, verb } from './support/agent-page.ts';
import { expect, fragileTest as test } from './support/fixtures.ts';
import { expectConsecutive, lastNumber, readLog } from './support/log-lines.ts';
import { refusedWith } from './support/page-guard.ts';

/** Slipway tries again after at most 8 s, and the engine needs a moment of its own. */
const BACK = { timeout: 20_000 };

test.afterEach(async ({ fragileEngine, api }) => {
  await fragileEngine.unhang().catch(() => undefined);
  await fragileEngine.boot();
  await expect.poll(async () => (await api.host()).state, BACK).toBe('online');
});

test('an engine that is stopped and started in the middle of everything costs nothing but time', async ({
  page,
  context,
  api,
  fragileEngine,
  guard,
}) => {
  guard.expected(refusedWith(503));
  const agent = await api.spawn({ name: 'goes-on', command: counting(50) });
  const list = await context.newPage();
  await Promise.all([page.goto(`/agents/${agent.id}`), list.goto('/agents')]);
  await expect(log(page)).toContainText('line 20');
  await fragileEngine.term();

  await test.step('the pages say so, and keep what they showed', async () => {
    await expect(badge(page)).toHaveText('Unreachable, was ready');
    await expect(page.getByRole('toolbar', { name: 'Log' })).toContainText('Waiting for the host');
    await expect(log(page)).toContainText(/line \d+/);
    await expect(rowState(list, 'goes-on')).toHaveText('Unreachable, was ready');
    await expect(row(list, 'goes-on').locator('.a-out')).toContainText(/line \d+/);
  });

  await test.step('a new page has it too, with the reason and the remedy', async () => {
    await list.goto('/');
    const needy = list.getByRole('region', { name: /^Needs you/ });
    await expect(needy).toContainText('The Docker socket is missing');
    await expect(needy).toContainText('Install and start Docker, or set DOCKER_HOST');
    await expect(rowState(list, 'goes-on')).toHaveText('Unreachable, was ready');
    await list.goto(`/agents/${agent.id}`);
    await expect(log(list)).toContainText(/line \d+/);
  });

  await test.step('what needs the engine is refused where it was asked for', async () => {
    await verb(list, 'Restart').click();
    await expect(list.getByRole('alert')).toContainText('SOCKET_ERROR');
    const answer = await api.call<{ error: { code: string; hint: string } }>('POST', '/api/agents', {
      type: 'shell',
    });
    expect([answer.status, answer.body.error.code]).toEqual([503, 'SOCKET_ERROR']);
    expect((await api.call('GET', '/api/health')).body).toMatchObject({
      status: 'degraded',
      hosts: { local: 'offline' },
    });
    await list.goto('/agents');
  });

  await fragileEngine.boot();
  await test.step('everything comes back by itself, and the log has no gap and no double', async () => {
    await expect(badge(page)).toHaveText('Ready', BACK);
    await expect(rowState(list, 'goes-on')).toHaveText('Ready', BACK);
    await expect(page.getByRole('toolbar', { name: 'Log' })).toContainText('Live', BACK);
    const before = lastNumber(await readLog(page));
    await expect.poll(async () => lastNumber(await readLog(page)), BACK).toBeGreaterThan(before + 20);
    expectConsecutive(await readLog(page));
    expect(await api.agent('goes-on')).toMatchObject({
      status: 'ready',
      containerId: agent.containerId,
      startedAt: agent.startedAt,
    });
  });
});

test('a hung engine holds up no page, shows as offline, and is back when it goes on', async ({
  page,
  api,
  site,
  fragileEngine,
}) => {
  const agent = await api.spawn({ name: 'hangs-about', command: quiet });
  await page.goto('/agents');
  await expect(rowState(page, 'hangs-about')).toHaveText('Ready');
  await fragileEngine.hang();
  const hungAt = Date.now();

  const [session] = site.storageState.cookies;
  const headers = { cookie: `${session?.name}=${session?.value}`, accept: 'text/html' };
  const times: number[] = [];
  const measure = async () => {
    for (const address of [
      '/',
      '/agents',
      `/agents/${agent.id}`,
      `/agents/${agent.id}/history`,
      '/activity',
      '/settings',
    ]) {
      const started = performance.now();
      const response = await fetch(site.url + address, { headers });
      await response.text();
      times.push(performance.now() - started);
      expect([address, response.status]).toEqual([address, 200]);
    }
  };
  // while nobody knows yet that it hangs, and when it is known
  await measure();
  await measure();
  await expect(rowState(page, 'hangs-about')).toHaveText('Unreachable, was ready', {
    timeout: 10_000 - (Date.now() - hungAt),
  });
  await measure();
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity;
  test.info().annotations.push({
    type: 'median of a page while the engine hangs',
    description: `${median.toFixed(0)} ms`,
  });
  expect(median).toBeLessThan(200);
  expect(Math.max(...times)).toBeLessThan(1_000);

  await page.goto('/');
  await expect(page.getByRole('region', { name: /^Needs you/ })).toContainText(
    'The Docker Engine does not answer',
  );
  await fragileEngine.unhang();
  await expect(rowState(page, 'hangs-about')).toHaveText('Ready', BACK);
});

test('an engine that is killed leaves the agents as they are', async ({ page, api, fragileEngine }) => {
  const agent = await api.spawn({ name: 'survivor', command: counting(100) });
  await page.goto(`/agents/${agent.id}`);
  await expect(log(page)).toContainText('line 5');
  await fragileEngine.crash();
  await expect(badge(page)).toHaveText('Unreachable, was ready');
  await fragileEngine.boot();
  await expect(badge(page)).toHaveText('Ready', BACK);
  await expect.poll(async () => lastNumber(await readLog(page)), BACK).toBeGreaterThan(30);
  expectConsecutive(await readLog(page));
});

test('a host that lost its power shows what ended with it', async ({ page, api, fragileEngine }) => {
  const agent = await api.spawn({ name: 'powerless', command: quiet });
  await page.goto(`/agents/${agent.id}`);
  await expect(badge(page)).toHaveText('Ready');
  await fragileEngine.power();
  await expect(badge(page)).toHaveText('Unreachable, was ready');
  await fragileEngine.boot();
  await expect(badge(page)).toHaveText('Stopped, host restarted', BACK);
  await verb(page, 'Start').click();
  await expect(badge(page)).toHaveText('Ready');
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByRole('region', { name: /^Starts and ends/ }).getByRole('row')).toHaveCount(1 + 2);
});

test('what was asked of an engine that went away in the middle ends with a reason', async ({
  api,
  fragileEngine,
}) => {
  const agent = await api.spawn({ name: 'half-asked', command: quiet });
  await fragileEngine.hang();
  const asked = api.call('POST', `/api/agents/${agent.id}/restart`);
  const spawned = api.call<{ id: string }>('POST', '/api/agents', {
    name: 'half-made',
    type: 'shell',
    command: quiet,
  });
  await expect.poll(async () => (await api.host()).state).toBe('offline');
  await fragileEngine.unhang();
  expect([200, 503]).toContain((await asked).status);
  expect([201, 503]).toContain((await spawned).status);
  await expect.poll(async () => (await api.host()).state, BACK).toBe('online');
  // whatever became of them: nothing stays in between for good, and the engine has what the list says
  await expect
    .poll(
      async () =>
        (await api.agents()).every(({ status }) =>
          ['ready', 'failed', 'stopped', 'crashed'].includes(status),
        ),
      { timeout: 35_000 },
    )
    .toBe(true);
  const running = (await api.agents()).filter(({ status }) => status === 'ready').map(({ name }) => name);
  const names = await fragileEngine.cli('ps', '--format', '{{.Label "dev.slipway.agent.name"}}');
  expect(names.split('\n').filter(Boolean).toSorted()).toEqual(running.toSorted());
});

test('an agent on a host that was away when the page was loaded comes back on that page', async ({
  page,
  api,
  fragileEngine,
}) => {
  await api.spawn({ name: 'patient', command: quiet });
  await fragileEngine.crash();
  await expect.poll(async () => (await api.host()).state).toBe('offline');
  await page.goto('/agents');
  await expect(rowState(page, 'patient')).toHaveText('Unreachable, was ready');
  await fragileEngine.boot();
  await expect(rowState(page, 'patient')).not.toHaveText(/Unreachable/, BACK);
});

test('a Slipway that starts while the engine is away shows its agents as they were, and finds them when it is back', async ({
  page,
  site,
  api,
  fragileEngine,
}) => {
  await api.spawn({ name: 'long-known', command: quiet });
  await site.sigterm();
  await fragileEngine.term();
  await site.startAgain();
  expect(site.output).toContain('Host local: The Docker socket is missing.');
  await page.goto('/agents');
  await expect(rowState(page, 'long-known')).toHaveText('Unreachable, was ready');
  await fragileEngine.boot();
  await expect(rowState(page, 'long-known')).toHaveText('Ready', BACK);
});
