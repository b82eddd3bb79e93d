import { expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { parseInput } from './parse-input.ts';

function ruleOf(schema: z.ZodType, value: unknown): string | undefined {
  try {
    parseInput(z.object({ field: schema }), { field: value });
  } catch (error) {
    if (error instanceof AppError) return error.details?.fields?.[0]?.rule;
    throw error;
  }
  return undefined;
}

it.each<[z.ZodType, unknown, string]>([
  [z.number(), 'x', 'must be a number'],
  [z.number().int(), 1.5, 'must be a whole number'],
  [z.string(), 7, 'must be a text'],
  [z.boolean(), 'yes', 'must be true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.strictObject({}), [], 'must be an object'],
  [z.string(), undefined, 'is required'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().max(9), 10, 'must be at most 9'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().max(3), 'four', 'must have at most 3 characters'],
  [z.array(z.string()).min(1), [], 'must not be empty'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
  [z.enum(['a', 'b', 'c']), 'd', 'must be a, b or c'],
  [z.literal(true), false, 'must be true'],
  [z.number().min(1, 'has its own words'), 0, 'has its own words'],
])('%# is told in our words', (schema, value, rule) => {
  expect(ruleOf(schema, value)).toBe(rule);
});
