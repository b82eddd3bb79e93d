/**
 * The fields of the form as the API's input, and an input as fields. Pure, and the same on the server and for the preview in the page. Going
 * to fields and back gives an input that means the same: what no field can show stays in `rest` and is merged in again.
 */
import type { Fields, FieldName, FilledFields } from './fields.ts';
import { filled } from './fields.ts';
import {
  json,
  readFlags,
  readList,
  readPairs,
  readSecrets,
  readShared,
  readVolume,
  readWords,
} from './field-text.ts';
import { takeApart } from './input-fields.ts';

export type SpawnBody = Readonly<Record<string, unknown>>;

/** The form's name for a switch, the same as the API's under `security`. */
export const SWITCHES = ['privileged', 'hostNetwork', 'hostPid', 'engineSocket'] as const;

/** What is left empty is left out: the type and the defaults decide then. */
export function spawnBody(fields: Fields): SpawnBody {
  const text = (name: FieldName) => {
    const value = fields[name]?.trim() ?? '';
    return value === '' ? undefined : value;
  };
  const list = <Entry>(name: FieldName, read: (text: string) => readonly Entry[]) => {
    const entries = read(fields[name] ?? '');
    return entries.length === 0 ? undefined : entries;
  };
  const pairs = (name: FieldName) => group(readPairs(fields[name] ?? ''));
  const number = (name: FieldName) => asNumber(text(name));
  const choice = (name: FieldName) => ({ on: true, off: false })[text(name) ?? ''];
  const ttl = text('ttl');
  const said = defined({
    name: text('name'),
    type: text('type'),
    host: text('host') === 'auto' ? undefined : text('host'),
    image: text('image'),
    // as it is: the name of what is built depends on it
    build: group({ dockerfile: text('dockerfile') && fields.dockerfile?.replaceAll('\r\n', '\n') }),
    pull: text('pull'),
    command: list('command', readWords),
    entrypoint: list('entrypoint', readWords),
    workdir: text('workdir'),
    user: text('user'),
    hostname: text('hostname'),
    tty: choice('tty'),
    stdin: choice('stdin'),
    resources: group({
      memory: text('memory'),
      cpu: text('cpu'),
      pids: number('pids'),
      gpus: gpus(text('gpus')),
      shmSize: text('shmSize'),
      ulimits: list('ulimits', readList),
      diskQuota: text('diskQuota'),
    }),
    env: group({ ...readPairs(fields.env ?? ''), ...readSecrets(fields.secrets ?? '') }),
    volumes: list('volumes', readList)?.map(readVolume),
    sharedVolumes: list('sharedVolumes', readList)?.map(readShared),
    tmpfs: list('tmpfs', readList),
    devices: list('devices', readList),
    networks: list('networks', readList),
    ports: list('ports', readList),
    dns: list('dns', readList),
    extraHosts: list('extraHosts', readList),
    readiness: readiness(text, number, list('readyExec', readWords)),
    restart:
      text('restart') === 'on-failure' && text('restartTimes') !== undefined
        ? `on-failure:${text('restartTimes') ?? ''}`
        : text('restart'),
    idle: group({ mode: text('idle'), timeout: text('idleTimeout') }),
    ttl: ttl === '0' ? 0 : ttl,
    snapshots: group({
      beforeStop: text('beforeStop') === undefined ? undefined : true,
      beforeRemove: text('beforeRemove') === undefined ? undefined : true,
      every: text('snapshotEvery') === '0' ? 0 : text('snapshotEvery'),
      keep: number('snapshotKeep'),
    }),
    security: group({
      profile: text('profile'),
      ...Object.fromEntries(SWITCHES.map((name) => [name, text(name) === undefined ? undefined : true])),
    }),
    runtime: text('runtime'),
    logging: group({ maxSize: text('logSize'), maxFile: number('logFiles') }),
    tags: pairs('tags'),
    role: text('role'),
    group: text('group'),
    capabilities: list('capabilities', readList),
    ssh: text('ssh') === undefined ? undefined : true,
    startArgs: list('startArgs', (each) => readFlags(each).words),
  });
  return merged(restOf(fields), said);
}

/** Every field, filled with what the input says. */
export function fieldsFrom(input: SpawnBody): FilledFields {
  const { fields, rest } = takeApart(input);
  return filled({ ...fields, rest: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest) });
}

/** What the form keeps beside its fields. */
export function restOf({ rest }: Fields): SpawnBody {
  const value = json(rest ?? '');
  return isGroup(value) ? value : {};
}

/** The curl call that does the same as the form. */
export function curlCommand(url: string, body: SpawnBody): string {
  const text = JSON.stringify(body).replaceAll("'", String.raw`'\''`);
  return [
    `curl -X POST ${url} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H "Authorization: Bearer $SLIPWAY_TOKEN" \\`,
    `  -d '${text}'`,
  ].join('\n');
}

function readiness(
  text: (name: FieldName) => string | undefined,
  number: (name: FieldName) => number | string | undefined,
  exec: readonly string[] | undefined,
): SpawnBody | undefined {
  const kind = text('readiness');
  const probe =
    kind === 'log'
      ? { log: text('readyLog') ?? '' }
      : kind === 'tcp'
        ? { tcp: number('readyPort') ?? '' }
        : kind === 'http'
          ? {
              http: defined({
                port: number('readyPort') ?? '',
                path: text('readyPath'),
                status: number('readyStatus'),
              }),
            }
          : kind === 'exec'
            ? { exec: exec ?? [] }
            : { kind };
  return group({ ...probe, timeout: text('readyTimeout') });
}

/** `all`, how many, or ids: `device=0,1`, as docker run has it. */
function gpus(text: string | undefined): unknown {
  if (text === undefined || text === 'all' || /^\d+$/.test(text)) return asNumber(text);
  return text
    .replace(/^device=/, '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

function asNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Fields win over what was kept aside; lists are put together, groups merge by key. */
function merged(rest: SpawnBody, said: SpawnBody): SpawnBody {
  const both = Object.entries(said).map(([key, own]): readonly [string, unknown] => {
    const kept = Object.hasOwn(rest, key) ? rest[key] : undefined;
    if (Array.isArray(kept) && Array.isArray(own))
      return [key, [...(own as unknown[]), ...(kept as unknown[])]];
    return [key, isGroup(kept) && isGroup(own) ? { ...kept, ...own } : own];
  });
  return { ...rest, ...Object.fromEntries(both) };
}

export function isGroup(value: unknown): value is SpawnBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function defined(object: SpawnBody): SpawnBody {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** undefined when nothing in it is given. */
function group(object: SpawnBody): SpawnBody | undefined {
  const said = defined(object);
  return Object.keys(said).length === 0 ? undefined : said;
}
