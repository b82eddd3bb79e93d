/** Every flag of `docker build` by its long name, with its fate: taken, ignored, or refused with the reason. */
import { readExtraHost } from '../docker-run/addresses.ts';
import { readEnv, readLabel, readPlatform } from '../docker-run/process.ts';
import {
  accept,
  isRefused,
  put,
  readBool,
  readMatching,
  refuse,
  type Read,
  type Reader,
} from '../docker-run/read.ts';
import { AppError } from '../errors.ts';
import { formatImageReference, parseImageReference } from '../image-reference.ts';
import type { BuildSettings } from './build-settings.ts';

/** Settings while flags are read into them. */
export type SettingsDraft = { -readonly [Key in keyof BuildSettings]?: BuildSettings[Key] };

/** Reads the value into the settings. Gives the rule that it breaks, or null. */
type Take = (draft: SettingsDraft, text: string) => string | null;

export interface BuildFlag {
  /** `--flag` alone, or `--flag=false`. */
  readonly isSwitch: boolean;
  readonly short?: string;
  readonly use: { readonly take: Take } | { readonly refused: string };
}

function taken<T>(
  reader: Reader<T>,
  set: (draft: SettingsDraft, value: T) => void,
  short?: string,
): BuildFlag {
  const take: Take = (draft, text) => {
    const read = reader(text);
    if (isRefused(read)) return read.rule;
    set(draft, read.value);
    return null;
  };
  return { isSwitch: false, use: { take }, ...(short === undefined ? {} : { short }) };
}

const toggle = (set: (draft: SettingsDraft, value: boolean) => void): BuildFlag => ({
  ...taken(readBool, set),
  isSwitch: true,
});

/** It is so anyway, and cannot be otherwise. */
const always = (rule: string): BuildFlag => ({
  ...taken(
    (text) => {
      const read = readBool(text);
      return isRefused(read) || read.value ? read : refuse(rule);
    },
    () => undefined,
  ),
  isSwitch: true,
});

const anything = (short?: string): BuildFlag => taken(accept, () => undefined, short);
const refused = (why: string, more: Pick<BuildFlag, 'short'> & { isSwitch?: true } = {}): BuildFlag => ({
  isSwitch: false,
  ...more,
  use: { refused: why },
});

export const readBuildFile = readMatching(
  /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0\r\n]+$/,
  'must be a path inside the context, such as docker/Dockerfile',
);
export const readTarget = readMatching(/^[\w][\w.-]*$/, 'must be the name of a stage');
export const readBuildNetwork = readMatching(
  /^(?:[a-zA-Z0-9][a-zA-Z0-9_.-]*|container:[a-zA-Z0-9][a-zA-Z0-9_.-]*)$/,
  'must be the name of a network, or default, host or none',
);

/** A name for the result, in its shortest form. */
export function readTag(text: string): Read<string> {
  try {
    const reference = parseImageReference(text);
    return reference.digest === null
      ? accept(formatImageReference(reference))
      : refuse('must be a name and a tag without a digest: that comes of the build');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refuse(error.details?.fields?.[0]?.rule ?? error.message);
  }
}

const BUILDKIT = 'it needs BuildKit, and Slipway builds with the builder that every engine has';
const CLASSIC_LIMIT = 'Slipway sets no limits on the containers of a build';
const TO_FILE = 'it writes a file on the machine where docker runs; the id is on the page and in the API';

export const BUILD_FLAGS: ReadonlyMap<string, BuildFlag> = new Map(
  Object.entries({
    'add-host': taken(
      readExtraHost,
      (draft, value) => (draft.extraHosts = [...(draft.extraHosts ?? []), value]),
    ),
    'build-arg': taken(readEnv, (draft, [key, value]) => {
      const args = { ...draft.args };
      put(args, key, value);
      draft.args = args;
    }),
    file: taken(readBuildFile, (draft, value) => (draft.file = value), 'f'),
    label: taken(readLabel, (draft, [key, value]) => {
      const labels = { ...draft.labels };
      put(labels, key, value);
      draft.labels = labels;
    }),
    network: taken(readBuildNetwork, (draft, value) => (draft.network = value)),
    'no-cache': toggle((draft, value) => (draft.noCache = value)),
    platform: taken(readPlatform, (draft, value) => (draft.platform = value === '' ? null : value)),
    pull: toggle((draft, value) => (draft.pull = value)),
    tag: taken(readTag, (draft, value) => (draft.tags = [...(draft.tags ?? []), value]), 't'),
    target: taken(readTarget, (draft, value) => (draft.target = value)),

    compress: toggle(() => undefined),
    'disable-content-trust': always('must be true: Slipway cannot check signatures of Notary'),
    'force-rm': always('must be true: a build leaves no containers'),
    progress: anything(),
    quiet: { ...toggle(() => undefined), short: 'q' },
    rm: always('must be true: a build leaves no containers'),

    allow: refused(BUILDKIT),
    annotation: refused(BUILDKIT),
    attest: refused(BUILDKIT),
    'build-context': refused(BUILDKIT),
    builder: refused(BUILDKIT),
    'cache-from': refused('the cache of the host is always used, unless --no-cache is given'),
    'cache-to': refused(BUILDKIT),
    call: refused(BUILDKIT),
    'cgroup-parent': refused(CLASSIC_LIMIT),
    check: refused(BUILDKIT, { isSwitch: true }),
    'cpu-period': refused(CLASSIC_LIMIT),
    'cpu-quota': refused(CLASSIC_LIMIT),
    'cpu-shares': refused(CLASSIC_LIMIT, { short: 'c' }),
    'cpuset-cpus': refused(CLASSIC_LIMIT),
    'cpuset-mems': refused(CLASSIC_LIMIT),
    debug: refused(BUILDKIT, { isSwitch: true }),
    iidfile: refused(TO_FILE),
    isolation: refused('it is for Windows containers, and Slipway drives Linux engines'),
    load: refused(BUILDKIT, { isSwitch: true }),
    memory: refused(CLASSIC_LIMIT, { short: 'm' }),
    'memory-swap': refused(CLASSIC_LIMIT),
    'metadata-file': refused(TO_FILE),
    'no-cache-filter': refused(BUILDKIT),
    output: refused(`${BUILDKIT}; the result is an image on the host`, { short: 'o' }),
    provenance: refused(BUILDKIT),
    push: refused('an image is pushed from its page when it is built', { isSwitch: true }),
    sbom: refused(BUILDKIT),
    secret: refused(BUILDKIT),
    'security-opt': refused(CLASSIC_LIMIT),
    'shm-size': refused(CLASSIC_LIMIT),
    squash: refused('it is an experiment of the engine that newer ones no longer have', { isSwitch: true }),
    ssh: refused(BUILDKIT),
    ulimit: refused(CLASSIC_LIMIT),
  }),
);
