/** Agent types: the list, one that is made, changed and launched, the test of one, TOML, and an agent that needs a login. */
import { awake, badge, script } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const TALKER = `[[type]]
name = "talker"
title = "Talker"
image = "slipway/starter:latest"
builtHere = true
loginHelp = "Say it differently."

[type.patterns]
login = ["^Please sign in first$"]

[type.defaults]
tty = false
command = ["sh", "-c", "echo Please sign in first; exec sleep infinity"]
`;

test.afterEach(async ({ api }) => {
  await api.removeAgents();
  const { body } = await api.call<{ types: { name: string; builtIn: boolean; changed: boolean }[] }>(
    'GET',
    '/api/types',
  );
  for (const type of body.types)
    if (!type.builtIn || type.changed) await api.call('DELETE', `/api/types/${type.name}`);
});

test('a type is made, launched and changed, and a mistake stands at its field', async ({
  page,
  api,
  guard,
}) => {
  guard.expected(refusedWith(400));
  await page.goto('/images/types');
  await awake(page);
  await page.getByRole('link', { name: 'New type' }).click();
  await page.getByLabel('Name').fill('small');
  await page.getByLabel('Title').fill('Small one');
  await page.getByLabel('Image', { exact: true }).fill('slipway/starter');
  await page.getByLabel('The image is built here').check();
  await page.getByLabel('Memory').fill('tiny');
  await page.getByLabel('Environment').fill('MODE=fast');
  await page.getByLabel('Everything else, as JSON').fill('{"ttl": "soon"}');
  await page.getByRole('button', { name: 'Create type' }).click();
  await expect(page.getByText(/must be an amount such as/)).toBeVisible();
  await expect(page.getByText(/^ttl must be a time/)).toBeVisible();
  await page.getByLabel('Memory').fill('48m');
  await page.getByLabel('Everything else, as JSON').fill('{"ttl": "8h"}');
  await page.getByRole('button', { name: 'Create type' }).click();
  await expect(page).toHaveURL('/images/types/small');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Small one');

  const agent = await api.spawn({ name: 'little', type: 'small' });
  expect(agent.spec).toMatchObject({
    resources: { memory: 48 * 1024 ** 2 },
    env: { MODE: 'fast' },
    ttl: 28_800,
  });

  await page.getByLabel('Title').fill('Smaller');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Smaller');
});

test('what somebody else changed meanwhile is not lost', async ({ page, api, guard }) => {
  guard.expected(refusedWith(409));
  await page.goto('/images/types/claude');
  await awake(page);
  await api.call('PUT', '/api/types/claude', { title: 'Theirs', image: 'slipway/claude', builtHere: true });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Theirs');
  await page.getByLabel('Title').fill('Mine');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('changed by somebody else');
  expect((await api.call<{ title: string }>('GET', '/api/types/claude')).body.title).toBe('Theirs');
  await page.getByRole('button', { name: 'Reset to what ships' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset to what ships' }).click();
  await expect(page).toHaveURL('/images/types');
  await expect(page.getByRole('row', { name: /Claude/ })).toContainText('Built in');
});

test('the test of a type launches one, says how long each step took, and leaves none', async ({
  page,
  api,
}) => {
  await page.goto('/images/types');
  await awake(page);
  await page.getByRole('button', { name: 'More for Shell' }).click();
  await page.getByRole('menuitem', { name: 'Test this type' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Test a type shell');
  await expect(badge(page)).toHaveText('Done');
  await expect(page.getByText(/ready: running, \d+\.\d s/)).toBeVisible();
  expect(await api.agents()).toEqual([]);
});

test('types come from TOML and go to it, and a bad file says which line', async ({ page, api, guard }) => {
  guard.expected(refusedWith(400));
  await page.goto('/images/types?import');
  await awake(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Or its text').fill(TALKER.replace('tty = false', 'tty = 3'));
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('alert')).toContainText('(line 12)');
  await dialog.getByLabel('Or its text').fill(TALKER);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText('Imported: talker')).toBeVisible();
  await expect(page.getByRole('row', { name: /Talker/ })).toContainText('Own');
  const file = await api.call<string>('GET', '/api/types/talker?format=toml');
  expect(file.headers.get('content-disposition')).toContain('talker.toml');
  expect(file.body).toContain('login = [ "^Please sign in first$" ]');
});

test('an agent whose program has no login says so, with the line and what to do', async ({ page, api }) => {
  await api.call('POST', '/api/types/import', { toml: TALKER });
  await api.spawn({ name: 'mute', type: 'talker' });
  await page.goto('/');
  const card = page.getByRole('article', { name: 'mute' });
  await expect(card).toContainText('Needs login');
  await expect(card).toContainText('Please sign in first');
  await expect(card).toContainText('Say it differently.');
  await card.getByRole('link', { name: 'mute' }).click();
  await expect(badge(page)).toHaveText('Needs login');
  await expect(page.getByText('Say it differently.')).toBeVisible();
});

test('a type that agents use cannot be deleted, and says which', async ({ page, api, guard }) => {
  guard.expected(refusedWith(409));
  await api.call('POST', '/api/types', { name: 'busy', image: 'slipway/starter', builtHere: true });
  await api.spawn({ name: 'user-of-it', type: 'busy', command: script('exec sleep infinity') });
  await page.goto('/images/types/busy');
  await awake(page);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('alert')).toContainText('is used by user-of-it');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a type is cloned, tested and deleted', async ({ page, api }) => {
    await page.goto('/images/types/new?from=shell');
    await page.getByLabel('Name').fill('plain');
    await page.getByRole('button', { name: 'Create type' }).click();
    await expect(page).toHaveURL('/images/types/plain');
    await page.getByRole('button', { name: 'More for plain' }).click();
    await page.getByRole('menuitem', { name: 'Test this type' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Test a type plain');
    await page.goto('/images/types/plain');
    await expect.poll(async () => (await api.agents()).length).toBe(0);
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect(page).toHaveURL('/images/types');
    expect((await api.call('GET', '/api/types/plain')).status).toBe(404);
  });
});
