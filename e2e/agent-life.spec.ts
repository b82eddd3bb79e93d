/** The main job, as an operator does it in the browser: from the form to the end of an agent. */
import {
  awake,
  badge,
  counting,
  log,
  openGroup,
  quiet,
  row,
  rowState,
  script,
  verb,
} from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

test('an agent is launched from the form, watched, stopped, started, snapshotted and removed', async ({
  page,
  engine,
  api,
  guard,
}) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'New agent' }).first().click();
  await expect(page.getByRole('radio', { name: 'Shell' })).toBeChecked();
  await page.getByLabel('Name', { exact: true }).fill('whole-life');
  await page.getByLabel('Memory').fill('64m');
  await page.getByText('Advanced').click();
  await page
    .getByLabel('Command')
    .fill(['sh', '-c', 'i=0; while true; do i=$((i+1)); echo "tick $i"; sleep 0.2; done'].join('\n'));
  await openGroup(page, 'Labels and grouping');
  await page.getByLabel('Tags').fill('team=infra');
  await expect(page.getByText('slipway/starter:latest is on local')).toBeVisible();
  await page.getByRole('button', { name: 'Launch whole-life' }).click();

  await test.step('its page shows it ready, its log as it comes, and its figures', async () => {
    await expect(page).toHaveURL(/\/agents\/[^/]+$/);
    await expect(badge(page)).toHaveText('Ready');
    await expect(log(page)).toContainText('tick 3');
    await expect(log(page)).toContainText('tick 12');
    const memory = page.getByRole('complementary').locator('figure').filter({ hasText: 'Memory' });
    await expect(memory.locator('.num').first()).toHaveText(/\d+(?:\.\d+)? (?:KiB|MiB)/);
    const cpu = page.getByRole('complementary').locator('figure').filter({ hasText: 'CPU' });
    await expect(cpu.locator('.num').first()).toHaveText(/\d.*% of one core/);
    await expect(page.getByRole('complementary')).toContainText('64 MiB');
    await expect(page.getByRole('complementary')).toContainText('team=infra');
  });

  await test.step('the engine has it as the form said', async () => {
    const { containerId } = await api.agent('whole-life');
    const facts = await engine.cli(
      'inspect',
      '--format',
      '{{.HostConfig.Memory}} {{index .Config.Labels "dev.slipway.tag.team"}} {{.HostConfig.SecurityOpt}}',
      containerId ?? '',
    );
    expect(facts).toBe('67108864 infra [no-new-privileges]');
  });

  await test.step('the list shows state, figures and the last line', async () => {
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Agents/ })
      .click();
    await expect(rowState(page, 'whole-life')).toHaveText('Ready');
    await expect(row(page, 'whole-life').locator('.a-out')).toHaveText(/tick \d+/);
    await expect(row(page, 'whole-life').locator('.a-cpu')).toHaveText(/\d.* %/);
    await expect(row(page, 'whole-life').locator('.a-mem')).toHaveText(/\d.*\/ 64\.?0* MiB/);
    await row(page, 'whole-life').getByRole('link', { name: 'whole-life', exact: true }).click();
  });

  await test.step('a stop counts down and can be taken back', async () => {
    await verb(page, 'Stop').click();
    await expect(badge(page)).toHaveText(/Stopping, \d s/);
    await verb(page, 'Undo').click();
    await expect(badge(page)).toHaveText('Ready');
    expect(
      await engine.cli('ps', '--format', '{{.State}}', '--filter', 'label=dev.slipway.agent.name=whole-life'),
    ).toBe('running');
  });

  await test.step('a stop that is not taken back stops it', async () => {
    await verb(page, 'Stop').click();
    await expect(badge(page)).toHaveText('Stopped by admin');
    await expect(verb(page, 'Start')).toBeVisible();
  });

  await test.step('started again it is the same container, and its log goes on', async () => {
    const { containerId } = await api.agent('whole-life');
    await verb(page, 'Start').click();
    await expect(badge(page)).toHaveText('Ready');
    await expect(page.getByRole('toolbar', { name: 'Log' })).toContainText('Live');
    expect((await api.agent('whole-life')).containerId).toBe(containerId);
  });

  await test.step('a restart begins a new life of it', async () => {
    const before = await api.agent('whole-life');
    await verb(page, 'Restart').click();
    await expect.poll(async () => (await api.agent('whole-life')).startedAt).not.toBe(before.startedAt);
    await expect(badge(page)).toHaveText('Ready');
  });

  await test.step('a snapshot is taken in the dialog and listed', async () => {
    await verb(page, 'Snapshot').click();
    const dialog = page.getByRole('dialog', { name: 'Take a snapshot' });
    guard.expected(refusedWith(400));
    await dialog.getByLabel('Name').fill('Not A Name');
    await dialog.getByRole('button', { name: 'Take it' }).click();
    await expect(dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByLabel('Name').fill('good-point');
    await dialog.getByLabel('Comment').fill('before the change');
    await dialog.getByRole('button', { name: 'Take it' }).click();
    await expect(dialog).toBeHidden();
    await page
      .getByRole('navigation', { name: 'Parts of the agent' })
      .getByRole('link', { name: /^Snapshots/ })
      .click();
    const line = page.getByRole('row').filter({ hasText: 'good-point' });
    await expect(line).toContainText('before the change');
    await expect(line).toContainText(/\d+(?:\.\d+)? (?:KiB|MiB)/);
    await line.getByRole('button', { name: 'Delete good-point' }).click();
    const confirm = page.getByRole('dialog', { name: 'Delete the snapshot good-point?' });
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await expect(line).toHaveCount(0);
  });

  await test.step('the history has every life with its end', async () => {
    await page.getByRole('link', { name: 'History' }).click();
    const lives = page.getByRole('region', { name: /^Starts and ends/ }).getByRole('row');
    await expect(lives).toHaveCount(1 + 3);
    await expect(lives.nth(1)).toContainText('running');
    await expect(lives.nth(3)).toContainText('143');
    await expect(page.getByRole('region', { name: /^Changes of state/ })).toContainText('operator admin');
  });

  await test.step('it is removed after a while in which that can be taken back', async () => {
    await page.locator('header').getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Remove', exact: true }).click();
    await expect(badge(page)).toHaveText(/Removing, \d+ s/);
    await expect(badge(page)).toHaveText('Removed', { timeout: 20_000 });
    await page.goto('/agents');
    await expect(row(page, 'whole-life')).toHaveCount(0);
    await expect
      .poll(() => engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=whole-life'))
      .toBe('');
  });
});

