import { z } from 'zod';
import { LOG_LEVELS } from '../log-level.ts';
import { text, wholeNumber } from './primitives.ts';

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' });
const names = z.array(text(200)).max(200).default([]);

/** A search over archived logs. What is left out narrows nothing down. */
export const logSearchQuery = z.strictObject({
  q: text(1_000)
    .regex(/^[^\r\n]*$/, 'must be one line')
    .default(''),
  /** `q` is a regular expression of RE2. */
  regex: z.stringbool().default(false),
  /** Names or ids; also of removed agents. */
  agent: names,
  type: names,
  /** `key` or `key=value`; all of them. */
  tag: names,
  host: names,
  stream: z.enum(['stdout', 'stderr']).optional(),
  level: z.array(z.enum(LOG_LEVELS)).default([]),
  since: time.optional(),
  until: time.optional(),
  limit: wholeNumber.pipe(z.number().min(1).max(1_000)).default(100),
  cursor: text(200).optional(),
  format: z.enum(['json', 'ndjson']).optional(),
});
export type LogSearchQuery = z.output<typeof logSearchQuery>;
