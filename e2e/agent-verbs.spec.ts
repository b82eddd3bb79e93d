/** What can be done with an agent beyond its main life: the verbs of its page, bulk, crashes, adoption and cleaning up. */
import type { Page } from '@playwright/test';
import { awake, badge, quiet, row, rowState, script, verb } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

async function fromMenu(page: Page, name: string) {
  await page.locator('header').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

test('a removal counts down on the page, can be taken back, and can be hurried', async ({
  page,
  api,
  engine,
}) => {
  const { id, containerId } = await api.spawn({ name: 'going', command: quiet });
  await page.goto(`/agents/${id}`);
  await awake(page);
  await fromMenu(page, 'Remove');
  await expect(badge(page)).toHaveText(/Removing, \d+ s/);
  await verb(page, 'Undo').click();
  await expect(badge(page)).toHaveText('Ready');
  expect(await engine.cli('inspect', '--format', '{{.State.Running}}', containerId ?? '')).toBe('true');
  await fromMenu(page, 'Remove');
  await verb(page, 'Remove now').click();
  await expect(badge(page)).toHaveText('Removed');
  await expect(page.locator('header')).toContainText('Its history and its snapshots stay');
  expect(await engine.cli('ps', '-aq', '--filter', `id=${containerId}`)).toBe('');
});

test('an agent is renamed in a dialog that shows what is wrong at its field', async ({
  page,
  api,
  guard,
}) => {
  guard.expected(refusedWith(400), refusedWith(409));
  const { id } = await api.spawn({ name: 'old-name', command: quiet });
  await api.spawn({ name: 'taken-name', command: quiet });
  await page.goto(`/agents/${id}`);
  await awake(page);
  await fromMenu(page, 'Rename…');
  const dialog = page.getByRole('dialog', { name: 'Rename' });
  const name = dialog.getByLabel('Name');
  await expect(name).toHaveValue('old-name');
  await name.fill('-bad-');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('taken-name');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog).toContainText('is taken');
  await name.fill('new-name');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('new-name');
  expect((await api.agent(id)).name).toBe('new-name');
});

test('limits and rules change at once, and only what was changed is sent', async ({
  page,
  api,
  engine,
  guard,
}) => {
  guard.expected(refusedWith(400));
  const { id, containerId } = await api.spawn({
    name: 'ruled',
    command: quiet,
    resources: { memory: '128m' },
  });
  await page.goto(`/agents/${id}`);
  await awake(page);
  await fromMenu(page, 'Limits and rules…');
  const dialog = page.getByRole('dialog', { name: 'Limits and rules' });
  await dialog.getByLabel('Memory').fill('1k');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByLabel('Memory')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Memory').fill('192m');
  await dialog.getByLabel('Restart policy').selectOption('on-failure');
  await dialog.getByLabel('Tries').fill('3');
  await dialog.getByLabel('Idle stop').selectOption('user');
  await dialog.getByLabel('Idle time').fill('45m');
  await dialog.getByLabel('Notes').fill('ask ada\nfirst');
  await dialog.getByLabel('Colour').selectOption('teal');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const facts = page.getByRole('complementary');
  await expect(facts).toContainText('192 MiB');
  await expect(facts).toContainText('on-failure:3');
  await expect(facts).toContainText('No input or ssh, 45m');
  await expect(facts).toContainText('ask ada');
  const said =
    '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}';
  expect(await engine.cli('inspect', '--format', said, containerId ?? '')).toBe('201326592 on-failure 3');
  const operation = (await api.operations()).find((each) => each.kind === 'update');
  expect(operation?.steps.find((step) => step.name === 'update')?.note).not.toContain('pids');
});

