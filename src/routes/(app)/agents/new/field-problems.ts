/** What is wrong, at the field of the form where it can be mended, with its line where a field has several. Pure. */
import type { ErrorCode, FieldProblem, Problem } from '#lib/domain/errors.ts';
import { c } from '#lib/text/en-create.ts';
import { linesOf, linesWithoutPair, readFlags } from './field-text.ts';
import { FIELD_NAMES, type FieldName, type Fields } from './fields.ts';

export interface Placed {
  readonly at: Readonly<Partial<Record<FieldName, string>>>;
  /** What belongs to no field. */
  readonly elsewhere: readonly string[];
}

/** Where the API names a field otherwise than the form. */
const PATHS: Readonly<Partial<Record<FieldName, readonly string[]>>> = {
  dockerfile: ['build.dockerfile'],
  memory: ['resources.memory'],
  cpu: ['resources.cpu'],
  pids: ['resources.pids'],
  gpus: ['resources.gpus'],
  shmSize: ['resources.shmSize'],
  ulimits: ['resources.ulimits'],
  diskQuota: ['resources.diskQuota'],
  readyLog: ['readiness.log'],
  readyPort: ['readiness.tcp', 'readiness.http.port'],
  readyPath: ['readiness.http.path'],
  readyStatus: ['readiness.http.status'],
  readyExec: ['readiness.exec'],
  readyTimeout: ['readiness.timeout'],
  restartTimes: ['restart.maximumRetryCount'],
  idleTimeout: ['idle.timeout'],
  beforeStop: ['snapshots.beforeStop'],
  beforeRemove: ['snapshots.beforeRemove'],
  snapshotEvery: ['snapshots.every'],
  snapshotKeep: ['snapshots.keep'],
  profile: ['security.profile'],
  privileged: ['security.privileged'],
  hostNetwork: ['security.hostNetwork'],
  hostPid: ['security.hostPid'],
  engineSocket: ['security.engineSocket'],
  logSize: ['logging.maxSize', 'logging'],
  logFiles: ['logging.maxFile'],
};

/** Errors that name no field and belong to one all the same. */
const BY_CODE: Readonly<Partial<Record<ErrorCode, FieldName>>> = {
  NAME_TAKEN: 'name',
  IMAGE_NOT_FOUND: 'image',
  IMAGE_NOT_ALLOWED: 'image',
  BUILD_FAILED: 'dockerfile',
  PORT_TAKEN: 'ports',
  TAGS_IMMUTABLE: 'tags',
};

/** What no schema can see: lines that say nothing, numbers that are none. */
export function textProblems(fields: Fields): readonly FieldProblem[] {
  const pairs = (['env', 'secrets', 'tags'] as const).flatMap((field) =>
    linesWithoutPair(fields[field] ?? '').map(({ number, text }) => ({
      field,
      // of a line of the environment, a part may be a secret
      value: field === 'tags' ? text : null,
      rule: c.rules.line(number, field === 'secrets' ? c.rules.secret : c.rules.pair),
    })),
  );
  const kind = fields.readiness;
  const numbers = (
    [
      ['readyPort', kind === 'tcp' || kind === 'http', c.rules.port],
      ['readyStatus', kind === 'http', c.rules.number],
      ['logFiles', true, c.rules.number],
    ] as const
  ).flatMap(([field, used, rule]) => {
    const value = fields[field]?.trim() ?? '';
    const missing = field === 'readyPort' && value === '';
    return used && (missing || (value !== '' && !/^\d+$/.test(value))) ? [{ field, value, rule }] : [];
  });
  const { problem } = readFlags(fields.startArgs ?? '');
  return [
    ...pairs,
    ...numbers,
    ...(problem === null
      ? []
      : [{ field: 'startArgs', value: problem.found, rule: c.rules.line(problem.line, problem.rule) }]),
  ];
}

export function placeProblem(problem: Problem, fields: Fields): Placed {
  const list = problem.details?.fields ?? [];
  const field = BY_CODE[problem.code];
  if (list.length === 0 && field !== undefined) return { at: { [field]: problem.message }, elsewhere: [] };
  if (list.length === 0) return { at: {}, elsewhere: [`${problem.message}. ${problem.hint}`] };
  return placeProblems(list, fields);
}

export function placeProblems(problems: readonly FieldProblem[], fields: Fields): Placed {
  const at: Partial<Record<FieldName, string>> = {};
  const elsewhere: string[] = [];
  for (const { field: path, rule } of problems) {
    const place = amongSecrets(placeOf(path), fields);
    if (place === null) {
      elsewhere.push(`${path} ${rule}`);
      continue;
    }
    const number = lineOf(place.field, place.below, fields);
    const text = number === null ? rule : c.rules.line(number, rule);
    const earlier = at[place.field];
    at[place.field] = earlier === undefined ? text : `${earlier}; ${text}`;
  }
  return { at, elsewhere };
}

/** The field whose path is the longest that the problem's begins with, and what follows: an index or a key. */
function placeOf(path: string): { readonly field: FieldName; readonly below: string } | null {
  const [found] = FIELD_NAMES.filter((name) => name !== 'rest')
    .flatMap((field) => [field, ...(PATHS[field] ?? [])].map((each) => ({ field, path: each })))
    .filter(
      (each) =>
        path === each.path || (path.startsWith(each.path) && /^[.[]/.test(path.slice(each.path.length))),
    )
    .toSorted((a, b) => b.path.length - a.path.length);
  return found === undefined
    ? null
    : { field: found.field, below: path.slice(found.path.length).replace(/^\.|[[\]]/g, '') };
}

/** A variable that the box of secrets names is a matter of that box. */
function amongSecrets<Place extends { readonly field: FieldName; readonly below: string }>(
  place: Place | null,
  fields: Fields,
): Place | { readonly field: 'secrets'; readonly below: string } | null {
  if (place?.field !== 'env') return place;
  const [key = ''] = place.below.split('.');
  return lineOf('secrets', key, fields) === null ? place : { field: 'secrets', below: key };
}

const LISTS: readonly FieldName[] = [
  'ulimits',
  'volumes',
  'sharedVolumes',
  'tmpfs',
  'devices',
  'networks',
  'ports',
  'dns',
  'extraHosts',
  'capabilities',
];

function lineOf(field: FieldName, below: string, fields: Fields): number | null {
  const text = fields[field] ?? '';
  if (below === '' || /^\s*[[{]/.test(text)) return null;
  const lines = linesOf(text);
  if (field === 'env' || field === 'secrets' || field === 'tags')
    return lines.find((line) => line.text.slice(0, line.text.indexOf('=')).trim() === below)?.number ?? null;
  const index = /^(\d+)(?:\.|$)/.exec(below)?.[1];
  if (field === 'startArgs')
    return index === undefined ? null : (readFlags(text).lineOf[Number(index)] ?? null);
  if (!LISTS.includes(field)) return null;
  if (index !== undefined) return lines[Number(index)]?.number ?? null;
  return lines.find((line) => line.text.split(':')[0]?.trim() === below)?.number ?? null;
}
