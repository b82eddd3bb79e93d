/** The fields of the form as the API's input. Pure, and the same on the server and for the preview in the page. */
import type { FieldProblem } from '#lib/domain/errors.ts';

/** `shown` says that the form had the box for `tty` at all: a box that is not ticked is not sent. */
export const FIELD_NAMES = [
  'type',
  'name',
  'host',
  'image',
  'memory',
  'cpu',
  'command',
  'env',
  'tags',
  'role',
  'profile',
  'pull',
  'tty',
  'shown',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
export type FormFields = Readonly<Partial<Record<FieldName, string>>>;
export type SpawnBody = Readonly<Record<string, unknown>>;

/** What is left empty is left out: the type and the defaults decide then. */
export function spawnBody(fields: FormFields): SpawnBody {
  const text = (name: FieldName) => {
    const value = fields[name]?.trim() ?? '';
    return value === '' ? undefined : value;
  };
  const command = lines(fields['command']);
  const env = pairs(fields['env']);
  const tags = pairs(fields['tags']);
  const resources = defined({ memory: text('memory'), cpu: text('cpu') });
  const profile = text('profile');
  return defined({
    name: text('name'),
    type: text('type'),
    host: text('host') === 'auto' ? undefined : text('host'),
    image: text('image'),
    pull: text('pull') === 'missing' ? undefined : text('pull'),
    command: command.length === 0 ? undefined : command,
    tty: fields['tty'] === 'on' || fields['shown'] === undefined ? undefined : false,
    resources: Object.keys(resources).length === 0 ? undefined : resources,
    env: Object.keys(env).length === 0 ? undefined : env,
    tags: Object.keys(tags).length === 0 ? undefined : tags,
    role: text('role'),
    security: profile === undefined || profile === 'standard' ? undefined : { profile },
  });
}

/** The lines of `env` and `tags` that have no `=`: the schema would not see them. */
export function pairProblems(fields: FormFields): readonly FieldProblem[] {
  return (['env', 'tags'] as const).flatMap((field) =>
    lines(fields[field])
      .filter((line) => line.indexOf('=') < 1)
      .map((line) => ({ field, value: line, rule: `"${line}" must be written as KEY=value` })),
  );
}

/** The rule that a field of the form breaks; the schema names fields as the API does. */
export function ruleFor(problems: readonly FieldProblem[], field: string): string | null {
  const path: Readonly<Record<string, string>> = {
    memory: 'resources.memory',
    cpu: 'resources.cpu',
    profile: 'security.profile',
  };
  const name = path[field] ?? field;
  return problems.find((each) => each.field === name || each.field.startsWith(`${name}.`))?.rule ?? null;
}

/** The curl call that does the same as the form. */
export function curlCommand(origin: string, body: SpawnBody): string {
  const json = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return [
    `curl -X POST ${origin}/agents \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H "Authorization: Bearer $SLIPWAY_TOKEN" \\`,
    `  -d '${json}'`,
  ].join('\n');
}

function lines(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

function pairs(text: string | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines(text).flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1)] as const];
    }),
  );
}

function defined(object: Readonly<Record<string, unknown>>): SpawnBody {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
