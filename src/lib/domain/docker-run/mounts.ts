/** `--mount type=bind,source=/a,target=/b,...`: fields of one CSV line, in the grammar of CLI 28. */
import { readInteger, readSize } from './amounts.ts';
import type { Mount } from './create-body.ts';
import { formatCsv, readCsv } from './csv.ts';
import { isAbsolute, targetProblem } from './paths.ts';
import { accept, cut, isRefused, put, readBool, readOneOf, refuse, type Read, type Reader } from './read.ts';

type Open<T> = { -readonly [K in keyof T]?: Exclude<T[K], undefined> };
interface Draft {
  type: string;
  source: string;
  target: string;
  readOnly: boolean;
  consistency: string;
  bind?: Open<NonNullable<Mount['BindOptions']>>;
  volume?: {
    NoCopy?: boolean;
    Subpath?: string;
    Labels?: Record<string, string>;
    driver?: string;
    options?: Record<string, string>;
  };
  image?: { Subpath?: string };
  tmpfs?: { SizeBytes?: number; Mode?: number };
}

const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'] as const;
const CONSISTENCIES = ['default', 'consistent', 'cached', 'delegated'] as const;
const TYPES = ['bind', 'volume', 'tmpfs', 'image'] as const;

type Put = (draft: Draft, value: string) => string | null;

/** Reads the value and hands it on; gives the rule that it breaks. */
function field<T>(reader: Reader<T>, set: (draft: Draft, value: T) => void): Put {
  return (draft, value) => {
    const read = reader(value);
    if (isRefused(read)) return read.rule;
    set(draft, read.value);
    return null;
  };
}

const text = (set: (draft: Draft, value: string) => void): Put =>
  field<string>((value) => accept(value), set);
const lower =
  (reader: Reader<string>): Reader<string> =>
  (value) =>
    reader(value.toLowerCase());

const source = text((draft, value) => {
  draft.source = value;
});
const target = text((draft, value) => {
  draft.target = value;
});
const readOnly = field(readBool, (draft, value) => {
  draft.readOnly = value;
});

const FIELDS: Readonly<Record<string, Put>> = {
  type: field(lower(readOneOf(TYPES)), (draft, value) => {
    draft.type = value;
  }),
  source,
  src: source,
  target,
  dst: target,
  destination: target,
  readonly: readOnly,
  ro: readOnly,
  consistency: field(lower(readOneOf(CONSISTENCIES)), (draft, value) => {
    draft.consistency = value;
  }),
  'bind-propagation': field(lower(readOneOf(PROPAGATIONS)), (draft, value) => {
    (draft.bind ??= {}).Propagation = value;
  }),
  'bind-nonrecursive': field(readBool, (draft, value) => {
    (draft.bind ??= {}).NonRecursive = value;
  }),
  'bind-recursive': field(readOneOf(['enabled', 'disabled', 'writable', 'readonly']), (draft, value) => {
    if (value === 'disabled') (draft.bind ??= {}).NonRecursive = true;
    if (value === 'writable') (draft.bind ??= {}).ReadOnlyNonRecursive = true;
    if (value === 'readonly') (draft.bind ??= {}).ReadOnlyForceRecursive = true;
  }),
  'volume-nocopy': field(readBool, (draft, value) => {
    (draft.volume ??= {}).NoCopy = value;
  }),
  'volume-subpath': text((draft, value) => {
    (draft.volume ??= {}).Subpath = value;
  }),
  'volume-driver': text((draft, value) => {
    (draft.volume ??= {}).driver = value;
  }),
  'volume-label': text((draft, value) => {
    putPair(((draft.volume ??= {}).Labels ??= {}), value);
  }),
  'volume-opt': text((draft, value) => {
    putPair(((draft.volume ??= {}).options ??= {}), value);
  }),
  'image-subpath': text((draft, value) => {
    (draft.image ??= {}).Subpath = value;
  }),
  'tmpfs-size': field(readSize, (draft, value) => {
    (draft.tmpfs ??= {}).SizeBytes = value;
  }),
  'tmpfs-mode': field(readMode, (draft, value) => {
    (draft.tmpfs ??= {}).Mode = value;
  }),
};

/** Fields that stand alone: without a value they are true. */
const SWITCHES = new Set(['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive']);

function putPair(map: Record<string, string>, value: string): void {
  const [key, rest] = cut(value, '=');
  if (key !== '') put(map, key, rest ?? '');
}

function readMode(value: string): Read<number> {
  return /^[0-7]{1,11}$/.test(value)
    ? readInteger(0, 0xffff_ffff)(`0o${value}`)
    : refuse('must be an octal mode such as 1770');
}

