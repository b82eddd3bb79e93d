/** Images, registries and the allow list. */
import { z } from 'zod';
import { line, text } from './primitives.ts';

export const pullInput = z.strictObject({
  image: line(512).min(1, 'must name an image'),
  host: line(63).default('auto'),
  /** Left out: the host's own. */
  platform: z
    .string()
    .regex(/^[a-z0-9]+(?:\/[a-z0-9_]+(?:\/[a-z0-9]+)?)?$/, 'must be a platform such as linux/arm64')
    .optional(),
});

export const imageTagInput = z.strictObject({ name: line(512).min(1, 'must be an image name') });

export const registryInput = z.strictObject({
  username: line(256).min(1, 'must have a user name'),
  /** Left out: the one that is kept. */
  password: text(16_384).min(1, 'must not be empty').optional(),
  /** Keeps it also when the registry does not take it. */
  force: z.boolean().default(false),
});

export const imagePolicyInput = z.strictObject({
  /** null allows every registry. */
  allow: z.array(line(300)).max(500, 'at most 500 entries').nullable(),
  strict: z.boolean().default(false),
});
