import { z } from 'zod';
import { wholeNumber } from './primitives.ts';

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' });
const HOUR_MS = 3_600_000;
const KEPT_MS = 90 * 24 * HOUR_MS;
const SHORTEST_MS = 10_000;

/** A while and, in seconds, the step that is wished for. Without `from` the hour before its end; without `to` until now. */
export const metricQuery = z
  .strictObject({
    from: time.optional(),
    to: time.optional(),
    step: wholeNumber.pipe(z.number().min(10).max(86_400)).optional(),
  })
  .transform(({ from, to, step }, context) => {
    const now = Date.now();
    const end = to === undefined ? now : Math.min(now, Date.parse(to));
    const start = from === undefined ? end - HOUR_MS : Date.parse(from);
    if (end - start < SHORTEST_MS) {
      context.addIssue({
        code: 'custom',
        path: ['from'],
        message: 'must be at least 10 seconds before its end',
      });
      return z.NEVER;
    }
    return { from: Math.max(start, now - KEPT_MS), to: end, step, now };
  });
export type MetricQuery = z.output<typeof metricQuery>;
