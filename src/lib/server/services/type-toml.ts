/**
 * Agent types as TOML: one `[[type]]` table for each, with `[type.patterns]` and `[type.defaults]` under it. What is written can be read again
 * and means the same; what cannot be read is refused with the line.
 */
import { parse, stringify, TomlError } from 'smol-toml';
import type { AgentType } from '#lib/domain/agent-types.ts';
import { AppError, validationError, type FieldProblem } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { typeInput, type TypeInput } from '#lib/domain/inputs/type-input.ts';
import { defaultsAsInput } from '#lib/domain/type-defaults.ts';
import { patternProblems } from './re2-pattern.ts';

export function typesToToml(types: readonly AgentType[]): string {
  return stringify({ type: types.map(plainType) });
}

/** TOML has no null: what is not there is left out. */
function plainType(type: AgentType) {
  const { name, title, summary, image, builtHere, loginHelp, patterns, defaults } = type;
  return {
    name,
    title,
    summary,
    ...(image === null ? {} : { image }),
    builtHere,
    ...(loginHelp === null ? {} : { loginHelp }),
    patterns,
    defaults: defaultsAsInput(defaults),
  };
}

/** Throws VALIDATION: each refused field is named with its type, and where it can be found with its line. */
export function typesFromToml(toml: string): readonly TypeInput[] {
  const tables = typeTables(toml);
  const read = tables.map((table, index) => readType(toml, table, index));
  const problems = [...read.flatMap((each) => each.problems), ...doubles(read)];
  if (problems.length > 0) throw validationError(problems);
  return read.flatMap((each) => (each.type === null ? [] : [each.type]));
}

function typeTables(toml: string): readonly unknown[] {
  let file: Readonly<Record<string, unknown>>;
  try {
    file = parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const said = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw validationError([
      { field: `line ${error.line}`, value: null, rule: `column ${error.column}: ${said}` },
    ]);
  }
  const strange = Object.keys(file).filter((key) => key !== 'type');
  const { type } = file;
  if (Array.isArray(type) && type.length > 0 && strange.length === 0) return type;
  throw validationError([
    {
      field: strange[0] ?? 'type',
      value: null,
      rule:
        strange.length > 0
          ? 'does not belong there: each type is a [[type]] table'
          : 'is missing: each type is a [[type]] table',
    },
  ]);
}

interface ReadType {
  readonly type: TypeInput | null;
  readonly problems: readonly FieldProblem[];
  readonly index: number;
}

function readType(toml: string, table: unknown, index: number): ReadType {
  try {
    const type = parseInput(typeInput, table);
    const wrong = typePatternProblems(type);
    return { type, problems: wrong.map((each) => placed(toml, each, index)), index };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fields = error.details?.fields ?? [];
    return { type: null, problems: fields.map((each) => placed(toml, each, index)), index };
  }
}

export function typePatternProblems(type: Pick<AgentType, 'patterns' | 'defaults'>): readonly FieldProblem[] {
  const { readiness } = type.defaults;
  return [
    ...type.patterns.login.flatMap((each, at) => patternProblems(`patterns.login.${at}`, each)),
    ...type.patterns.prompt.flatMap((each, at) => patternProblems(`patterns.prompt.${at}`, each)),
    ...(readiness?.kind === 'log' ? patternProblems('defaults.readiness.log', readiness.pattern) : []),
  ];
}

function doubles(read: readonly ReadType[]): readonly FieldProblem[] {
  const names = read.map((each) => each.type?.name);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ field: `type.${index}.name`, value: name, rule: 'is in the file twice' }]
      : [],
  );
}

function placed(toml: string, problem: FieldProblem, index: number): FieldProblem {
  const line = lineOf(toml, index, problem.field.split('.'));
  return {
    ...problem,
    field: `type.${index}.${problem.field}`,
    rule: line === null ? problem.rule : `${problem.rule} (line ${line})`,
  };
}

/** The line of the longest part of a path that is written in the nth `[[type]]`; null when none is. */
function lineOf(toml: string, index: number, path: readonly string[]): number | null {
  let type = -1;
  let table: readonly string[] = [];
  let found: { readonly line: number; readonly depth: number } | null = null;
  for (const [at, text] of toml.split('\n').entries()) {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(text)?.[1];
    if (header !== undefined) {
      const keys = keysOf(header);
      if (keys.length === 1) type += 1;
      table = keys.slice(1);
    }
    const key = header === undefined ? /^\s*([\w."'-]+(?:\s*\.\s*[\w"'-]+)*)\s*=/.exec(text)?.[1] : undefined;
    const here = key === undefined ? table : [...table, ...keysOf(key)];
    const depth = here.every((part, step) => path[step] === part) ? here.length : 0;
    if (type === index && (header ?? key) !== undefined && depth > 0 && depth > (found?.depth ?? 0))
      found = { line: at + 1, depth };
  }
  return found?.line ?? null;
}

function keysOf(dotted: string): readonly string[] {
  return dotted.split('.').map((key) => key.trim().replace(/^(["'])(.*)\1$/, '$2'));
}
