/** Parts that several inputs share: text, amounts, times. Each rule is a phrase that goes on from the field's name. */
import { z } from 'zod';
import { MIN_MEMORY_BYTES, parseBytes, parseCores, parseSeconds } from '../quantities.ts';

export const text = (max: number) => z.string().max(max, `at most ${max} characters`);
export const line = (max: number) => text(max).regex(/^[^\0\r\n]*$/, 'must be one line');
/** One word, or nothing: what is empty counts as left out. */
export const word = (max: number) =>
  text(max)
    .regex(/^[^\0\s]*$/, 'must be one word')
    .transform((value) => (value === '' ? undefined : value));
/** A map with keys that people choose. `__proto__` can be no key of a plain object: it is refused, not lost. */
export const mapOf = <Value extends z.ZodType>(value: Value) =>
  z
    .unknown()
    .superRefine((map, context) => {
      if (typeof map === 'object' && map !== null && Object.hasOwn(map, '__proto__'))
        context.addIssue({ code: 'custom', path: ['__proto__'], message: 'cannot be used as a key' });
    })
    .pipe(z.record(z.string(), value));
export const absolutePath = line(4096).regex(/^\//, 'must be an absolute path');
export const words = z.array(text(32_768).regex(/^[^\0]*$/, 'must not hold a NUL character')).max(1024);

const MEMORY_RULE = 'must be an amount such as 512m, 1.5g, 2Gi or bytes as a whole number';
const CPU_RULE = 'must be a number of cores from 0.01 to a million, such as 0.5, 2 or 500m';
/** More than any machine has, and exact as billionths. */
const MAX_CORES = 1_000_000;
const PIDS_RULE = 'must be a whole number from 1, or 0 for unlimited';
const SECONDS_RULE = 'must be a time such as 90, 15m, 2h or 1d; a plain number is seconds';
const MAX_SECONDS = 3650 * 86_400;

/** `512m`, `1g`, bytes as a number. Gives bytes. */
export const bytesInput = z.union([z.string(), z.number()], MEMORY_RULE).transform((value, context) => {
  const bytes = typeof value === 'number' ? value : parseBytes(value);
  if (bytes !== null && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: MEMORY_RULE });
  return z.NEVER;
});

/** `512m`, `1g`, bytes as a number, `0` or `unlimited`. Gives bytes, or null for unlimited. */
export const memoryInput = z.union([z.string(), z.number()], MEMORY_RULE).transform((value, context) => {
  if (value === 0 || value === '0' || value === 'unlimited') return null;
  const bytes = typeof value === 'number' ? value : parseBytes(value);
  if (bytes === null || !Number.isSafeInteger(bytes)) {
    context.addIssue({ code: 'custom', message: MEMORY_RULE });
    return z.NEVER;
  }
  if (bytes < MIN_MEMORY_BYTES) {
    context.addIssue({ code: 'custom', message: 'must be at least 6 MB; "unlimited" takes the limit away' });
    return z.NEVER;
  }
  return bytes;
});

/** `0.5`, `"500m"`, `0` or `unlimited`. Gives cores, or null for unlimited. */
export const cpuInput = z.union([z.string(), z.number()], CPU_RULE).transform((value, context) => {
  if (value === 0 || value === '0' || value === 'unlimited') return null;
  const cores = typeof value === 'number' ? value : parseCores(value);
  if (cores === null || !Number.isFinite(cores) || cores < 0.01 || cores > MAX_CORES) {
    context.addIssue({ code: 'custom', message: CPU_RULE });
    return z.NEVER;
  }
  return cores;
});

/** Processes and threads; `0` or `unlimited` takes the limit away. Gives a number, or null for unlimited. */
export const pidsInput = z.union(
  [
    z.literal([0, 'unlimited']).transform(() => null),
    z
      .number()
      .int(PIDS_RULE)
      .min(1, PIDS_RULE)
      .max(4_194_304, 'must be at most 4194304, which is what a kernel can count'),
  ],
  PIDS_RULE,
);

/** `90`, `"15m"`, `"2h"`. Gives seconds, at least one. */
export const secondsInput = z.union([z.string(), z.number()], SECONDS_RULE).transform((value, context) => {
  const seconds = typeof value === 'number' ? value : parseSeconds(value);
  if (seconds !== null && seconds >= 1 && seconds <= MAX_SECONDS) return Math.round(seconds);
  context.addIssue({ code: 'custom', message: SECONDS_RULE });
  return z.NEVER;
});

/** From a query string or from JSON. Not `z.coerce`: it reads an empty text as 0. */
export const wholeNumber = z.union(
  [
    z.number().int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ],
  'must be a whole number',
);
