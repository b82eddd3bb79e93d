/**
 * The one way through the schemas of this folder: what a person or a script sends, shared by form, API, socket and command line. A refusal
 * becomes VALIDATION with field, value and rule for each.
 */
import type { z } from 'zod';
import { validationError, type AppError, type FieldProblem } from '../errors.ts';
import { ruleWords } from './rule-words.ts';

/** Reads `input` by `schema`. Throws VALIDATION that lists every refused field with its rule and, where it is no secret, its value. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input, { error: ruleWords });
  if (result.success) return result.data;
  throw refusal(result.error, input);
}

function refusal(error: z.ZodError, input: unknown): AppError {
  const fields = error.issues.flatMap((issue) => problemsOf(issue, [], input));
  const required = fields.find((each) => each.rule.endsWith('is required'));
  return validationError(fields, required?.rule);
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function problemsOf(issue: Issue, above: Path, input: unknown): readonly FieldProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldName([...path, key]),
      value: shownAt(input, [...path, key]),
      rule: 'is not a known field',
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = branchMeant(issue.errors);
    if (meant !== null) return meant.flatMap((each) => problemsOf(each, path, input));
  }
  return [{ field: fieldName(path), value: shownAt(input, path), rule: issue.message }];
}

/** Of a value that may have several forms: what is wrong with the form that it has, or null when it has none of them. */
function branchMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const another = (issue: Issue): boolean =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  const meant = branches.filter((branch) => branch.length > 0 && !branch.some(another));
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

/** A variable that was written whole into a name keeps its value to itself. */
function fieldName(path: Path): string {
  const names = path.map((key, index) =>
    path[index - 1] === 'env' ? beforeEquals(String(key)) : String(key),
  );
  return names.join('.') || 'body';
}

const SECRET = new Set<PropertyKey>(['password', 'token', 'secrets', 'env', 'args']);

/** The refused value, where it is no secret. A flag may be `--env=KEY=secret`. */
function shownAt(input: unknown, path: Path): unknown {
  if (path.some((key) => SECRET.has(key))) return null;
  const value = valueAt(input, path);
  const flag = (path[0] === 'startArgs' || path.includes('buildArgs')) && typeof value === 'string';
  return shown(flag ? beforeEquals(value) : value);
}

function beforeEquals(text: string): string {
  const equals = text.indexOf('=');
  return equals === -1 ? text : `${text.slice(0, equals)}=…`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** A refused value as it may be repeated: short. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') {
    // an address may hold a password
    const text = value.replace(/\/\/[^/\s]+@/g, '//…@');
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  }
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  return value ?? null;
}
