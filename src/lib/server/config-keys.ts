/** What can be set, under which names, and what each setting takes: one table for flags, environment and slipway.toml. */
import { isIP } from 'node:net';
import { parseBytes, parseCores, MIN_MEMORY_BYTES } from '#lib/domain/quantities.ts';
import type { Config } from './config.ts';

export interface Key<Value> {
  /** As in slipway.toml, with dots for tables. The flag is the same with dashes. */
  readonly name: string;
  readonly env: string;
  readonly expected: string;
  /** undefined: not as expected. */
  readonly read: (value: unknown) => Value | undefined;
  readonly fallback: () => Value;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const port = (value: unknown) => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 65_535
    ? number
    : undefined;
};
const flag = (value: unknown) => {
  if (typeof value === 'boolean') return value;
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' || value === '' ? false : undefined;
};
const oneOf =
  <const Value extends string>(...values: readonly Value[]) =>
  (value: unknown): Value | undefined =>
    values.find((each) => each === value);
const list = (value: unknown) => {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value : undefined;
  return typeof value === 'string'
    ? value
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
    : undefined;
};
const memory = (value: unknown): number | null | undefined => {
  if (value === 0 || value === '0' || value === 'unlimited') return null;
  const bytes = typeof value === 'number' ? value : typeof value === 'string' ? parseBytes(value) : null;
  return bytes === null || !Number.isSafeInteger(bytes) || bytes < MIN_MEMORY_BYTES ? undefined : bytes;
};
const size = (value: unknown): number | undefined => {
  const bytes = typeof value === 'number' ? value : typeof value === 'string' ? parseBytes(value) : null;
  return bytes === null || !Number.isSafeInteger(bytes) || bytes <= 0 ? undefined : bytes;
};
const days = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 ? number : undefined;
};
const cores = (value: unknown): number | null | undefined => {
  if (value === 0 || value === '0' || value === 'unlimited') return null;
  const amount = typeof value === 'number' ? value : typeof value === 'string' ? parseCores(value) : null;
  return amount === null || !Number.isFinite(amount) || amount < 0.01 ? undefined : amount;
};

export const KEY_EXPECTED = '64 hexadecimal digits, or 32 bytes in base64';
export const secretKey = (value: unknown) =>
  typeof value === 'string' && /^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/.test(value.trim())
    ? value.trim()
    : undefined;

function proxies(value: unknown): readonly string[] | undefined {
  const entries = list(value);
  const good = entries?.every((entry) => {
    const [address = '', bits, more] = entry.split('/');
    const family = isIP(address);
    return (
      family !== 0 &&
      more === undefined &&
      (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
    );
  });
  return good === true ? entries : undefined;
}

function localEngine(value: unknown): string | undefined {
  return typeof value === 'string' && /^(?:unix:\/\/\/.+|npipe:\/\/.+)/.test(value) ? value : undefined;
}

function key<Value>(
  name: string,
  env: string,
  expected: string,
  read: (value: unknown) => Value | undefined,
  fallback: () => Value,
): Key<Value> {
  return { name, env, expected, read, fallback };
}

export const KEYS = {
  host: key('host', 'HOST', 'an address to listen on', text, () => '127.0.0.1'),
  port: key('port', 'PORT', 'a port from 0 to 65535', port, () => 3200),
  dataDir: key('data_dir', 'SLIPWAY_DATA_DIR', 'a path', text, () => './data'),
  auth: key<Config['auth']>(
    'auth',
    'SLIPWAY_AUTH',
    'local or none',
    oneOf('local', 'none'),
    () => 'local' as const,
  ),
  setupToken: key<string | null>(
    'setup_token',
    'SLIPWAY_SETUP_TOKEN',
    'a text of 16 characters or more',
    (value) => (typeof value === 'string' && value.length >= 16 ? value : undefined),
    () => null,
  ),
  secretKey: key<string | null>('secret_key', 'SLIPWAY_SECRET_KEY', KEY_EXPECTED, secretKey, () => null),
  secretKeyFile: key<string | null>(
    'secret_key_file',
    'SLIPWAY_SECRET_KEY_FILE',
    'the path of a file that holds a key',
    text,
    () => null,
  ),
  trustedProxies: key<readonly string[]>(
    'trusted_proxies',
    'SLIPWAY_TRUSTED_PROXIES',
    'addresses or networks, separated by commas',
    proxies,
    () => [],
  ),
  logLevel: key<Config['logLevel']>(
    'log_level',
    'SLIPWAY_LOG_LEVEL',
    'fatal, error, warn, info, debug, trace or silent',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    () => 'info' as const,
  ),
  devPages: key('dev_pages', 'SLIPWAY_DEV_PAGES', 'true or false', flag, () => false),
  sshPort: key<number | null>('ssh.port', 'SLIPWAY_SSH_PORT', 'a port from 0 to 65535', port, () => null),
  sshHost: key<string | null>('ssh.host', 'SLIPWAY_SSH_HOST', 'an address to listen on', text, () => null),
  network: key(
    'docker.network',
    'DOCKER_NETWORK',
    'the name of a network',
    (value) => (typeof value === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(value) ? value : undefined),
    () => 'slipway-agents',
  ),
  noPull: key('docker.no_pull', 'DOCKER_NO_PULL', 'true or false', flag, () => false),
  maxUpload: key(
    'builds.max_upload',
    'SLIPWAY_MAX_UPLOAD',
    'an amount such as 500m or 2g',
    size,
    () => 1024 ** 3,
  ),
  logsKeepDays: key('logs.keep_days', 'SLIPWAY_LOGS_KEEP_DAYS', 'a number of days from 1', days, () => 30),
  logsMaxBytes: key(
    'logs.max_bytes',
    'SLIPWAY_LOGS_MAX_BYTES',
    'an amount such as 500m or 5g',
    size,
    () => 5 * 1024 ** 3,
  ),
  defaultMemory: key<number | null>(
    'defaults.memory',
    'DEFAULT_MEMORY',
    'an amount such as 512m, at least 6m',
    memory,
    () => 512 * 1024 ** 2,
  ),
  defaultCpu: key<number | null>(
    'defaults.cpu',
    'DEFAULT_CPU',
    'a number of cores such as 0.5',
    cores,
    () => 0.5,
  ),
  dockerHost: key<string | null>(
    'docker.host',
    'DOCKER_HOST',
    'unix:///path/to/docker.sock or npipe:////./pipe/docker_engine',
    localEngine,
    () => null,
  ),
  dockerSocket: key<string | null>(
    'docker.socket',
    'DOCKER_SOCKET',
    'the path of a socket',
    (value) => text(value),
    () => null,
  ),
} as const;
