/** A type as the texts of its form, and the form as the API's input. Pure, and the same for what was refused. */
import type { AgentTypeView } from '#lib/protocol/agent-types.ts';
import { ty } from '#lib/text/en-types.ts';
import { validationError, type FieldProblem, type Problem } from '#lib/domain/errors.ts';
import { readPairs, writePairs } from '../../../agents/new/field-text.ts';

export const TYPE_FIELDS = [
  'name',
  'title',
  'summary',
  'image',
  'builtHere',
  'memory',
  'cpu',
  'profile',
  'env',
  'rest',
  'login',
  'prompt',
  'loginHelp',
] as const;
export type TypeField = (typeof TYPE_FIELDS)[number];
export type TypeFields = Readonly<Record<TypeField, string>>;

type Input = Readonly<Record<string, unknown>>;

export function emptyFields(): TypeFields {
  return Object.fromEntries(TYPE_FIELDS.map((name) => [name, ''])) as TypeFields;
}

export function fieldsOf(type: AgentTypeView): TypeFields {
  const { resources, security, env, ...others } = type.defaults;
  const { memory, cpu, ...limits } = group(resources);
  const { profile, ...rights } = group(security);
  const variables = Object.entries(group(env));
  const plain = variables.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const secret = variables.filter(([, value]) => typeof value !== 'string');
  const rest = {
    ...others,
    ...unlessEmpty('resources', limits),
    ...unlessEmpty('security', rights),
    ...unlessEmpty('env', Object.fromEntries(secret)),
  };
  return {
    name: type.name,
    title: type.title,
    summary: type.summary,
    image: type.image ?? '',
    builtHere: type.builtHere ? 'on' : '',
    memory: said(memory),
    cpu: said(cpu),
    profile: said(profile),
    env: writePairs(Object.fromEntries(plain)),
    rest: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, null, 2),
    login: type.patterns.login.join('\n'),
    prompt: type.patterns.prompt.join('\n'),
    loginHelp: type.loginHelp ?? '',
  };
}

/** What a form sent; a box that is not ticked sends nothing. */
export function typeFieldsIn(form: FormData): TypeFields {
  const text = (name: TypeField) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  return Object.fromEntries(TYPE_FIELDS.map((name) => [name, text(name)])) as TypeFields;
}

/** Throws VALIDATION when the JSON is none. */
export function inputOf(fields: TypeFields): Input {
  const rest = jsonObject(fields.rest);
  const resources = {
    ...group(rest['resources']),
    ...given('memory', fields.memory),
    ...given('cpu', fields.cpu),
  };
  const security = { ...group(rest['security']), ...given('profile', fields.profile) };
  const env = { ...group(rest['env']), ...readPairs(fields.env) };
  return {
    name: fields.name.trim(),
    ...given('title', fields.title),
    summary: fields.summary.trim(),
    image: fields.image.trim(),
    builtHere: fields.builtHere !== '',
    loginHelp: fields.loginHelp,
    patterns: { login: patternLines(fields.login), prompt: patternLines(fields.prompt) },
    defaults: {
      ...rest,
      ...unlessEmpty('resources', resources),
      ...unlessEmpty('security', security),
      ...unlessEmpty('env', env),
    },
  };
}

const PLACES: Readonly<Record<string, TypeField>> = {
  'defaults.resources.memory': 'memory',
  'defaults.resources.cpu': 'cpu',
  'defaults.security.profile': 'profile',
};

/** What is wrong, at the field where it can be mended; with the path in front where the field holds more than one thing. */
export function problemsAt(problem: Problem | null): Readonly<Partial<Record<TypeField, string>>> {
  const at: Partial<Record<TypeField, string>> = {};
  for (const each of problem?.details?.fields ?? []) {
    const { field, words } = placeOf(each);
    at[field] ??= words;
  }
  return at;
}

function placeOf({ field, rule }: FieldProblem): { readonly field: TypeField; readonly words: string } {
  const known = PLACES[field] ?? TYPE_FIELDS.find((name) => name === field);
  if (known !== undefined) return { field: known, words: rule };
  const [first = '', second = '', index] = field.split('.');
  if (first === 'patterns' && (second === 'login' || second === 'prompt'))
    return { field: second, words: index === undefined ? rule : `${Number(index) + 1}. ${rule}` };
  if (first === 'defaults' && second === 'env')
    return { field: 'env', words: `${index ?? ''} ${rule}`.trim() };
  return { field: 'rest', words: `${field.replace(/^defaults\./, '')} ${rule}` };
}

function jsonObject(text: string): Input {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isGroup(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw validationError([{ field: 'rest', value: null, rule: ty.notJson }]);
}

function patternLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '');
}

function given(key: string, text: string): Input {
  return text.trim() === '' ? {} : { [key]: text.trim() };
}

function said(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function group(value: unknown): Input {
  return isGroup(value) ? value : {};
}

function isGroup(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unlessEmpty(key: string, value: Input): Input {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
