/** How the main process runs, ends and comes back. */
import { readDecimal } from './amounts.ts';
import type { HostConfig } from './create-body.ts';
import { accept, cut, isRefused, readMatching, refuse, type Reader } from './read.ts';

const SIGNALS = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG ' +
    'USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

/** A signal's name with or without SIG, or its number. */
export const readSignal: Reader<string> = (text) => {
  if (text === '') return accept(text);
  const name = text.toUpperCase().replace(/^SIG/, '');
  const realTime = /^RT(?:MIN\+(?:[1-9]|1[0-5])|MAX-(?:[1-9]|1[0-4]))$/;
  const number = /^\d{1,3}$/.test(text) && Number(text) > 0 && Number(text) <= 64;
  return number || SIGNALS.has(name) || realTime.test(name)
    ? accept(text)
    : refuse('must be a signal such as SIGTERM, INT or 9');
};

const POLICIES = ['no', 'on-failure', 'unless-stopped', 'always'];

/** `no`, `on-failure[:n]`, `unless-stopped` or `always`; empty is `no`. */
export const readRestart: Reader<NonNullable<HostConfig['RestartPolicy']>> = (text) => {
  const [name, count] = cut(text === '' ? 'no' : text, ':');
  if (!POLICIES.includes(name)) return refuse(`must be one of ${POLICIES.join(', ')}`);
  if (count === null || count === '') return accept({ Name: name, MaximumRetryCount: 0 });
  const retries = readDecimal(0, 1_000_000)(count);
  if (isRefused(retries)) return refuse('must have a whole number of retries behind the colon');
  if (name !== 'on-failure' && retries.value > 0)
    return refuse('must have a number of retries for on-failure only');
  return accept({ Name: name, MaximumRetryCount: retries.value });
};

/** What a kernel takes as a host name. */
export const readHostname = readMatching(
  /^(?:[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,63}))?$/,
  'must be a host name of at most 64 letters, digits, "-", "_" and "."',
);

export const readWorkdir = readMatching(/^(?:\/[^\0]*)?$/, 'must be an absolute path');

/** `KEY=value`. A key alone would take its value from the shell that runs docker; there is none here. */
export const readEnv: Reader<readonly [string, string]> = (text) => {
  const [key, value] = cut(text, '=');
  if (key === '') return refuse('must have a name before the equals sign');
  return value === null
    ? refuse(`must give the value too (${key}=...): there is no shell here to take it from`)
    : accept([key, value]);
};

/** The key holds no white space, except before it, where the engine keeps it. */
export const readLabel: Reader<readonly [string, string]> = (text) => {
  const [key, value] = cut(text, '=');
  const bare = key.trimStart();
  if (bare === '' || /\s/.test(bare)) return refuse('must be key=value with a key without white space');
  if (bare.startsWith('dev.slipway.'))
    return refuse('must not set labels under dev.slipway.: by them Slipway knows its own containers');
  return accept([key, value ?? '']);
};

export const readPlatform = readMatching(
  /^(?:[\w.-]+(?:\/[\w.-]+){0,2})?$/,
  'must be os[/architecture[/variant]], e.g. linux/arm64',
);

/** The engine's own rule for names of containers. */
export const readContainerName = readMatching(
  /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
  'must be letters, digits, "_", "." and "-", at least two, first a letter or digit',
);