test('an agent that ends by itself shows its exit code in list, page and history', async ({ page, api }) => {
  const agent = await api.spawn({ name: 'short-life', command: script('echo doing; sleep 0.5; exit 3') });
  await page.goto('/');
  const card = page.getByRole('article', { name: 'short-life' });
  await expect(card).toContainText('Crashed 3');
  await expect(page).toHaveTitle('(1) Overview, Slipway');
  await page.goto(`/agents/${agent.id}/history`);
  await expect(badge(page)).toHaveText('Crashed 3');
  await expect(
    page
      .getByRole('region', { name: /^Starts and ends/ })
      .getByRole('row')
      .nth(1),
  ).toContainText('crash 3');
  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await expect(log(page)).toContainText('doing');
});

test('several agents are stopped and removed together', async ({ page, api }) => {
  await Promise.all(['pair-one', 'pair-two'].map((name) => api.spawn({ name, command: quiet })));
  await page.goto('/agents');
  await page.getByLabel('Select pair-one').check();
  await page.getByLabel('Select pair-two').check();
  const bulk = page.getByRole('toolbar', { name: 'Selection' });
  await expect(bulk).toContainText('2 selected');
  await bulk.getByRole('button', { name: 'Stop' }).click();
  await expect(rowState(page, 'pair-one')).toHaveText('Stopped by admin');
  await expect(rowState(page, 'pair-two')).toHaveText('Stopped by admin');
  await bulk.getByRole('button', { name: 'Remove' }).click();
  await bulk.getByRole('button', { name: 'Now' }).click();
  await expect(row(page, 'pair-one')).toHaveCount(0);
  await expect(row(page, 'pair-two')).toHaveCount(0);
  await expect(bulk).toHaveCount(0);
});

test('what is ticked before the script of the page runs stays chosen', async ({ page, api }) => {
  await api.spawn({ name: 'early-bird', command: quiet });
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/_app\/.*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/agents', { waitUntil: 'commit' });
  await page.getByLabel('Select early-bird').check();
  release();
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText('1 selected');
  await expect(page.getByLabel('Select early-bird')).toBeChecked();
});

test('a part that is opened before the script of the page runs stays open', async ({ page }) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/_app\/.*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/agents/new', { waitUntil: 'commit' });
  await page.getByText('Advanced').click();
  await expect(page.getByLabel('Command')).toBeVisible();
  release();
  await awake(page);
  await expect(page.getByLabel('Command')).toBeVisible();
});

test('a refused command leaves its reason at the agent until it is dismissed', async ({
  page,
  api,
  guard,
}) => {
  guard.expected(refusedWith(409));
  const agent = await api.spawn({ name: 'stubborn', command: quiet });
  await page.route('**/api/agents/*/restart*', async (route) => {
    await api.act('stop', agent.id);
    await route.continue();
  });
  await page.goto(`/agents/${agent.id}`);
  // before its script runs the page sends a form, and the route above would not see it
  await awake(page);
  await verb(page, 'Restart').click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('stubborn cannot restart now: it is stopped');
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert).toHaveCount(0);
});

test('a page that is loaded anew in the middle of a launch and of a countdown goes on where it was', async ({
  page,
  api,
}) => {
  await page.goto('/agents/new');
  await page.getByLabel('Name', { exact: true }).fill('reloaded');
  await page.getByText('Advanced').click();
  await page.getByLabel('Command').fill(counting(100).join('\n'));
  await page.getByRole('button', { name: 'Launch reloaded' }).click();
  await page.waitForURL(/\/agents\/(?!new)/);
  await page.reload();
  await expect(badge(page)).toHaveText('Ready');
  await expect(log(page)).toContainText('line 5');

  await verb(page, 'Stop').click();
  await expect(badge(page)).toHaveText(/Stopping, \d s/);
  await page.reload();
  await expect(badge(page)).toHaveText(/Stopping, \d s/);
  await verb(page, 'Undo').click();
  await expect(badge(page)).toHaveText('Ready');
  expect((await api.lives('reloaded')).length).toBe(1);
});
