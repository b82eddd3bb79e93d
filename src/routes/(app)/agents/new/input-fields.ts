/** An input of the API taken apart: texts for the form's fields, and what no field can show. */
import {
  isPlainLine,
  writeFlags,
  writePairs,
  writeSecret,
  writeShared,
  writeVolume,
  writeWords,
} from './field-text.ts';
import type { Fields, FieldName } from './fields.ts';

type Input = Readonly<Record<string, unknown>>;

interface Taken {
  readonly fields: Fields;
  /** undefined: everything found a field. */
  readonly left?: unknown;
}
type Take = (value: unknown) => Taken;

const leave: Take = (value) => ({ fields: {}, left: value });
const gives = (field: FieldName, text: string): Taken => ({ fields: { [field]: text } });

/** One line of text, or a number. */
const line =
  (field: FieldName): Take =>
  (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && isPlainLine(text) ? gives(field, text) : leave(value);
  };

/** Text of several lines. */
const whole =
  (field: FieldName): Take =>
  (value) =>
    typeof value === 'string' && value.trim() !== '' && !value.includes('\r')
      ? gives(field, value)
      : leave(value);

/** One of several words. */
const choice =
  (field: FieldName, ...choices: readonly string[]): Take =>
  (value) =>
    typeof value === 'string' && choices.includes(value) ? gives(field, value) : leave(value);

const yesOrNo =
  (field: FieldName): Take =>
  (value) =>
    typeof value === 'boolean' ? gives(field, value ? 'on' : 'off') : leave(value);

/** A box can only say yes: a no that has to win over a type's yes is kept aside. */
const tick =
  (field: FieldName): Take =>
  (value) =>
    value === true ? gives(field, 'on') : leave(value);

const words =
  (field: FieldName): Take =>
  (value) =>
    isTexts(value) && value.length > 0 ? gives(field, writeWords(value)) : leave(value);

const pairs =
  (field: FieldName): Take =>
  (value) => {
    if (!isObject(value)) return leave(value);
    const entries = Object.entries(value);
    const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const others = entries.filter(([, each]) => typeof each !== 'string');
    return {
      fields: texts.length === 0 ? {} : { [field]: writePairs(Object.fromEntries(texts)) },
      ...(others.length === 0 ? {} : { left: Object.fromEntries(others) }),
    };
  };

/** One entry a line; entries that no line can say are left. An empty list says something too: nothing of what the type has. */
const list =
  (field: FieldName, write: (entry: unknown) => string | null = plain): Take =>
  (value) => {
    if (!Array.isArray(value) || value.length === 0) return leave(value);
    const written = value.map((entry: unknown) => ({ entry, text: write(entry) }));
    const left = written.filter((each) => each.text === null).map((each) => each.entry);
    const lines = written.flatMap(({ text }) => (text === null ? [] : [text]));
    return {
      fields: lines.length === 0 ? {} : { [field]: lines.join('\n') },
      ...(left.length === 0 ? {} : { left }),
    };
  };

const group =
  (parts: Readonly<Record<string, Take>>): Take =>
  (value) => {
    if (!isObject(value)) return leave(value);
    const { fields, rest } = takeEach(value, parts);
    return { fields, ...(Object.keys(rest).length === 0 ? {} : { left: rest }) };
  };

const tmpfs: Take = (value) => {
  if (!isObject(value)) return list('tmpfs')(value);
  const lines = Object.entries(value).map(([path, options]) =>
    options === '' ? path : `${path}:${String(options)}`,
  );
  return lines.length > 0 ? list('tmpfs')(lines) : leave(value);
};

/** Plain values, and secrets by their names. */
const env: Take = (value) => {
  if (!isObject(value)) return leave(value);
  const { fields, left } = pairs('env')(value);
  const others = Object.entries(isObject(left) ? left : {});
  const lines = others.map(([key, each]) => [key, each, writeSecret(key, each)] as const);
  const secrets = lines.flatMap(([, , line]) => (line === null ? [] : [line]));
  const rest = lines.filter(([, , line]) => line === null).map(([key, each]) => [key, each]);
  return {
    fields: { ...fields, ...(secrets.length === 0 ? {} : { secrets: secrets.join('\n') }) },
    ...(rest.length === 0 ? {} : { left: Object.fromEntries(rest) }),
  };
};

const gpus: Take = (value) =>
  isTexts(value) && value.length > 0 && value.every((id) => isPlainLine(id) && !id.includes(','))
    ? gives('gpus', `device=${value.join(',')}`)
    : line('gpus')(value);

