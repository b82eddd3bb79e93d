import type { Page } from '@playwright/test';
import { awake, badge, openGroup, quiet, row, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const summary = (page: Page, group: string) =>
  page.locator('details.advanced details > summary').filter({ hasText: new RegExp(`^\\s*${group}`) });
const checks = (page: Page) => page.getByRole('region', { name: 'Before the launch' });
const preview = (page: Page) => page.getByRole('complementary').locator('pre').first();
const name = (page: Page) => page.getByLabel('Name', { exact: true });

test.describe('the form for a new agent', () => {
  test('shows each mistake at its field and keeps all that was typed', async ({ page, guard, api }) => {
    guard.expected(refusedWith(400));
    await page.goto('/agents/new?type=shell');
    await awake(page);
    await name(page).fill('-bad-');
    await page.getByLabel('Memory').fill('lots');
    await page.getByLabel('CPU').fill('none');
    await page.getByText('Advanced').click();
    await page.getByLabel('Command').fill('sh\n-c\necho hello');
    await openGroup(page, 'Labels and grouping');
    await page.getByLabel('Tags').fill('team=infra');
    await page.getByRole('button', { name: /^Launch/ }).click();
    for (const field of ['Name', 'Memory', 'CPU']) {
      await expect(page.getByLabel(field, { exact: true })).toHaveAttribute('aria-invalid', 'true');
    }
    await expect(name(page)).toBeFocused();
    await expect(page.getByText('must be an amount such as 512m').first()).toBeVisible();
    await expect(name(page)).toHaveValue('-bad-');
    await expect(page.getByLabel('Memory')).toHaveValue('lots');
    await expect(page.getByLabel('Command')).toHaveValue('sh\n-c\necho hello');
    await expect(page.getByLabel('Tags')).toHaveValue('team=infra');
    expect(await api.agents()).toEqual([]);

    await openGroup(page, 'Environment');
    await page.getByLabel('Environment').fill('GOOD=1\nNO EQUALS SIGN');
    await name(page).fill('mended');
    await page.getByLabel('Memory').fill('32m');
    await page.getByLabel('CPU').fill('0.2');
    await page.getByRole('button', { name: /^Launch/ }).click();
    await expect(page.locator('p.er', { hasText: 'line 2: must be written as KEY=value' })).toBeVisible();
    await expect(page.getByLabel('Environment')).toBeFocused();
    await page.getByLabel('Environment').fill('GREETING=good day');
    await page.getByRole('button', { name: 'Launch mended' }).click();
    await expect(page).toHaveURL(/\/agents\/(?!new)/);
    expect((await api.agent('mended')).spec).toMatchObject({
      command: ['sh', '-c', 'echo hello'],
      resources: { memory: 33554432, cpu: 0.2 },
      env: { GREETING: 'good day' },
    });
  });

  test('opens the closed group in which something is wrong and goes there', async ({ page, guard, api }) => {
    guard.expected(refusedWith(400));
    await page.goto('/agents/new');
    await awake(page);
    await openGroup(page, 'Files');
    await page.getByLabel('Volumes and folders').fill('work:/work\n../here:/there');
    await summary(page, 'Files').click();
    await expect(page.getByLabel('Volumes and folders')).toBeHidden();
    await expect(summary(page, 'Files')).toContainText('2 volumes');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByLabel('Volumes and folders')).toBeFocused();
    await expect(page.locator('p.er')).toContainText('line 2: must not use a relative path');
    expect(await api.agents()).toEqual([]);
  });

  test('says before the launch that a name is taken, and after it in the field', async ({
    page,
    guard,
    api,
  }) => {
    guard.expected(refusedWith(409));
    await api.spawn({ name: 'one-of-a-kind', command: quiet });
    await page.goto('/agents/new');
    await awake(page);
    await name(page).fill('one-of-a-kind');
    await expect(checks(page)).toContainText('an agent is called one-of-a-kind already');
    await page.getByRole('button', { name: /^Launch/ }).click();
    await expect(name(page)).toHaveAttribute('aria-invalid', 'true');
    await expect(page).toHaveURL('/agents/new');
    expect(await api.agents()).toHaveLength(1);
  });

  test('says while it is filled in where it would go and what is wrong', async ({ page, api }) => {
    await api.spawn({ name: 'holder', command: quiet, ports: ['18080:80'] });
    await page.goto('/agents/new');
    await awake(page);
    await expect(checks(page)).toContainText('Runs on local');
    await expect(page.getByLabel('Host', { exact: true })).toContainText('Auto, will be local');
    await openGroup(page, 'Network');
    await page.getByLabel('Ports').fill('18080:80');
    await expect(checks(page)).toContainText('port 18080 is taken by holder');
    await expect(page.getByRole('list', { name: 'To mend first:' })).toContainText('Ports: port 18080');
    await page.getByLabel('Ports').fill('no port');
    await page.getByLabel('Networks').focus();
    await expect(page.getByLabel('Ports')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('p.er')).toContainText('line 1:');
    await page.getByLabel('Ports').fill('');
    await expect(page.getByLabel('Ports')).not.toHaveAttribute('aria-invalid');
    await expect(page.getByRole('list', { name: 'To mend first:' })).toHaveCount(0);
  });

  test('shows the same launch as docker run, as JSON and as a curl call', async ({ page, site }) => {
    await page.goto('/agents/new');
    await awake(page);
    await name(page).fill('by-script');
    await page.getByLabel('Memory').fill('64m');
    await expect(preview(page)).toContainText('--name by-script');
    await expect(preview(page)).toContainText('--memory 64m');
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await expect(preview(page)).toHaveText(/"name": "by-script"/);
    expect(JSON.parse((await preview(page).textContent()) ?? '')).toEqual({
      name: 'by-script',
      type: 'shell',
      resources: { memory: '64m' },
    });
    await page.getByRole('button', { name: 'curl', exact: true }).click();
    await expect(preview(page)).toContainText(`curl -X POST ${site.url}/agents`);
  });

  test('every group launches what it says', async ({ page, api }) => {
    await page.goto('/agents/new');
    await awake(page);
    await name(page).fill('everything');
    await page.getByLabel('Memory').fill('64m');
    await openGroup(page, 'Image and what it runs');
    await page.getByLabel('Command').fill('sh\n-c\necho listening on 80; exec sleep infinity');
    await page.getByLabel('Working folder').fill('/tmp');
    await page.getByLabel('Terminal').selectOption('off');
    await openGroup(page, 'Limits');
    await page.getByLabel('Processes and threads').fill('100');
    await page.getByLabel('Ulimits').fill('nofile=1024:2048');
    await openGroup(page, 'Environment');
    await page.getByLabel('Environment').fill('A=1\nB=two words');
    await openGroup(page, 'Files');
    await page.getByLabel('Volumes and folders').fill('uif-data:/data');
    await page.getByLabel('Folders that are forgotten').fill('/scratch:size=1m');
    await openGroup(page, 'Network');
    await page.getByLabel('Ports').fill('18081:80');
    await page.getByLabel('Further host names').fill('db.internal:10.0.0.7');
    await openGroup(page, 'Rules');
    await page.getByLabel('Ready when').selectOption('log');
    await page.getByLabel('Line that it prints').fill('listening on \\d+');
    await page.getByLabel('Within').fill('30s');
    await page.getByLabel('Restart by the engine').selectOption('on-failure');
    await page.getByLabel('Times at most').fill('2');
    await page.getByLabel('Idle for').fill('20m');
    await openGroup(page, 'Security');
    await page.getByLabel('Profile').selectOption('hardened');
    await openGroup(page, 'Logging');
    await page.getByLabel('Log files kept').fill('2');
    await openGroup(page, 'Labels and grouping');
    await page.getByLabel('Tags').fill('team=infra');
    await page.getByLabel('Role').fill('builder');
    await openGroup(page, 'Start args');
    await page.getByLabel('Flags of docker run').fill("--init\n--label 'note=two words'");
    await expect(summary(page, 'Rules')).toContainText('ready by log, within 30s, restart on-failure');
    await expect(preview(page)).toContainText("--label 'note=two words'");
    await page.keyboard.press('Control+Enter');
    await expect(badge(page)).toHaveText('Ready');
    expect((await api.agent('everything')).spec).toMatchObject({
      workdir: '/tmp',
      tty: false,
      resources: { memory: 67108864, pids: 100, ulimits: ['nofile=1024:2048'] },
      env: { A: '1', B: 'two words' },
      volumes: [{ source: 'uif-data', target: '/data' }],
      tmpfs: { '/scratch': 'size=1m' },
      readiness: { kind: 'log', pattern: 'listening on \\d+', timeout: 30 },
      restart: { name: 'on-failure', maximumRetryCount: 2 },
      idle: { mode: 'io', timeout: 1200 },
      security: { profile: 'hardened' },
      logging: { maxSize: '10m', maxFile: 2 },
      tags: { team: 'infra' },
      role: 'builder',
      startArgs: ['--init', '--label', 'note=two words'],
    });
  });

  test('says that the image of a type is not there, and the launch fails with the same words and leaves nothing', async ({
    page,
    api,
    engine,
  }) => {
    await page.goto('/agents/new');
    await awake(page);
    await page.getByRole('radio', { name: 'Claude' }).check({ force: true });
    await expect(checks(page)).toContainText('slipway/claude:latest is not on local');
    await name(page).fill('no-image');
    await page.getByRole('button', { name: 'Launch no-image' }).click();
    await expect(badge(page)).toHaveText('Failed to start');
    await expect(page.getByRole('main')).toContainText('IMAGE_NOT_FOUND');
    expect(await engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=no-image')).toBe('');
    expect((await api.agent('no-image')).containerId).toBeNull();
    await page.goto('/agents');
    await expect(row(page, 'no-image')).toContainText('IMAGE_NOT_FOUND');
  });

  test('asks for an image when the type has none', async ({ page }) => {
    await page.goto('/agents/new?type=custom');
    await awake(page);
    await name(page).fill('of-my-own');
    await expect(page.getByRole('textbox', { name: 'Image' })).toHaveAttribute('required');
    await page.getByRole('textbox', { name: 'Image' }).fill('slipway-test/busybox:latest');
    await openGroup(page, 'Image and what it runs');
    await page.getByLabel('Command').fill('sleep\n600');
    await page.getByRole('button', { name: 'Launch of-my-own' }).click();
    await expect(badge(page)).toHaveText('Ready');
  });
});

const RUN =
  "docker run -d --name pasted -m 64m -p 18082:80 -v pasted-data:/data -e 'GREETING=good day' --cap-add SYS_PTRACE slipway-test/busybox:latest sh -c 'echo up; exec sleep infinity'";

test.describe('a docker run command', () => {
  test('fills the form, says what was left out, and launches', async ({ page, api }) => {
    await page.goto('/agents/new');
    await awake(page);
    await page.getByRole('link', { name: 'Paste a docker run command' }).click();
    await expect(page.getByLabel('What you would type in a terminal')).toBeFocused();
    await page.getByLabel('What you would type in a terminal').fill(RUN);
    await page.keyboard.press('Control+Enter');
    await expect(page.getByText('The form is filled in from the command.')).toBeVisible();
    await expect(page.getByText('--detach was left out')).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Custom' })).toBeChecked();
    await expect(name(page)).toHaveValue('pasted');
    await expect(page.getByLabel('Memory')).toHaveValue('64m');
    await expect(summary(page, 'Files')).toContainText('1 volume');
    await expect(summary(page, 'Network')).toContainText('1 port');
    await expect(page.getByLabel('Command')).toHaveValue('sh\n-c\necho up; exec sleep infinity');
    await page.getByRole('button', { name: 'Launch pasted' }).click();
    await expect(badge(page)).toHaveText('Ready');
    expect((await api.agent('pasted')).spec).toMatchObject({
      env: { GREETING: 'good day' },
      volumes: [{ source: 'pasted-data', target: '/data' }],
      tty: false,
      startArgs: ['--cap-add', 'CAP_SYS_PTRACE'],
    });
  });

  test('that cannot be read names the word and its place, and changes nothing', async ({ page, guard }) => {
    guard.expected(refusedWith(400));
    await page.goto('/agents/new');
    await awake(page);
    await name(page).fill('kept');
    await page.getByRole('link', { name: 'Paste a docker run command' }).click();
    await page.getByLabel('What you would type in a terminal').fill('docker run --nme x busybox');
    await page.getByRole('button', { name: 'Fill the form from it' }).click();
    await expect(page.getByText('Word 3, --nme: there is no flag --nme; did you mean --name?')).toBeVisible();
    await expect(name(page)).toHaveValue('kept');
  });

  test('that is pasted into a field is offered to the whole form', async ({ page }) => {
    await page.goto('/agents/new?type=custom');
    await awake(page);
    await page.getByRole('textbox', { name: 'Image' }).evaluate((element, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, RUN);
    await expect(page.getByText('This is a docker run command.')).toBeVisible();
    await page.getByRole('button', { name: 'Fill the form from it' }).click();
    await expect(page.getByRole('textbox', { name: 'Image' })).toHaveValue('slipway-test/busybox:latest');
    await expect(name(page)).toHaveValue('pasted');
  });

  test('fills the form without JavaScript too, where it is checked on demand', async ({
    newContext,
    site,
    guard,
  }) => {
    guard.expected(refusedWith(400));
    const context = await newContext({ javaScriptEnabled: false, storageState: site.storageState });
    const page = await context.newPage();
    await page.goto('/agents/new');
    await page.getByRole('link', { name: 'Paste a docker run command' }).click();
    await page.getByLabel('What you would type in a terminal').fill('docker run --nme x busybox');
    await page.getByRole('button', { name: 'Fill the form from it' }).click();
    await expect(page.getByText('Word 3, --nme: there is no flag --nme; did you mean --name?')).toBeVisible();
    await page.getByLabel('What you would type in a terminal').fill(RUN);
    await page.getByRole('button', { name: 'Fill the form from it' }).click();
    await expect(name(page)).toHaveValue('pasted');
    await expect(page.getByLabel('Volumes and folders')).toHaveValue('pasted-data:/data');
    await page.getByRole('button', { name: 'Check first' }).click();
    await expect(checks(page)).toContainText('pasted is free');
    await expect(preview(page)).toContainText('docker run --detach');
    await page.getByLabel('Command').fill('');
    await openGroup(page, 'Environment');
    await page.getByLabel('Environment').fill('nothing');
    await page.getByRole('button', { name: 'Launch pasted' }).click();
    await expect(page.getByLabel('Environment')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Environment')).toBeVisible();
    await expect(page.getByLabel('Volumes and folders')).toHaveValue('pasted-data:/data');
  });
});

test.describe('an agent that is there', () => {
  test('is the beginning of another one like it', async ({ page, api }) => {
    await api.spawn({
      name: 'first',
      command: script('echo one; exec sleep infinity'),
      env: { A: '1' },
      role: 'builder',
    });
    await page.goto('/agents/new?from=first');
    await awake(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('New agent like first');
    await expect(name(page)).toHaveValue('');
    await expect(page.getByLabel('Environment')).toHaveValue('A=1');
    await name(page).fill('second');
    await page.getByRole('button', { name: 'Launch second' }).click();
    await expect(badge(page)).toHaveText('Ready');
    expect((await api.agent('second')).spec).toMatchObject({ env: { A: '1' }, role: 'builder' });
  });

  test('is made anew with what was changed, and keeps its name and its own port', async ({ page, api }) => {
    const before = await api.spawn({
      name: 'edited',
      command: quiet,
      env: { A: '1', B: '2' },
      ports: ['18083:80'],
      tags: { team: 'blue' },
    });
    await page.goto(`/agents/new?edit=${before.id}`);
    await awake(page);
    await expect(name(page)).toBeDisabled();
    await expect(page.getByLabel('Tags')).toHaveAttribute('readonly');
    await expect(page.getByText('the old one is given up when the new one is ready')).toBeVisible();
    await expect(page.getByText('Nothing is changed yet.')).toBeVisible();
    await expect(checks(page)).toContainText('no container has 18083');
    await openGroup(page, 'Environment');
    await page.getByLabel('Environment').fill('A=1\nB=3');
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    await expect(preview(page)).toHaveText(/^\s*\{\s*"env": \{\s*"B": "3"\s*\}\s*\}\s*$/);
    await page.getByRole('button', { name: 'Recreate edited' }).click();
    await expect(page).toHaveURL(`/agents/${before.id}`);
    await expect
      .poll(async () => {
        const { containerId, status } = await api.agent('edited');
        return status === 'ready' && containerId !== before.containerId;
      })
      .toBe(true);
    expect((await api.agent('edited')).spec).toMatchObject({
      env: { A: '1', B: '3' },
      tags: { team: 'blue' },
    });
  });

  test('that could not be made is tried again with a mended field', async ({ page, api }) => {
    await api.call('POST', '/api/agents?wait=true', { name: 'failed', type: 'claude', command: quiet });
    await page.goto('/agents/new?edit=failed');
    await awake(page);
    await openGroup(page, 'Image and what it runs');
    await page.getByRole('textbox', { name: 'Image' }).fill('slipway-test/busybox:latest');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(badge(page)).toHaveText('Ready');
  });
});
