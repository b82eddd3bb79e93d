/** Keys for ssh, and how an agent is reached. What the gateway does is tested with the real clients (server/real/ssh.test.ts). */
import { generateKeyPairSync } from 'node:crypto';
import { awake } from './support/agent-page.ts';
import { expect, test } from './support/fixtures.ts';

/** As ssh-keygen writes it. */
function publicKey(comment: string): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')];
  const blob = Buffer.concat(
    parts.map((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return Buffer.concat([length, part]);
    }),
  );
  return `ssh-ed25519 ${blob.toString('base64')} ${comment}`;
}

test('a key is added on the settings, and removed after a question', async ({ page }) => {
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Open SSH' }).click();
  await awake(page);
  await page.getByLabel('Public key').fill(publicKey('ada@laptop'));
  await page.getByRole('button', { name: 'Add key' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'ada@laptop' });
  await expect(row).toContainText('Never used');
  await expect(row).toContainText('SHA256:');
  await row.getByRole('button', { name: 'Remove ada@laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove ada@laptop' }).click();
  await expect(row).toHaveCount(0);
});

test('a key that another window adds appears, and a private key is refused with a reason', async ({
  page,
  api,
}) => {
  await page.goto('/settings/ssh');
  await awake(page);
  await api.call('POST', '/api/ssh-keys', { name: 'by a script', publicKey: publicKey('x') });
  await expect(page.getByRole('listitem').filter({ hasText: 'by a script' })).toBeVisible();
  const answer = await api.call<{ error: { message: string } }>('POST', '/api/ssh-keys', {
    publicKey: '-----BEGIN OPENSSH PRIVATE KEY-----',
  });
  expect(answer.status).toBe(400);
  expect(answer.body.error.message).toContain('private key');
});

test('the page of an agent says that the gateway is off, and that there is no sshd inside', async ({
  page,
  api,
}) => {
  const { id } = await api.spawn({ name: 'reached-by-ssh' });
  await page.goto(`/agents/${id}/ssh`);
  await expect(page.getByText('The ssh gateway is off')).toBeVisible();
  await expect(page.getByText('made without it')).toBeVisible();
  const answer = await api.call<{ gateway: null; sshd: null }>('GET', `/api/agents/${id}/ssh`);
  expect(answer.body).toEqual({ gateway: null, sshd: null });
});
