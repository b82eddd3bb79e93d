/** What happens elsewhere shows by itself: on other pages, and when somebody uses the docker CLI. */
import { awake, badge, counting, log, quiet, row, rowState, verb } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

/** The promise is a second; the rest is for a machine that runs other tests beside this one. */
const SOON = { timeout: 1_500 };

test('what the docker CLI does to a container shows in the list within a second', async ({
  page,
  api,
  engine,
}) => {
  const { containerId } = await api.spawn({ name: 'touched', command: quiet });
  const docker = (verbOfDocker: string, ...args: readonly string[]) =>
    engine.cli(verbOfDocker, ...args, containerId ?? '');
  await page.goto('/agents');
  await awake(page);
  const state = rowState(page, 'touched');
  await expect(state).toHaveText('Ready');

  await docker('pause');
  await expect(state).toHaveText('Paused', SOON);
  await docker('unpause');
  await expect(state).toHaveText('Ready', SOON);
  await docker('kill');
  await expect(state).toHaveText('Stopped from outside', SOON);
  await docker('start');
  await expect(state).toHaveText('Ready', SOON);
  await docker('restart', '-t', '1');
  await expect(state).toHaveText('Ready', SOON);
  await docker('stop');
  await expect(state).toHaveText('Stopped from outside', SOON);
  await docker('rm');
  await expect(row(page, 'touched')).toHaveCount(0, SOON);
  expect(await api.agents()).toEqual([]);
  const history = (
    await api.call<{ history: { to: string; reason: string }[] }>(
      'GET',
      `/api/agents/${(await removed(api)).id}/history`,
    )
  ).body.history;
  expect(history[0]).toMatchObject({ to: 'removed', reason: 'external' });
});

async function removed(api: { call: <Body>(method: string, path: string) => Promise<{ body: Body }> }) {
  const { agents } = (
    await api.call<{ agents: { id: string; name: string }[] }>('GET', '/api/agents?status=removed')
  ).body;
  const agent = agents.find(({ name }) => name === 'touched');
  if (agent === undefined) throw new Error('it is not among the removed');
  return agent;
}

test('two pages show the same at the same time', async ({ page, context, api }) => {
  const agent = await api.spawn({ name: 'seen-twice', command: counting(200) });
  const other = await context.newPage();
  await Promise.all([page.goto('/agents'), other.goto(`/agents/${agent.id}`)]);
  await Promise.all([awake(page), awake(other)]);
  await expect(log(other)).toContainText('line 3');

  await row(page, 'seen-twice').getByRole('button', { name: 'Stop seen-twice' }).click();
  await expect(badge(other)).toHaveText(/Stopping, \d s/, SOON);
  await verb(other, 'Undo').click();
  await expect(rowState(page, 'seen-twice')).toHaveText('Ready', SOON);

  await api.spawn({ name: 'newcomer', command: quiet });
  await expect(rowState(page, 'newcomer')).toHaveText('Ready', SOON);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option', { name: /newcomer/ })).toBeVisible();
});

test('the list follows figures and last lines without being touched', async ({ page, api }) => {
  await page.goto('/agents');
  await awake(page);
  await api.spawn({ name: 'chatty', command: counting(300) });
  const output = row(page, 'chatty').locator('.a-out');
  await expect(output).toHaveText(/^line \d+$/);
  const first = (await output.textContent()) ?? '';
  await expect(output).toHaveText(/^line \d+$/);
  await expect(output).not.toHaveText(first);
  await expect(row(page, 'chatty').locator('.a-mem')).toHaveText(/\d/);
  await expect(row(page, 'chatty').locator('.a-cpu')).toHaveText(/\d/);
});

test('the overview counts and shows what needs somebody as it happens', async ({ page, api, engine }) => {
  await page.goto('/');
  await expect(page.getByText('An agent is a container that holds a coding agent')).toBeVisible();
  const { containerId } = await api.spawn({
    name: 'will-break',
    command: ['sh', '-c', 'while [ ! -e /tmp/end ]; do sleep 0.1; done; exit 9'],
  });
  await expect(rowState(page, 'will-break')).toHaveText('Ready');
  await engine.cli('exec', containerId ?? '', 'touch', '/tmp/end');
  const card = page.getByRole('article', { name: 'will-break' });
  await expect(card).toContainText('Crashed 9');
  await expect(page).toHaveTitle('(1) Overview, Slipway');
  await expect(row(page, 'will-break')).toHaveCount(0);
  await card.getByRole('button', { name: 'Start again' }).click();
  // the file is still there, so it ends again: a second life, and no other way to be told
  await expect.poll(async () => (await api.lives('will-break')).length).toBe(2);
  await expect(card).toContainText('Crashed 9');
});
