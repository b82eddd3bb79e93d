/** Images are built from a Dockerfile and from a tar, seen live, cancelled, and begun again. */
import { awake } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';
import { refusedWith } from './support/page-guard.ts';

const FROM = 'FROM slipway/starter:latest';

test('a typed Dockerfile is built, with its steps and its output live', async ({ page }) => {
  await page.goto('/images/builds');
  await page.getByRole('link', { name: 'New build' }).first().click();
  await awake(page);
  await page.getByRole('textbox', { name: 'Dockerfile' }).fill(`${FROM}\nRUN echo it is built; sleep 1\n`);
  await page.getByLabel('Image name').fill('acme/typed:1');
  await page.getByLabel('More flags').fill("--label 'team=the blue one'");
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('acme/typed:1');
  await expect(page.getByRole('region', { name: 'Output' })).toContainText('it is built');
  await expect(page.locator('header .badge')).toHaveText('Built');
  await expect(page.getByRole('region', { name: 'Steps' }).getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('complementary')).toContainText('--label=team=the blue one');
  await page.getByRole('button', { name: 'Build again' }).click();
  await expect(page.getByRole('region', { name: 'Steps' })).toContainText('from the cache');
});

test('a failing step is named with its output, and changed from its page', async ({ page, api }) => {
  const { status } = await api.call('POST', '/api/builds?wait=true', {
    tag: 'acme/broken',
    dockerfile: `${FROM}\nRUN echo about to break; exit 3\n`,
  });
  expect(status).toBe(422);
  await page.goto('/images/builds');
  await page.getByRole('link', { name: 'acme/broken:latest' }).first().click();
  await awake(page);
  await expect(page.getByRole('alert')).toContainText('BUILD_FAILED');
  await expect(page.getByRole('alert')).toContainText('step 2 of 2');
  await page.getByRole('link', { name: 'Change' }).click();
  await expect(page.getByRole('textbox', { name: 'Dockerfile' })).toHaveValue(/about to break/);
});

test('a build that runs is cancelled on its page', async ({ page, api }) => {
  await api.call('POST', '/api/builds', {
    tag: 'acme/slow',
    dockerfile: `${FROM}\nRUN echo begun; sleep 600\n`,
  });
  await page.goto('/images/builds');
  await awake(page);
  await expect(page.getByText('Building, step 2 of 2')).toBeVisible();
  await page.getByRole('link', { name: 'acme/slow:latest' }).click();
  await expect(page.getByRole('region', { name: 'Output' })).toContainText('begun');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('header .badge')).toHaveText('Cancelled');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page).toHaveURL('/images/builds');
  await expect(page.getByRole('link', { name: 'acme/slow:latest' })).toHaveCount(0);
});

test('a tar is sent from the page, and one that is none is refused in place', async ({ page, guard }) => {
  guard.expected(refusedWith(400));
  await page.goto('/images/builds?new');
  await awake(page);
  await page.getByRole('radio', { name: 'Tar' }).check();
  await page.getByLabel('Image name').fill('acme/sent');
  await page
    .getByLabel('Tar file')
    .setInputFiles({ name: 'a.tar', mimeType: 'application/x-tar', buffer: Buffer.from('no tar') });
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByText('is no tar, plain or gzip')).toBeVisible();
  await page.getByLabel('Tar file').setInputFiles({
    name: 'a.tar',
    mimeType: 'application/x-tar',
    buffer: tarOf(`${FROM}\nRUN echo sent\n`),
  });
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('acme/sent:latest');
  await expect(page.locator('header .badge')).toHaveText('Built');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('an image is built by the form, and what is refused stays filled in', async ({ page, guard }) => {
    guard.expected(refusedWith(400));
    await page.goto('/images/builds?new');
    await page.getByRole('textbox', { name: 'Dockerfile' }).fill(`${FROM}\nENV PLAIN=yes\n`);
    await page.getByLabel('Image name').fill('NOT A NAME');
    await page.getByRole('button', { name: 'Build', exact: true }).click();
    await expect(page.getByRole('textbox', { name: 'Dockerfile' })).toHaveValue(/ENV PLAIN=yes/);
    await page.getByLabel('Image name').fill('acme/plain');
    await page.getByRole('button', { name: 'Build', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('acme/plain:latest');
  });
});

/** A tar that holds one Dockerfile. */
function tarOf(text: string): Buffer {
  const block = Buffer.alloc(512);
  block.write('Dockerfile', 0);
  block.write('0000644\0', 100);
  block.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const content = Buffer.alloc(512);
  content.write(text);
  return Buffer.concat([block, content, Buffer.alloc(1024)]);
}
