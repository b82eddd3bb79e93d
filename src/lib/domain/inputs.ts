/**
 * The schemas of everything that a person or a script sends, shared by form, API, socket and command line. `parseInput` turns a refusal
 * into VALIDATION with field, value and rule for each.
 */
import { z } from 'zod';
import { AGENT_NAME_HELP, AGENT_NAME_RULE } from './agent-name.ts';
import { PULL_POLICIES, SECURITY_PROFILES } from './agent-spec.ts';
import { AppError, validationError, type FieldProblem } from './errors.ts';
import { MIN_MEMORY_BYTES, parseBytes, parseCores } from './quantities.ts';
import { SNAPSHOT_NAME_HELP, SNAPSHOT_NAME_RULE } from './snapshot-name.ts';

const agentName = z.string().regex(AGENT_NAME_RULE, AGENT_NAME_HELP);
const text = (max: number) => z.string().max(max, `at most ${max} characters`);
const line = (max: number) => text(max).regex(/^[^\0\r\n]*$/, 'must be one line');

const MEMORY_RULE = 'must be an amount such as 512m, 1.5g, 2Gi or bytes as a whole number';
const CPU_RULE = 'must be a number of cores from 0.01, such as 0.5, 2 or 500m';

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
  if (cores === null || !Number.isFinite(cores) || cores < 0.01) {
    context.addIssue({ code: 'custom', message: CPU_RULE });
    return z.NEVER;
  }
  return cores;
});

const envInput = z
  .record(z.string(), text(131_072).regex(/^[^\0]*$/, 'must not hold a NUL character'))
  .superRefine((env, context) => {
    for (const key of Object.keys(env)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: 'a name is letters, digits and "_", first no digit',
        });
      }
    }
  });

const tagsInput = z.record(z.string(), line(256)).superRefine((tags, context) => {
  for (const key of Object.keys(tags)) {
    if (!/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/.test(key)) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'a tag key is letters, digits, ".", "_" and "-", at most 63',
      });
    }
  }
});

const words = z.array(text(32_768).regex(/^[^\0]*$/, 'must not hold a NUL character')).max(1024);
const absolutePath = line(4096).regex(/^\//, 'must be an absolute path');

export const spawnInput = z.strictObject({
  name: agentName.optional(),
  type: z.string({ error: 'Agent type is required' }).min(1, 'Agent type is required'),
  host: line(63).default('auto'),
  image: line(512).min(1, 'must name an image').optional(),
  pull: z.enum(PULL_POLICIES).optional(),
  command: words.optional(),
  entrypoint: words.optional(),
  workdir: absolutePath.optional(),
  user: line(128).optional(),
  tty: z.boolean().default(true),
  stdin: z.boolean().default(true),
  resources: z
    .strictObject({
      memory: memoryInput.optional(),
      cpu: cpuInput.optional(),
      pids: z.number().int().min(1, 'must be at least 1').max(4_194_304).optional(),
    })
    .default({}),
  env: envInput.default({}),
  networks: z.array(line(128).min(1)).max(16).optional(),
  security: z
    .strictObject({ profile: z.enum(SECURITY_PROFILES).default('standard') })
    .default({ profile: 'standard' }),
  logging: z
    .strictObject({
      maxSize: z
        .string()
        .regex(/^[1-9]\d*[kmg]$/, 'must be a size such as 10m')
        .default('10m'),
      maxFile: z.number().int().min(1).max(100).default(3),
    })
    .default({ maxSize: '10m', maxFile: 3 }),
  tags: tagsInput.default({}),
  role: line(128).optional(),
  group: line(128).optional(),
  capabilities: z.array(line(128)).max(64).default([]),
});
export type SpawnInput = z.output<typeof spawnInput>;

export const stopInput = z.strictObject({
  /** Milliseconds that the main process has to end by itself before it is killed. */
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
  /** Milliseconds before anything is sent at all; meanwhile the stop can be taken back. */
  delay: z.number().int().min(0).max(60_000).default(0),
});
export type StopInput = z.output<typeof stopInput>;

export const killInput = z.strictObject({
  signal: z
    .string()
    .regex(/^(?:SIG)?[A-Z0-9+-]{1,16}$/, 'must be a signal such as SIGKILL or HUP')
    .default('SIGKILL'),
});

export const removeInput = z.strictObject({
  force: z.boolean().default(false),
  timeout: z.number().int().min(0).max(3_600_000).default(10_000),
});

export const snapshotInput = z.strictObject({
  name: z.string().regex(SNAPSHOT_NAME_RULE, SNAPSHOT_NAME_HELP).optional(),
  comment: line(1000).default(''),
  pause: z.boolean().default(true),
});

/** From a query string or from JSON. Not `z.coerce`: it reads an empty text as 0. */
const wholeNumber = z.union(
  [
    z.number().int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ],
  'must be a whole number',
);

export const logQuery = z.strictObject({
  tail: wholeNumber.pipe(z.number().min(0).max(10_000)).default(100),
  since: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' }).optional(),
  until: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T10:00:00Z' }).optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  follow: z.stringbool().default(false),
  /** `plain`: a file of lines, for a link; scripts may also ask with `Accept: text/plain`. */
  format: z.enum(['text', 'json', 'plain']).default('text'),
});
export type LogQuery = z.output<typeof logQuery>;

const userName = z
  .string()
  .regex(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9._@-]{0,62}[a-zA-Z0-9])?$/,
    'letters, digits, ".", "_", "@" and "-", at most 64',
  );
const newPassword = z.string().min(10, 'at least 10 characters').max(1024, 'at most 1024 characters');

export const setupInput = z.strictObject({ token: text(256), name: userName, password: newPassword });

export const loginInput = z.strictObject({ name: text(256), password: text(1024) });

export const apiTokenInput = z.strictObject({
  name: line(80).min(1, 'must have a name'),
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(90),
});

/** Reads `input` by `schema`. Throws VALIDATION that lists every refused field with its rule and, where it is no secret, its value. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw refusal(result.error, input);
}

function refusal(error: z.ZodError, input: unknown): AppError {
  const fields = error.issues.flatMap((issue): FieldProblem[] => {
    const at = (path: readonly PropertyKey[]) => path.map(String).join('.') || 'body';
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: at([...issue.path, key]),
        value: shown(valueAt(input, [...issue.path, key])),
        rule: 'is not a known field',
      }));
    }
    const secret = issue.path.some((key) => key === 'password' || key === 'token' || key === 'env');
    return [
      {
        field: at(issue.path),
        value: secret ? null : shown(valueAt(input, issue.path)),
        rule: issue.message,
      },
    ];
  });
  const required = fields.find((each) => each.rule.endsWith('is required'));
  return validationError(fields, required?.rule);
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
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  return value ?? null;
}
