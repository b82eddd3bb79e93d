/** Limits of the container's processes that have a grammar of their own. */
import { readDecimal, readInteger } from './amounts.ts';
import type { Ulimit } from './create-body.ts';
import { accept, cut, isRefused, refuse, readMatching, type Reader } from './read.ts';

const ULIMITS = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** `nofile=1024[:2048]`; -1 is unlimited. */
export const readUlimit: Reader<Ulimit> = (text) => {
  const [name, range] = cut(text, '=');
  if (range === null) return refuse('must be name=soft[:hard], e.g. nofile=1024:2048');
  if (!ULIMITS.includes(name)) return refuse(`must limit one of ${ULIMITS.join(', ')}`);
  const [softText, hardText] = cut(range, ':');
  const number = readDecimal(-1, Number.MAX_SAFE_INTEGER);
  const soft = number(softText);
  const hard = number(hardText ?? softText);
  if (isRefused(soft) || isRefused(hard))
    return refuse('must have whole numbers as limits, or -1 for unlimited');
  const above = hard.value !== -1 && (soft.value === -1 || soft.value > hard.value);
  return above
    ? refuse('must have a soft limit that is not above the hard one')
    : accept({ Name: name, Soft: soft.value, Hard: hard.value });
};

export function formatUlimit(limit: Ulimit): string {
  return `${limit.Name}=${limit.Soft}${limit.Soft === limit.Hard ? '' : `:${limit.Hard}`}`;
}

/** `0-3`, `0,1`; empty: all of them. */
export const readCpuSet = readMatching(
  /^(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?$/,
  'must be a list such as 0-3 or 0,1',
);

export const readBlkioWeight: Reader<number> = (text) => {
  const weight = readInteger(0, 1000)(text);
  const low = !isRefused(weight) && weight.value > 0 && weight.value < 10;
  return isRefused(weight) || low ? refuse('must be a weight from 10 to 1000, or 0') : weight;
};

const SYSCTLS = new Set(
  ['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced'].map(
    (name) => `kernel.${name}`,
  ),
);

/** `name=value` of a setting that belongs to the container's own namespaces. */
export const readSysctl: Reader<readonly [string, string]> = (text) => {
  const [name, value] = cut(text, '=');
  if (value === null || name === '') return refuse('must be name=value');
  const allowed = SYSCTLS.has(name) || name.startsWith('net.') || name.startsWith('fs.mqueue.');
  return allowed
    ? accept([name, value])
    : refuse(
        'must set something under net., fs.mqueue. or the kernel.* settings of IPC: others are of the whole host',
      );
};