test('a chosen signal is sent', async ({ page, api }) => {
  const { id } = await api.spawn({
    name: 'listens',
    command: script('trap "echo got hup" HUP; echo up; while true; do sleep 0.1; done'),
  });
  await page.goto(`/agents/${id}`);
  await awake(page);
  await expect(page.getByRole('log')).toContainText('up');
  await fromMenu(page, 'Send a signal…');
  const dialog = page.getByRole('dialog', { name: 'Send a signal to listens' });
  await dialog.getByLabel('SIGHUP').check();
  await dialog.getByRole('button', { name: 'Send it' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('log')).toContainText('got hup');
  await expect(badge(page)).toHaveText('Ready');
});

test('an idle agent says when it stops, and is kept alive', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'idler', command: quiet, idle: { mode: 'user', timeout: '110s' } });
  await page.goto(`/agents/${id}`);
  await awake(page);
  await expect(page.locator('header')).toContainText(/Stops in 1 min \d+ s when nothing happens/);
  await expect(page.getByRole('complementary')).toContainText('our own sampling do not');
  await page.locator('header').getByRole('button', { name: 'Keep alive' }).click();
  await expect(page.getByRole('complementary')).toContainText('Kept alive until');
});

test('the run command is there as docker run, JSON and curl', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'shown', command: quiet, env: { GREETING: 'hello there' } });
  await page.goto(`/agents/${id}/command`);
  const text = page.locator('pre');
  await expect(text).toContainText('docker run --detach');
  await expect(text).toContainText('--name shown');
  await expect(text).not.toContainText('dev.slipway.');
  await expect(page.getByText('Values of the environment are shown')).toBeVisible();
  await page.getByRole('link', { name: 'JSON', exact: true }).click();
  await expect(text).toContainText('"name": "shown"');
  const body: unknown = JSON.parse((await text.textContent()) ?? '');
  await api.call('DELETE', `/api/agents/${id}?force=true&timeout=0`);
  const again = await api.call<{ status: string }>('POST', '/api/agents?wait=true', body);
  expect([again.status, again.body.status]).toEqual([201, 'ready']);
  await page.getByRole('link', { name: 'curl', exact: true }).click();
  await expect(text).toContainText('Authorization: Bearer TOKEN');
});

test('a crash is written down, shown, and opened as a copy', async ({ page, api }) => {
  const { id } = await api.spawn({
    name: 'falls',
    command: script('echo a > /tmp/left-behind; echo ERROR it broke; sleep 1; exit 3'),
  });
  await page.goto(`/agents/${id}`);
  await expect(badge(page)).toHaveText('Crashed 3');
  const tabs = page.getByRole('navigation', { name: 'Parts of the agent' });
  await expect(tabs.getByRole('link', { name: /^Crashes/ })).toContainText('1');
  await page.goto('/agents');
  await row(page, 'falls').getByRole('link', { name: 'Crashed 3' }).click();
  await expect(page.getByRole('heading', { name: 'It ended by itself with code 3' })).toBeVisible();
  await expect(page.getByText('Nobody stopped it.')).toBeVisible();
  await expect(page.getByRole('log')).toContainText('ERROR it broke');
  await expect(page.getByRole('list', { name: /^Changes of its files/ })).toContainText('/tmp/left-behind');
  await page.getByRole('button', { name: 'Open a shell in a copy' }).click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('falls', { timeout: 30_000 });
  await expect(badge(page)).toHaveText('Ready');
});

test('a failed agent says what failed, and is tried again', async ({ page, api, engine }) => {
  await api.call('POST', '/api/agents', {
    name: 'lacks',
    type: 'custom',
    image: 'local/lacking:1',
    pull: 'never',
  });
  await page.goto('/agents/lacks');
  const card = page.getByRole('region', { name: 'It could not be started' });
  await expect(card).toContainText('At the step "Image"');
  await expect(card).toContainText('IMAGE_NOT_FOUND');
  await expect(card.getByRole('link', { name: 'Edit and retry' })).toHaveAttribute(
    'href',
    /\/agents\/new\?edit=/,
  );
  await awake(page);
  await engine.cli('tag', 'slipway/starter:latest', 'local/lacking:1');
  await card.getByRole('button', { name: 'Retry' }).click();
  await expect(badge(page)).toHaveText('Ready');
  await engine.cli('rmi', 'local/lacking:1').catch(() => undefined);
});

