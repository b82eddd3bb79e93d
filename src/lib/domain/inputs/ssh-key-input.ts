import { z } from 'zod';

const MAX_KEY = 16_384;

export const sshKeyInput = z.strictObject({
  name: z.string({ error: 'must be a text' }).trim().max(100, 'at most 100 characters').default(''),
  publicKey: z
    .string({ error: 'must be a text' })
    .trim()
    .min(1, 'must not be empty')
    .max(MAX_KEY, `at most ${MAX_KEY} characters`),
});
