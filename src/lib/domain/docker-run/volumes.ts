/**
 * Volumes in the short form `source:target[:mode]`: the strict reader for the spec's field, and the reader of `-v`, which takes what the
 * engine takes. Neither resolves a relative path or `~`: on the host there is no directory that they could be relative to.
 */
import type { Mount } from './create-body.ts';
import { cleanPath, isAbsolute, targetProblem } from './paths.ts';
import { accept, isRefused, refuse, type Read, type Reader } from './read.ts';

export interface Volume {
  readonly type: 'bind' | 'volume';
  /** An absolute path on the host, or the name of a volume. */
  readonly source: string;
  readonly target: string;
  /** As written: `ro`, `z`, ... in the order given. */
  readonly modes: readonly string[];
}

/** Each mode and the class of which at most one may be given. */
const STRICT_MODES: Readonly<Record<string, string>> = { rw: 'access', ro: 'access', z: 'label', Z: 'label' };
const ENGINE_MODES: Readonly<Record<string, string>> = {
  ...STRICT_MODES,
  nocopy: 'copy',
  ...Object.fromEntries(['consistent', 'cached', 'delegated'].map((mode) => [mode, 'consistency'])),
  ...Object.fromEntries(
    ['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'].map((mode) => [mode, 'propagation']),
  ),
};

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The spec's `volumes`: modes `rw`, `ro`, `z`, `Z` and combinations. */
export const readVolume: Reader<Volume> = (text) => readParts(text, STRICT_MODES);

function readParts(text: string, modes: Readonly<Record<string, string>>): Read<Volume> {
  const [source = '', target, mode, ...more] = text.split(':');
  if (more.length > 0) return refuse('must be source:target[:mode], at most three fields');
  if (target === undefined || source === '') return refuse('must be source:target[:mode]');
  const problem =
    sourceProblem(source) ??
    targetProblem(target) ??
    (mode === undefined ? null : modeProblem(mode, modes, source));
  if (problem !== null) return refuse(problem);
  return accept({
    type: isAbsolute(source) ? 'bind' : 'volume',
    source,
    target,
    modes: mode === undefined ? [] : mode.split(','),
  });
}

function sourceProblem(source: string): string | null {
  if (isAbsolute(source)) return null;
  if (source.startsWith('~')) return 'must not use "~": write the absolute path on the host';
  if (source.startsWith('.') || source.includes('/'))
    return 'must not use a relative path: write the absolute path on the host';
  if (source.includes('\\')) return 'must be a path of a Linux host or the name of a volume';
  return VOLUME_NAME.test(source)
    ? null
    : 'must name a volume with letters, digits, "_", "." and "-", at least two of them, first a letter or digit';
}

function modeProblem(mode: string, modes: Readonly<Record<string, string>>, source: string): string | null {
  const known = Object.keys(modes).join(', ');
  const seen = new Set<string>();
  for (const each of mode.split(',')) {
    const kind = Object.hasOwn(modes, each) ? modes[each] : undefined;
    if (kind === undefined) return `must have a mode of ${known}; "${each}" is none`;
    if (seen.has(kind)) return `must have one ${kind} mode, not several`;
    if (kind === 'copy' && isAbsolute(source)) return 'must not use nocopy for a path of the host';
    if (kind === 'propagation' && !isAbsolute(source))
      return 'must use mount propagation for paths of the host only';
    seen.add(kind);
  }
  return null;
}

/** What `-v` says: an anonymous volume at a target, or a bind in the engine's own text form. */
export type VolumeFlag = { readonly anonymous: string } | { readonly bind: string; readonly volume: Volume };

export const readVolumeFlag: Reader<VolumeFlag> = (text) => {
  if (text === '') return refuse('must not be empty');
  if (!text.includes(':')) {
    const problem = targetProblem(text);
    return problem === null ? accept({ anonymous: text }) : refuse(problem);
  }
  const volume = readParts(text, ENGINE_MODES);
  return isRefused(volume) ? volume : accept({ bind: text, volume: volume.value });
};

/** Where a bind of the engine's text form mounts to, cleaned. */
export function bindTarget(bind: string): string {
  return cleanPath(bind.split(':')[1] ?? bind);
}

/** What a bind mounts: a path of the host or the name of a volume. */
export function bindSource(bind: string): string {
  return bind.split(':')[0] ?? bind;
}

/**
 * The volume in the engine's words. As a Mount the engine refuses a host path that does not exist (as a Bind it would make it, as root);
 * only the SELinux labels z and Z exist in the Bind form alone.
 */
export function volumeInBody(volume: Volume): { readonly mount: Mount } | { readonly bind: string } {
  if (volume.modes.some((mode) => mode === 'z' || mode === 'Z')) {
    return { bind: [volume.source, volume.target, volume.modes.join(',')].join(':') };
  }
  const readOnly = volume.modes.includes('ro') ? { ReadOnly: true } : {};
  return { mount: { Type: volume.type, Source: volume.source, Target: volume.target, ...readOnly } };
}

const TMPFS_FLAGS = new Set(
  (
    'defaults ro rw exec noexec suid nosuid dev nodev sync async dirsync atime noatime diratime nodiratime relatime ' +
    'norelatime strictatime nostrictatime bind rbind remount mand nomand ' +
    'shared slave private unbindable rshared rslave rprivate runbindable'
  ).split(' '),
);
const TMPFS_VALUES = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

/** `/path[:options]` as `--tmpfs` and the spec's `tmpfs` take it, e.g. `/run:rw,nosuid,size=64m`. Gives path and options. */
export const readTmpfs: Reader<readonly [string, string]> = (text) => {
  const colon = text.indexOf(':');
  const [path, options] = colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  const problem = targetProblem(path);
  if (problem !== null) return refuse(problem);
  const unknown = options.split(',').find((option) => option !== '' && !isTmpfsOption(option));
  return unknown === undefined
    ? accept([path, options])
    : refuse(`must have options of tmpfs such as size=64m; "${unknown}" is none`);
};

function isTmpfsOption(option: string): boolean {
  const equals = option.indexOf('=');
  return equals === -1
    ? TMPFS_FLAGS.has(option)
    : TMPFS_VALUES.has(option.slice(0, equals)) && equals + 1 < option.length;
}