const idle: Take = (value) =>
  typeof value === 'string'
    ? line('idle')(value)
    : group({ mode: line('idle'), timeout: line('idleTimeout') })(value);

const restart: Take = (value) => {
  if (isObject(value) && typeof value['name'] === 'string') {
    const { name, maximumRetryCount: times = 0, ...more } = value;
    if (Object.keys(more).length > 0) return leave(value);
    return restart(times === 0 ? name : `${name}:${String(times)}`);
  }
  const [, name = '', times = ''] = (typeof value === 'string' && /^([a-z-]+)(?::(\d+))?$/.exec(value)) || [];
  return name === ''
    ? leave(value)
    : { fields: { restart: name, ...(times === '' ? {} : { restartTimes: times }) } };
};

/** A probe in its own form; what is none stays whole. */
const readiness: Take = (value) => {
  if (typeof value === 'string') return gives('readiness', value);
  if (!isObject(value)) return leave(value);
  const kind = ['log', 'tcp', 'http', 'exec'].find((each) => value[each] !== undefined);
  const { fields, rest } = takeEach(value, {
    kind: choice('readiness', 'auto', 'running', 'healthy'),
    timeout: line('readyTimeout'),
    log: line('readyLog'),
    tcp: line('readyPort'),
    http: group({ port: line('readyPort'), path: line('readyPath'), status: line('readyStatus') }),
    exec: words('readyExec'),
  });
  if (Object.keys(rest).length > 0 || (kind !== undefined && fields.readiness !== undefined))
    return leave(value);
  return { fields: { ...fields, ...(kind === undefined ? {} : { readiness: kind }) } };
};

const TAKE: Readonly<Record<string, Take>> = {
  name: line('name'),
  type: line('type'),
  host: line('host'),
  image: line('image'),
  build: group({ dockerfile: whole('dockerfile') }),
  pull: choice('pull', 'missing', 'always', 'never'),
  command: words('command'),
  entrypoint: words('entrypoint'),
  workdir: line('workdir'),
  user: line('user'),
  hostname: line('hostname'),
  tty: yesOrNo('tty'),
  stdin: yesOrNo('stdin'),
  resources: group({
    memory: line('memory'),
    cpu: line('cpu'),
    pids: line('pids'),
    gpus,
    shmSize: line('shmSize'),
    ulimits: list('ulimits'),
    diskQuota: line('diskQuota'),
  }),
  env,
  volumes: list('volumes', writeVolume),
  sharedVolumes: list('sharedVolumes', writeShared),
  tmpfs,
  devices: list('devices'),
  networks: list('networks'),
  ports: list('ports'),
  dns: list('dns'),
  extraHosts: list('extraHosts'),
  readiness,
  restart,
  idle,
  ttl: line('ttl'),
  snapshots: group({
    beforeStop: tick('beforeStop'),
    beforeRemove: tick('beforeRemove'),
    every: line('snapshotEvery'),
    keep: line('snapshotKeep'),
  }),
  security: group({
    profile: choice('profile', 'standard', 'hardened', 'unrestricted'),
    privileged: tick('privileged'),
    hostNetwork: tick('hostNetwork'),
    hostPid: tick('hostPid'),
    engineSocket: tick('engineSocket'),
  }),
  runtime: line('runtime'),
  logging: group({ maxSize: line('logSize'), maxFile: line('logFiles') }),
  tags: pairs('tags'),
  role: line('role'),
  group: line('group'),
  capabilities: list('capabilities'),
  ssh: tick('ssh'),
  startArgs: (value) =>
    isTexts(value) && value.length > 0 ? gives('startArgs', writeFlags(value)) : leave(value),
};

export function takeApart(input: Input): { readonly fields: Fields; readonly rest: Input } {
  // null is "as the image says" and so left out; only an age limit says something by it
  const said = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  return takeEach(
    { ...Object.fromEntries(said), ...(input['ttl'] === null || input['ttl'] === 'none' ? { ttl: 0 } : {}) },
    TAKE,
  );
}

function takeEach(
  input: Input,
  parts: Readonly<Record<string, Take>>,
): { readonly fields: Fields; readonly rest: Input } {
  const fields: Partial<Record<FieldName, string>> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const take = Object.hasOwn(parts, key) ? parts[key] : undefined;
    const { fields: found, left } = (take ?? leave)(value);
    Object.assign(fields, found);
    if (left !== undefined) rest[key] = left;
  }
  return { fields, rest };
}

function plain(entry: unknown): string | null {
  return typeof entry === 'string' && isPlainLine(entry) ? entry : null;
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
