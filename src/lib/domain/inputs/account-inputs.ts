/** People, sessions and tokens. */
import { z } from 'zod';
import { line, text } from './primitives.ts';

const userName = z
  .string()
  .regex(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9._@-]{0,62}[a-zA-Z0-9])?$/,
    'letters, digits, ".", "_", "@" and "-", at most 64',
  );
const newPassword = z.string().min(10, 'at least 10 characters').max(1024, 'at most 1024 characters');

export const setupInput = z.strictObject({ token: text(256), name: userName, password: newPassword });

export const loginInput = z.strictObject({ name: text(256), password: text(1024) });

export const apiTokenInput = z.strictObject({
  name: line(80).min(1, 'must have a name'),
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(90),
});
