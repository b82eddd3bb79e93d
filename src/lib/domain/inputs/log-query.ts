import { z } from 'zod';
import { wholeNumber } from './primitives.ts';

export const logQuery = z.strictObject({
  tail: wholeNumber.pipe(z.number().min(0).max(10_000)).default(100),
  since: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' }).optional(),
  until: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' }).optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  follow: z.stringbool().default(false),
  /** `plain`: a file of lines, for a link; scripts may also ask with `Accept: text/plain`. */
  format: z.enum(['text', 'json', 'plain']).default('text'),
});
export type LogQuery = z.output<typeof logQuery>;