export const readMount: Reader<Mount> = (line) => {
  const fields = readCsv(line);
  if (isRefused(fields)) return fields;
  const draft: Draft = { type: 'volume', source: '', target: '', readOnly: false, consistency: '' };
  for (const each of fields.value) {
    const [name, value] = cut(each, '=');
    const key = name.toLowerCase();
    const take = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (take === undefined)
      return refuse(`must not have the field "${name}": there are ${Object.keys(FIELDS).join(', ')}`);
    if (value === null && !SWITCHES.has(key)) return refuse(`must have ${key}=value`);
    const rule = take(draft, value ?? 'true');
    if (rule !== null) return refuse(`has a wrong "${key}", which ${rule}`);
  }
  const problem = draftProblem(draft);
  return problem === null ? accept(mountOf(draft)) : refuse(problem);
};

function draftProblem(draft: Draft): string | null {
  const { type, bind } = draft;
  if (draft.target === '') return 'must have a target';
  for (const [prefix, options] of [
    ['bind', bind],
    ['volume', draft.volume],
    ['image', draft.image],
    ['tmpfs', draft.tmpfs],
  ] as const) {
    if (options !== undefined && type !== prefix)
      return `must not mix ${prefix}-* options with the mount type ${type}`;
  }
  if (type === 'bind' && !isAbsolute(draft.source))
    return 'must have an absolute path on the host as its source';
  if (type === 'tmpfs' && draft.source !== '') return 'must not have a source with the mount type tmpfs';
  if (type === 'image' && draft.source === '') return 'must have an image as its source';
  if (bind?.ReadOnlyNonRecursive === true && !draft.readOnly)
    return 'must be readonly with bind-recursive=writable';
  if (bind?.ReadOnlyForceRecursive === true && !(draft.readOnly && bind.Propagation === 'rprivate')) {
    return 'must be readonly and have bind-propagation=rprivate with bind-recursive=readonly';
  }
  return targetProblem(draft.target);
}

function mountOf(draft: Draft): Mount {
  const { bind, volume, image, tmpfs } = draft;
  return {
    Type: draft.type,
    ...(draft.source === '' ? {} : { Source: draft.source }),
    Target: draft.target,
    ...(draft.readOnly ? { ReadOnly: true } : {}),
    ...(draft.consistency === '' ? {} : { Consistency: draft.consistency }),
    ...(bind === undefined ? {} : { BindOptions: bind }),
    ...(volume === undefined ? {} : { VolumeOptions: volumeOptions(volume) }),
    ...(image === undefined ? {} : { ImageOptions: image }),
    ...(tmpfs === undefined ? {} : { TmpfsOptions: tmpfs }),
  };
}

function volumeOptions({
  driver,
  options,
  ...rest
}: NonNullable<Draft['volume']>): NonNullable<Mount['VolumeOptions']> {
  if (driver === undefined && options === undefined) return rest;
  const config = {
    ...(driver === undefined ? {} : { Name: driver }),
    ...(options === undefined ? {} : { Options: options }),
  };
  return { ...rest, DriverConfig: config };
}

/** The mount as the value of `--mount`. */
export function formatMount(mount: Mount): string {
  const {
    BindOptions: bind = {},
    VolumeOptions: volume = {},
    ImageOptions: image = {},
    TmpfsOptions: tmpfs = {},
  } = mount;
  const pairs = (name: string, map: Readonly<Record<string, string>> = {}) =>
    Object.entries(map).map(([key, value]) => `${name}=${key}=${value}`);
  const fields = [
    `type=${mount.Type}`,
    mount.Source && `source=${mount.Source}`,
    `target=${mount.Target}`,
    mount.ReadOnly && 'readonly',
    mount.Consistency && `consistency=${mount.Consistency}`,
    bind.Propagation && `bind-propagation=${bind.Propagation}`,
    bind.NonRecursive && 'bind-recursive=disabled',
    bind.ReadOnlyNonRecursive && 'bind-recursive=writable',
    bind.ReadOnlyForceRecursive && 'bind-recursive=readonly',
    volume.NoCopy && 'volume-nocopy',
    volume.Subpath && `volume-subpath=${volume.Subpath}`,
    volume.DriverConfig?.Name && `volume-driver=${volume.DriverConfig.Name}`,
    ...pairs('volume-label', volume.Labels),
    ...pairs('volume-opt', volume.DriverConfig?.Options),
    image.Subpath && `image-subpath=${image.Subpath}`,
    tmpfs.SizeBytes && `tmpfs-size=${tmpfs.SizeBytes}`,
    tmpfs.Mode && `tmpfs-mode=${tmpfs.Mode.toString(8)}`,
  ];
  return formatCsv(fields.filter((each): each is string => typeof each === 'string' && each !== ''));
}