test('many are stopped with a preview of which cannot, and removed with a countdown that can be taken back', async ({
  page,
  api,
}) => {
  await Promise.all(
    ['many-one', 'many-two', 'many-three'].map((name) => api.spawn({ name, command: quiet })),
  );
  await api.act('stop', 'many-three');
  await page.goto('/agents?q=many');
  await awake(page);
  await page.getByLabel('Select many-one').check();
  const bulk = page.getByRole('toolbar', { name: 'Selection' });
  await bulk.getByRole('button', { name: 'Select all 3 that match' }).click();
  await expect(bulk).toContainText('3 selected');
  await bulk.getByRole('button', { name: 'Restart' }).click();
  await expect(bulk).toContainText('2 agents can, 1 cannot');
  await expect(page.getByText('many-three cannot restart now: it is stopped')).toBeVisible();
  await bulk.getByRole('button', { name: 'Cancel' }).click();
  await bulk.getByRole('button', { name: 'Stop' }).click();
  await bulk.getByRole('button', { name: 'Stop 2 agents' }).click();
  await expect(bulk).toContainText(/Stopping 2 agents in \d s/);
  await expect(rowState(page, 'many-one')).toHaveText('Stopped by admin');
  await expect(rowState(page, 'many-two')).toHaveText('Stopped by admin');
  await expect(bulk).toContainText('2 agents stopped');
  await bulk.getByRole('button', { name: 'Remove' }).click();
  await expect(bulk).toContainText(/Removing 3 agents in \d+ s/);
  await bulk.getByRole('button', { name: 'Undo' }).click();
  await expect(bulk).toContainText('3 selected');
  expect((await api.agents()).length).toBe(3);
  await bulk.getByRole('button', { name: 'Remove' }).click();
  await bulk.getByRole('button', { name: 'Now' }).click();
  await expect(row(page, 'many-one')).toHaveCount(0);
  await expect(bulk).toHaveCount(0);
  expect((await api.agents()).length).toBe(0);
});

