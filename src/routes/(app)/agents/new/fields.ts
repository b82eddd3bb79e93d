/** The fields of the launch form. A form sends text, so each is a text; what it means is in spawn-form.ts. */

/** The groups of the advanced part, in the order of the page. */
export const GROUPS = {
  image: [
    'image',
    'dockerfile',
    'pull',
    'command',
    'entrypoint',
    'workdir',
    'user',
    'hostname',
    'tty',
    'stdin',
  ],
  limits: ['pids', 'gpus', 'shmSize', 'diskQuota', 'ulimits'],
  environment: ['env', 'secrets'],
  files: ['volumes', 'sharedVolumes', 'tmpfs', 'devices'],
  network: ['networks', 'ports', 'dns', 'extraHosts', 'ssh'],
  rules: [
    'readiness',
    'readyLog',
    'readyPort',
    'readyPath',
    'readyStatus',
    'readyExec',
    'readyTimeout',
    'restart',
    'restartTimes',
    'idle',
    'idleTimeout',
    'ttl',
    'beforeStop',
    'beforeRemove',
    'snapshotEvery',
    'snapshotKeep',
  ],
  security: ['profile', 'privileged', 'hostNetwork', 'hostPid', 'engineSocket', 'runtime'],
  logging: ['logSize', 'logFiles'],
  labels: ['tags', 'role', 'group', 'capabilities'],
  startArgs: ['startArgs'],
} as const;
export type GroupName = keyof typeof GROUPS;
export const GROUP_NAMES = [
  'image',
  'limits',
  'environment',
  'files',
  'network',
  'rules',
  'security',
  'logging',
  'labels',
  'startArgs',
] as const satisfies readonly GroupName[];

const MAIN = ['type', 'name', 'host', 'memory', 'cpu'] as const;

/** `rest` is JSON: what an input says and no field can show, kept so that it is not lost. */
export const FIELD_NAMES = [...MAIN, ...Object.values(GROUPS).flat(), 'rest'] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
export type Fields = Readonly<Partial<Record<FieldName, string>>>;
export type FilledFields = Record<FieldName, string>;

/** Every field, empty where nothing is given. */
export function filled(fields: Fields = {}): FilledFields {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, fields[name] ?? ''])) as FilledFields;
}

/** The fields among what a form sent. */
export function fieldsAmong(values: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(
    FIELD_NAMES.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export function groupOf(field: FieldName): GroupName | null {
  return GROUP_NAMES.find((group) => (GROUPS[group] as readonly string[]).includes(field)) ?? null;
}
