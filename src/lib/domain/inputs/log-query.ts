import { z } from 'zod';
import { LOG_LEVELS } from '../log-level.ts';
import { wholeNumber } from './primitives.ts';

/** In one answer of JSON. */
export const MOST_JSON_LINES = 10_000;

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' });
const number = wholeNumber.pipe(z.number().min(0));
/** The number of a line: microseconds since 1970, about. */
const line = z
  .string()
  .regex(/^\d{1,16}$/, 'must be the number of a line')
  .transform(Number)
  .pipe(z.number().max(Number.MAX_SAFE_INTEGER));
const level = z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` });

export const logQuery = z.strictObject({
  tail: z
    .literal('all')
    .transform(() => Number.MAX_SAFE_INTEGER)
    .or(number)
    .default(100),
  since: time.optional(),
  until: time.optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  follow: z.stringbool().default(false),
  /** `plain`: a file of lines, for a link; scripts may also ask with `Accept: text/plain`. */
  format: z.enum(['text', 'json', 'plain']).default('text'),
  /** Pages of history, by the numbers of lines: those with smaller numbers, those with larger ones, or half of each. */
  before: line.optional(),
  after: line.optional(),
  around: line.optional(),
  limit: number.pipe(z.number().min(1).max(MOST_JSON_LINES)).default(500),
  /** Everything that fits, as a file. */
  download: z.enum(['text', 'jsonl']).optional(),
  gzip: z.stringbool().default(false),
  q: z.string().max(1_000).optional(),
  regex: z.stringbool().default(false),
  inverse: z.stringbool().default(false),
  levels: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(level))
    .optional(),
});
export type LogQuery = z.output<typeof logQuery>;