test('a container that somebody made is adopted without a restart', async ({ page, api, engine }) => {
  const container = await engine.cli(
    'run',
    '-d',
    '--name',
    'by-hand',
    'slipway/starter',
    'sleep',
    'infinity',
  );
  await page.goto('/agents');
  await awake(page);
  await page.locator('header').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Unmanaged containers' }).click();
  await page.getByLabel('Search containers').fill('by-hand');
  await expect(page).toHaveURL(/q=by-hand/);
  await page.getByRole('link', { name: 'Adopt by-hand' }).click();
  const dialog = page.getByRole('dialog', { name: 'Adopt by-hand' });
  await dialog.getByLabel('Name').fill('adopted-one');
  await dialog.getByRole('button', { name: 'Adopt' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('adopted-one');
  await expect(badge(page)).toHaveText('Ready');
  await expect(page.locator('header')).toContainText('adopted by admin');
  expect((await api.agent('adopted-one')).containerId).toBe(container);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('rename, rules, signal and removal work as parts of the page', async ({ page, api, guard }) => {
    guard.expected(refusedWith(400));
    const { id } = await api.spawn({ name: 'plain', command: quiet });
    await page.goto(`/agents/${id}`);
    await fromMenu(page, 'Rename…');
    await page.getByLabel('Name', { exact: true }).fill('-bad-');
    await page.getByRole('button', { name: 'Rename' }).click();
    await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await page.getByLabel('Name', { exact: true }).fill('plainer');
    await page.getByRole('button', { name: 'Rename' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('plainer');
    await page.goto(`/agents/${id}?do=update`);
    await page.getByLabel('Memory').fill('96m');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('complementary')).toContainText('96 MiB');
    await page.goto(`/agents/${id}?do=kill`);
    await page.getByLabel('SIGKILL').check();
    await page.getByRole('button', { name: 'Send it' }).click();
    await expect.poll(async () => (await api.agent(id)).status).toBe('stopped');
    await page.goto(`/agents/${id}`);
    await fromMenu(page, 'Remove');
    await expect(badge(page)).toHaveText(/Removing, \d+ s/);
    await verb(page, 'Remove now').click();
    await expect.poll(async () => (await api.agents()).length).toBe(0);
  });

  test('many are stopped and removed with boxes and buttons', async ({ page, api }) => {
    await Promise.all(['box-one', 'box-two'].map((name) => api.spawn({ name, command: quiet })));
    await api.act('stop', 'box-two');
    await page.goto('/agents');
    await page.getByLabel('Select box-one').check();
    await page.getByLabel('Select box-two').check();
    const buttons = page.getByRole('group', { name: 'Selection' });
    await buttons.getByRole('button', { name: 'Restart' }).click();
    const answer = page.getByRole('region', { name: 'What it hits' });
    await expect(answer).toContainText('1 agent can, 1 cannot');
    await expect(answer).toContainText('box-two cannot restart now: it is stopped');
    await answer.getByRole('button', { name: 'Restart 1 agent' }).click();
    await expect(page.getByRole('region', { name: 'What was done' })).toContainText('1 agent restarted');
    await buttons.getByLabel('All 2 that match').check();
    await buttons.getByRole('button', { name: 'Remove' }).click();
    await answer.getByRole('button', { name: 'Remove 2 agents' }).click();
    await expect(page.getByRole('heading', { name: '2 agents removed' })).toBeVisible();
    expect((await api.agents()).length).toBe(0);
  });

  test('cleaning up shows what would go before it goes', async ({ page, api }) => {
    const { id } = await api.spawn({ name: 'old-one', command: quiet });
    await api.act('stop', id);
    // an agent counts as old after a second
    await expect
      .poll(async () => Date.now() - Date.parse((await api.agent(id)).endedAt ?? ''), { timeout: 5_000 })
      .toBeGreaterThan(1_000);
    await page.goto('/agents/cleanup');
    await page.getByLabel('Longer ago than').fill('0');
    await page.getByLabel('Images without a name').uncheck();
    await page.getByLabel('Networks').uncheck();
    await page.getByRole('button', { name: 'Look' }).click();
    await expect(page.getByRole('row').filter({ hasText: 'old-one' })).toContainText('stopped since');
    await page.getByRole('button', { name: 'Remove this one' }).click();
    await expect(page.getByRole('heading', { name: /^1 removed/ })).toBeVisible();
    expect((await api.agents()).length).toBe(0);
  });
});

test('an agent is forked from its snapshot, and put back to it', async ({ page, api, engine }) => {
  const { id, containerId } = await api.spawn({
    name: 'with-past',
    command: script('echo one > /tmp/file; sleep 1000'),
  });
  await api.call('POST', `/api/agents/${id}/snapshots`, { name: 'good' });
  await engine.cli('exec', containerId ?? '', 'sh', '-c', 'echo two > /tmp/file');
  await page.goto(`/agents/${id}/snapshots`);
  await awake(page);
  await expect(page.locator('.estimate')).toContainText('since its image');
  await page.getByRole('button', { name: 'Fork good' }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(badge(page)).toHaveText('Ready');

  await page.goto(`/agents/${id}/snapshots`);
  await awake(page);
  await page.getByRole('button', { name: 'Restore good' }).click();
  const question = page.getByRole('dialog', { name: 'Restore good?' });
  await expect(question).toContainText('what was written since then');
  await question.getByRole('button', { name: 'Restore' }).click();
  await expect.poll(async () => (await api.agent(id)).containerId, { timeout: 30_000 }).not.toBe(containerId);
  await expect(page.getByRole('row', { name: /good/ })).toContainText('here now');
});
