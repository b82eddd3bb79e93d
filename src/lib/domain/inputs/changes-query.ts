/** The query of a comparison: which part of it is asked for. */
import { z } from 'zod';
import { CHANGE_KINDS } from '../diff/file-change.ts';

const LARGEST_PAGE = 1000;
const PAGE = 200;

/** Absolute, as a path of a filesystem: data, never a pattern. `/a/` is `/a`. */
const path = z
  .string()
  .max(4096, 'must have at most 4096 characters')
  .refine((text) => text.startsWith('/'), 'must begin with "/"')
  .refine((text) => !text.includes('\0'), 'must not hold a NUL')
  .refine(
    (text) => !text.split('/').some((name) => name === '..' || name === '.'),
    'must not hold "." or ".." as a name',
  )
  .transform(
    (text) =>
      `/${text
        .split('/')
        .filter((name) => name !== '')
        .join('/')}`,
  );

export const changesQuery = z.strictObject({
  /** A folder, of which one level is given. Left out: all changes, as a flat list. */
  path: path.optional(),
  /** A part of the path. Gives a flat list, below `path`. */
  q: z.string().max(500, 'must have at most 500 characters').default(''),
  kind: z.enum(CHANGE_KINDS, `must be one of ${CHANGE_KINDS.join(', ')}`).optional(),
  cursor: path.optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(LARGEST_PAGE, `must be at most ${LARGEST_PAGE}`)
    .default(PAGE),
});
export type ChangesQuery = z.output<typeof changesQuery>;

export const filePath = z.strictObject({ path });
