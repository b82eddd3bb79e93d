/** An agent type as people and scripts write it. Its patterns are compiled by the service: this part knows no RE2. */
import { z } from 'zod';
import { specInput } from './spawn-input.ts';
import { line, mapOf, text } from './primitives.ts';

export const TYPE_NAME_RULE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const TYPE_NAME_HELP = 'must be lower-case letters, digits and "-", first no "-", at most 63';

/** Addresses of their own beside those of the types. */
const TAKEN = ['import', 'new'];

export const typeName = z
  .string(TYPE_NAME_HELP)
  .regex(TYPE_NAME_RULE, TYPE_NAME_HELP)
  .refine((name) => !TAKEN.includes(name), `cannot be ${TAKEN.join(' or ')}`);

const pattern = line(1000).min(1, 'must be a pattern');
const patternList = z.array(pattern).max(32).default([]);

const recipeFields = {
  title: line(64).min(1, 'must not be empty').optional(),
  summary: line(200).default(''),
  /** Left out or empty: whoever launches one names it. */
  image: line(512)
    .transform((value) => (value === '' ? null : value))
    .nullable()
    .default(null),
  builtHere: z.boolean().default(false),
  loginHelp: text(1000)
    .transform((value) => (value.trim() === '' ? null : value.trim()))
    .nullable()
    .default(null),
  patterns: z.strictObject({ login: patternList, prompt: patternList }).default({ login: [], prompt: [] }),
  // the image of a type stands beside its defaults
  defaults: specInput.omit({ image: true }).default({}),
};

export const typeInput = z.strictObject({ name: typeName, ...recipeFields });
export type TypeInput = z.output<typeof typeInput>;

/** `version`: of what was read; another one by now is a conflict. */
export const typeUpdateInput = z.strictObject({
  name: typeName.optional(),
  version: z.number().int().optional(),
  ...recipeFields,
});

export const typeCloneInput = z.strictObject({ name: typeName, title: line(64).optional() });

export const typeTestInput = z.strictObject({ host: line(63).default('auto') });

/** `baseImage`: what the base image begins with; `args`: for all Dockerfiles that are built. */
export const typeBuildInput = z.strictObject({
  host: line(63).default('auto'),
  baseImage: line(512).min(1, 'must name an image').optional(),
  args: mapOf(text(131_072)).default({}),
});
export type TypeBuildInput = z.output<typeof typeBuildInput>;

/** TOML text with one or more `[[type]]` tables. `replace`: types that are here already are changed instead of refused. */
export const typeImportInput = z.strictObject({
  toml: text(1_000_000).min(1, 'must be TOML'),
  replace: z.boolean().default(false),
});
