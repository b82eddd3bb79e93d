/** Operations now and before: the list with its filters, one with its steps, and what can be done with it. */
import { awake, quiet } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

test('operations are listed as they happen and filtered by address', async ({ page, api }) => {
  await page.goto('/activity?state=succeeded&kind=spawn');
  await awake(page);
  await api.spawn({ name: 'listed', command: quiet });
  const launch = page.getByRole('link', { name: /Launch.*listed/ });
  await expect(launch).toBeVisible();
  await api.act('stop', 'listed');
  await page.getByLabel('What').selectOption('stop');
  await expect(page).toHaveURL('/activity?state=succeeded&kind=stop');
  await expect(launch).toHaveCount(0);
  await page
    .getByRole('link', { name: /Stop.*listed/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stop listed');
  await expect(page.getByRole('region', { name: 'Steps' })).toContainText('Stop it');
  await expect(page.getByRole('complementary').getByRole('link', { name: 'listed' })).toBeVisible();
});

test('a failed one says what the engine said, and is tried again from its page', async ({
  page,
  api,
  engine,
}) => {
  await api.call('POST', '/api/agents', {
    name: 'again',
    type: 'custom',
    image: 'local/again:1',
    pull: 'never',
  });
  await page.goto('/activity?state=failed');
  await page.getByRole('link', { name: /Launch.*again/ }).click();
  await expect(page.getByRole('alert')).toContainText('IMAGE_NOT_FOUND');
  await expect(page.getByRole('region', { name: 'Steps' })).toContainText('not reached');
  await expect(page.getByRole('link', { name: 'Edit and retry' })).toHaveAttribute(
    'href',
    /\/agents\/new\?edit=/,
  );
  await awake(page);
  const before = page.url();
  await engine.cli('tag', 'slipway/starter:latest', 'local/again:1');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page).not.toHaveURL(before);
  await expect(page.locator('header .badge')).toHaveText('Done');
  expect((await api.agent('again')).status).toBe('ready');
});

test('one that runs is shown live and cancelled on its page', async ({ page, api }) => {
  const { id } = await api.spawn({ name: 'counting', command: quiet });
  await api.call('DELETE', `/api/agents/${id}?force=true&grace=30000&wait=false`);
  await page.goto('/activity?state=running');
  await page.getByRole('link', { name: /Remove.*counting/ }).click();
  await awake(page);
  await expect(page.locator('header .badge')).toHaveText('Running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('header .badge')).toHaveText('Cancelled');
  await expect.poll(async () => (await api.agent(id)).status).toBe('ready');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the list is filtered by form, and a failed one is tried again', async ({ page, api }) => {
    await api.call('POST', '/api/agents', {
      name: 'plainly',
      type: 'custom',
      image: 'local/none:1',
      pull: 'never',
    });
    await expect.poll(async () => (await api.agent('plainly')).status).toBe('failed');
    await page.goto('/activity');
    await page.getByLabel('State').selectOption('failed');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(page).toHaveURL(/state=failed/);
    await page
      .getByRole('link', { name: /Launch.*plainly/ })
      .first()
      .click();
    await expect(page.getByText('IMAGE_NOT_FOUND')).toBeVisible();
    const before = page.url();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect(page).not.toHaveURL(before);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Launch plainly');
  });
});
