/** What is asked of the files of an agent. */
import { z } from 'zod';
import { insidePath } from '../paths.ts';

export const FOLDER_PAGE = 200;
const LARGEST_PAGE = 1000;

const flag = z
  .enum(['', 'true', 'false', '1', '0'], 'must be true or false')
  .default('false')
  .transform((text) => text !== 'false' && text !== '0');

const whole = z.coerce.number('must be a number').int('must be a whole number');

export const FILE_ORDERS = ['name', 'size', 'time'] as const;

export const folderQuery = z.strictObject({
  path: insidePath.default('/'),
  sort: z.enum(FILE_ORDERS, `must be one of ${FILE_ORDERS.join(', ')}`).default('name'),
  /** The other way round. */
  down: flag,
  /** How many entries come before the page. */
  cursor: whole.min(0, 'must be 0 or more').default(0),
  limit: whole
    .min(1, 'must be 1 or more')
    .max(LARGEST_PAGE, `must be at most ${LARGEST_PAGE}`)
    .default(FOLDER_PAGE),
  /** Looked at again, whatever is still known of it. */
  fresh: flag,
});
export type FolderQuery = z.output<typeof folderQuery>;

export const onePath = z.strictObject({ path: insidePath });

/** `to` is the new path itself, never a folder to put it into. */
export const moveInput = z.strictObject({
  from: insidePath,
  to: insidePath,
  /** A file that has the new name already goes. */
  overwrite: z.boolean('must be true or false').default(false),
});

export const deleteQuery = z.strictObject({ path: insidePath, recursive: flag });

export const archiveQuery = z.strictObject({
  path: insidePath,
  format: z.enum(['tar', 'zip'], 'must be tar or zip').default('tar'),
});
export type ArchiveFormat = z.output<typeof archiveQuery>['format'];
