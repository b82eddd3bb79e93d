import { z } from 'zod';
import { secretName } from './spawn-input.ts';

/** What a process can have in its environment, and a file of it stays small. */
const MAX_SECRET = 65_536;

export const secretInput = z.strictObject({
  name: secretName,
  value: z
    .string({ error: 'must be a text' })
    .min(1, 'must not be empty')
    .max(MAX_SECRET, `at most ${MAX_SECRET} characters`)
    .regex(/^[^\0]*$/, 'must not hold a NUL character'),
});
