/** What agents on a host get when nobody says anything: set on the settings page, by form with and without JavaScript. */
import { quiet } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

test.afterEach(async ({ api }) => {
  const { id } = await api.host();
  await api.call('PUT', `/api/hosts/${id}/defaults`, {});
});

test('new agents have them, a mistake is told, and an empty field is the instance’s again', async ({
  page,
  api,
  guard,
}) => {
  guard.expected(refusedWith(400));
  await page.goto('/settings');
  const part = page.getByRole('region', { name: 'Defaults of hosts' });
  const memory = part.getByLabel('Memory on local');
  await expect(memory).toHaveAttribute('placeholder', '512m');
  await memory.fill('1k');
  await part.getByRole('button', { name: 'Save for local' }).click();
  await expect(page.getByRole('alert')).toContainText('at least 6 MB');
  await memory.fill('256m');
  await part.getByLabel('Processes on local').fill('99');
  await part.getByRole('button', { name: 'Save for local' }).click();
  await expect(part.getByRole('status')).toHaveText('Saved.');
  const agent = await api.spawn({ name: 'by-default', command: quiet });
  expect(agent.limits.memory).toBe(256 * 1024 ** 2);
  await page.reload();
  await expect(memory).toHaveValue('256m');
  await memory.fill('');
  await part.getByRole('button', { name: 'Save for local' }).click();
  await expect(part.getByRole('status')).toHaveText('Saved.');
  const { id } = await api.host();
  const { body } = await api.call<{ own: object }>('GET', `/api/hosts/${id}/defaults`);
  expect(body.own).toEqual({ pids: 99 });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('they are saved by a form', async ({ page }) => {
    await page.goto('/settings');
    const part = page.getByRole('region', { name: 'Defaults of hosts' });
    await part.getByLabel('Cores on local').fill('2');
    await part.getByRole('button', { name: 'Save for local' }).click();
    await expect(part.getByRole('status')).toHaveText('Saved.');
    await expect(part.getByLabel('Cores on local')).toHaveValue('2');
  });
});
