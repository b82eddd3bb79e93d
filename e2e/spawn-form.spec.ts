import { refusedWith } from './support/page-guard.ts';
import { badge, quiet, row } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

test.describe('the form for a new agent', () => {
  test('shows each mistake at its field and keeps all that was typed', async ({ page, guard, api }) => {
    guard.expected(refusedWith(400));
    await page.goto('/agents/new?type=shell');
    await page.getByLabel('Name', { exact: true }).fill('-bad-');
    await page.getByLabel('Memory').fill('lots');
    await page.getByLabel('CPU').fill('none');
    await page.getByText('Advanced').click();
    await page.getByLabel('Command').fill('sh\n-c\necho hello');
    await page.getByLabel('Tags').fill('team=infra');
    await page.getByRole('button', { name: /^Launch/ }).click();
    for (const field of ['Name', 'Memory', 'CPU']) {
      await expect(page.getByLabel(field, { exact: true })).toHaveAttribute('aria-invalid', 'true');
    }
    await expect(page.getByText('must be an amount such as 512m')).toBeVisible();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('-bad-');
    await expect(page.getByLabel('Memory')).toHaveValue('lots');
    await expect(page.getByLabel('Command')).toHaveValue('sh\n-c\necho hello');
    await expect(page.getByLabel('Tags')).toHaveValue('team=infra');
    expect(await api.agents()).toEqual([]);

    await page.getByLabel('Environment').fill('NO EQUALS SIGN');
    await page.getByLabel('Name', { exact: true }).fill('mended');
    await page.getByLabel('Memory').fill('32m');
    await page.getByLabel('CPU').fill('0.2');
    await page.getByRole('button', { name: /^Launch/ }).click();
    await expect(page.getByText('"NO EQUALS SIGN" must be written as KEY=value')).toBeVisible();
    await page.getByLabel('Environment').fill('GREETING=good day');
    await page.getByRole('button', { name: 'Launch mended' }).click();
    await expect(page).toHaveURL(/\/agents\/(?!new)/);
    expect((await api.agent('mended')).spec).toMatchObject({
      command: ['sh', '-c', 'echo hello'],
      resources: { memory: 33554432, cpu: 0.2 },
    });
  });

  test('says before the launch that a name is taken, and after it in the field', async ({
    page,
    guard,
    api,
  }) => {
    guard.expected(refusedWith(409));
    await api.spawn({ name: 'one-of-a-kind', command: quiet });
    await page.goto('/agents/new');
    await page.getByLabel('Name', { exact: true }).fill('one-of-a-kind');
    await expect(page.getByRole('region', { name: 'Before the launch' })).toContainText('Name is taken');
    await page.getByRole('button', { name: /^Launch/ }).click();
    await expect(page.getByText(/NAME_TAKEN|is taken by|already/).first()).toBeVisible();
    await expect(page).toHaveURL('/agents/new');
    expect(await api.agents()).toHaveLength(1);
  });

  test('shows the same launch as JSON and as a curl call', async ({ page, site }) => {
    await page.goto('/agents/new');
    await page.getByLabel('Name', { exact: true }).fill('by-script');
    await page.getByLabel('Memory').fill('64m');
    const preview = page.getByRole('complementary').locator('pre').first();
    await expect(preview).toHaveText(/"name": "by-script"/);
    expect(JSON.parse((await preview.textContent()) ?? '')).toEqual({
      name: 'by-script',
      type: 'shell',
      resources: { memory: '64m' },
    });
    await page.getByRole('button', { name: 'curl', exact: true }).click();
    await expect(preview).toContainText(`curl -X POST ${site.url}/agents`);
  });

  test('says that the image of a type is not there, and the launch fails with the same words and leaves nothing', async ({
    page,
    api,
    engine,
  }) => {
    await page.goto('/agents/new');
    await page.getByRole('radio', { name: 'Claude' }).check({ force: true });
    await expect(page.getByRole('region', { name: 'Before the launch' })).toContainText('Image is not built');
    await page.getByLabel('Name', { exact: true }).fill('no-image');
    await page.getByRole('button', { name: 'Launch no-image' }).click();
    await expect(badge(page)).toHaveText('Failed to start');
    await expect(page.getByRole('alert')).toContainText('IMAGE_NOT_FOUND');
    expect(await engine.cli('ps', '-aq', '--filter', 'label=dev.slipway.agent.name=no-image')).toBe('');
    expect((await api.agent('no-image')).containerId).toBeNull();
    await page.goto('/agents');
    await expect(row(page, 'no-image')).toContainText('IMAGE_NOT_FOUND');
  });

  test('asks for an image when the type has none', async ({ page }) => {
    await page.goto('/agents/new?type=custom');
    await page.getByLabel('Name', { exact: true }).fill('of-my-own');
    await expect(page.getByRole('textbox', { name: 'Image' })).toHaveAttribute('required');
    await page.getByRole('textbox', { name: 'Image' }).fill('slipway-test/busybox:latest');
    await page.getByText('Advanced').click();
    await page.getByLabel('Command').fill('sleep\n600');
    await page.getByRole('button', { name: 'Launch of-my-own' }).click();
    await expect(badge(page)).toHaveText('Ready');
  });
});
