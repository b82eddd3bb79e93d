/** Images in the browser: pulls with their bars, the page of one, logins and the allow list, against a real registry. */
import { randomBytes } from 'node:crypto';
import { startTestRegistry, type TestRegistry } from '#lib/server/engine/testing/registry.ts';
import { startRelay, type Relay } from '#lib/server/engine/testing/relay.ts';
import { busyboxFiles, importImage } from '#lib/server/engine/testing/tiny-image.ts';
import { awake, quiet } from './support/agent-page.ts';
import { expect, test as base } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const MB = 1_000_000;

interface Registries {
  /** Names of one image: what comes over at once, and slowly. */
  readonly quick: string;
  readonly slow: string;
  /** One that asks for a login, and holds nothing. */
  readonly closed: TestRegistry;
}

const test = base.extend<object, { readonly registries: Registries }>({
  registries: [
    async ({ engine }, use) => {
      const engineSocket = engine.socket;
      const open = await startTestRegistry({ engineSocket });
      const closed = await startTestRegistry({ engineSocket, login: true });
      const slow: Relay = await startRelay({ engineSocket, to: open.address, bytesPerSecond: 2 * MB });
      const quick = `${open.address}/acme/tool:1`;
      const large = { path: 'large', content: randomBytes(8 * MB), mode: 0o644 };
      await importImage(engineSocket, 'slipway-test/pushed:1', [...busyboxFiles(), large]);
      await engine.cli('tag', 'slipway-test/pushed:1', quick);
      await engine.cli('push', quick);
      await engine.cli('rmi', quick, 'slipway-test/pushed:1');
      await use({ quick, slow: `${slow.address}/acme/tool:1`, closed });
      await Promise.all([slow.stop(), open.stop(), closed.stop()]);
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

test.afterEach(async ({ api, engine, registries }) => {
  await api.removeAgents();
  await api.call('PUT', '/api/images/policy', { allow: null });
  for (const image of [registries.quick, registries.slow])
    await engine.cli('rmi', '-f', image).catch(() => undefined);
});

test('a pull shows each layer, the whole, its speed and the time left; it is cancelled and tried again', async ({
  page,
  api,
  registries: { slow },
}) => {
  await page.goto('/images');
  await awake(page);
  await page.getByLabel('Image', { exact: true }).fill(slow);
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  const pulls = page.getByRole('region', { name: 'Pulls' });
  await expect(pulls).toContainText(/\d+ %, .* of .*MiB.*, .*\/s/);
  await expect(pulls).toContainText('left');
  await expect(pulls.getByRole('progressbar', { name: /^Layer/ })).toHaveCount(1);
  const { body } = await api.call<{ count: number }>('GET', '/api/images/pulls');
  expect(body.count).toBe(1);
  await pulls.getByRole('button', { name: `Cancel the pull of ${slow}` }).click();
  await expect(pulls.getByRole('alert')).toContainText('CANCELLED');
  await expect(page.getByRole('link', { name: slow })).toHaveCount(0);
  await pulls.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('table').getByRole('link', { name: slow })).toBeVisible({ timeout: 30_000 });
  await expect(pulls).toHaveCount(0);
});

test('a second browser sees the same pull', async ({
  page,
  newContext,
  storageState,
  registries: { slow },
}) => {
  await page.goto('/images');
  await awake(page);
  const other = await (await newContext({ storageState })).newPage();
  await other.goto('/images');
  await awake(other);
  await page.getByLabel('Image', { exact: true }).fill(slow);
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  await expect(other.getByRole('region', { name: 'Pulls' })).toContainText(/\d+ %/);
  await expect(other.getByRole('table').getByRole('link', { name: slow })).toBeVisible({ timeout: 30_000 });
});

test('what the registry does not have fails in its place', async ({ page, registries: { quick } }) => {
  await page.goto('/images');
  await awake(page);
  await page.getByLabel('Image', { exact: true }).fill(quick.replace(/:1$/, ':none'));
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  await expect(page.getByRole('alert').first()).toContainText('IMAGE_NOT_FOUND');
});

test('the page of an image: who uses it, further names, and removal that says what goes', async ({
  page,
  api,
  engine,
  registries: { quick },
}) => {
  await api.call('POST', '/api/images/pull?wait=true', { image: quick });
  const agent = await api.spawn({ name: 'user-of-it', type: 'custom', image: quick, command: quiet });
  await page.goto('/images');
  await page.getByRole('link', { name: quick }).click();
  await awake(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(quick);
  await expect(page.getByRole('region', { name: 'Used by' })).toContainText('user-of-it');
  await page.getByLabel('Further name').fill('acme/mine:2');
  await page.getByRole('button', { name: 'Add the name' }).click();
  await expect(page.getByRole('region', { name: 'Names' })).toContainText('acme/mine:2');
  await page.getByRole('button', { name: 'Take away the name acme/mine:2' }).click();
  await expect(page.getByRole('region', { name: 'Names' })).not.toContainText('acme/mine:2');

  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`the name ${quick}`);
  await expect(dialog).toContainText('user-of-it');
  await dialog.getByRole('button', { name: 'Remove the image' }).click();
  await expect(page.getByRole('alert')).toContainText('is used by user-of-it');

  await engine.cli('tag', 'slipway-test/busybox:latest', quick);
  await page.goto(`/agents/${agent.id}`);
  await expect(page.getByText('The tag has moved since')).toBeVisible();
  await api.removeAgents();
  await engine.cli('rmi', '-f', agent.imageId ?? '');
});

test('a login is tested before it is kept, and goes when it is removed', async ({
  page,
  registries: { closed },
}) => {
  const { login, address } = closed;
  await page.goto('/images/registries');
  await awake(page);
  await page.getByLabel('Registry', { exact: true }).fill(address);
  await page.getByLabel('User name').fill(login?.username ?? '');
  await page.getByLabel('Password or token').fill('wrong');
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByRole('alert')).toContainText('PULL_FAILED');
  await expect(page.getByLabel('Registry', { exact: true })).toHaveValue(address);
  await page.getByLabel('Password or token').fill(login?.password ?? '');
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'the login works' })).toBeVisible();
  await page.getByRole('button', { name: `Remove the login for ${address}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('No login yet')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the allow list refuses a pull by naming the registry, and then lets it through', async ({
    page,
    guard,
    registries: { quick },
  }) => {
    guard.expected(refusedWith(400), refusedWith(403));
    const pull = async () => {
      await page.goto('/images');
      await page.getByLabel('Image', { exact: true }).fill(quick);
      await page.getByRole('button', { name: 'Pull', exact: true }).click();
    };
    const allow = async (entries: string) => {
      await page.goto('/images/registries');
      await page.getByLabel('Only what is on this list').check();
      await page.getByLabel('Registries and namespaces').fill(entries);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
    };
    await allow('ghcr.io/acme\nhttps://bad.example');
    await expect(page.getByText('"https://bad.example" cannot be an entry')).toBeVisible();
    await expect(page.getByLabel('Registries and namespaces')).toHaveValue(/ghcr\.io\/acme/);
    await allow('ghcr.io/acme');
    await expect(page.getByText('The allow list is kept.')).toBeVisible();
    await pull();
    await expect(page.getByRole('alert')).toContainText('IMAGE_NOT_ALLOWED');
    await expect(page.getByRole('alert')).toContainText(quick.split('/')[0] ?? '?');
    await expect(page.getByLabel('Image', { exact: true })).toHaveValue(quick);
    await allow(quick.split('/')[0] ?? '');
    await pull();
    await expect(async () => {
      await page.goto('/images');
      await expect(page.getByRole('table').getByRole('link', { name: quick })).toBeVisible({ timeout: 500 });
    }).toPass();
    await page.getByRole('link', { name: quick }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page).toHaveURL('/images');
    await expect(page.getByRole('link', { name: quick })).toHaveCount(0);
  });
});
