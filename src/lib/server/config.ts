/**
 * Flags, environment, slipway.toml, defaults, in this order. All problems are found at once; each names the key, what it was and what was
 * expected. The only reader of process.env.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse as parseToml } from 'smol-toml';
import { KEY_EXPECTED, KEYS, secretKey, type Key } from './config-keys.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly auth: 'local' | 'none';
  readonly setupToken: string | null;
  /** What secrets are encrypted with; null: the key in the data directory. */
  readonly secretKey: string | null;
  readonly trustedProxies: readonly string[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly devPages: boolean;
  /** `unix://…` or `npipe://…`. */
  readonly engine: string;
  /** Of the ssh gateway; null: it is off. */
  readonly sshPort: number | null;
  readonly sshHost: string;
  readonly network: string;
  /** Nothing is ever pulled to the local host. */
  readonly noPull: boolean;
  /** How long lines of agents are kept, and how many bytes of files in all. */
  readonly logsKeepDays: number;
  readonly logsMaxBytes: number;
  /** Bytes that may be sent for a build, and that its folder may hold. */
  readonly maxUpload: number;
  /** Bytes; null is unlimited. */
  readonly defaultMemory: number | null;
  readonly defaultCpu: number | null;
}

/** A setting that cannot be used. The message has one line for each problem. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Read by scripts and tests, or by a person's own (the token of the curl calls that the form shows), not by the server. */
const OTHER_ENV = /^SLIPWAY_(?:CONFIG|NO_INSTALL|TOKEN|TEST_.*|CI_.*)$/;

export interface ConfigSources {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Throws ConfigError. */
export function readConfig(sources: ConfigSources): Config {
  const problems: string[] = [];
  const flags = readFlags(sources.argv, problems);
  const file = readFile(sources, problems);
  const known = new Set<string>(Object.values(KEYS).map((each) => each.env));
  for (const name of Object.keys(sources.env)) {
    if (name.startsWith('SLIPWAY_') && !known.has(name) && !OTHER_ENV.test(name))
      problems.push(`${name}: unknown setting`);
  }

  function value<Value>(each: Key<Value>): Value {
    const flagName = `--${each.name.replaceAll(/[._]/g, '-')}`;
    const given = [
      { from: flagName, value: flags.get(flagName) },
      { from: each.env, value: sources.env[each.env] },
      { from: `slipway.toml: ${each.name}`, value: file.get(each.name) },
    ].find((source) => source.value !== undefined && source.value !== '');
    if (given === undefined) return each.fallback();
    const read = each.read(given.value);
    if (read !== undefined) return read;
    const shown =
      each.name === 'setup_token' || each.name === 'secret_key'
        ? 'what was given'
        : JSON.stringify(given.value);
    problems.push(`${given.from}: ${shown} is not ${each.expected}`);
    return each.fallback();
  }

  const dockerHost = value(KEYS.dockerHost);
  const dockerSocket = value(KEYS.dockerSocket);
  const keyFile = value(KEYS.secretKeyFile);
  const host = value(KEYS.host);
  const config: Config = {
    host,
    port: value(KEYS.port),
    dataDir: resolve(sources.cwd, value(KEYS.dataDir)),
    auth: value(KEYS.auth),
    setupToken: value(KEYS.setupToken),
    secretKey: value(KEYS.secretKey) ?? (keyFile === null ? null : readKeyFile(sources, keyFile, problems)),
    trustedProxies: value(KEYS.trustedProxies),
    logLevel: value(KEYS.logLevel),
    devPages: value(KEYS.devPages),
    engine:
      dockerHost ??
      (dockerSocket === null ? defaultEngine() : `unix://${dockerSocket.replace(/^unix:\/\//, '')}`),
    sshPort: value(KEYS.sshPort),
    sshHost: value(KEYS.sshHost) ?? host,
    network: value(KEYS.network),
    noPull: value(KEYS.noPull),
    logsKeepDays: value(KEYS.logsKeepDays),
    logsMaxBytes: value(KEYS.logsMaxBytes),
    maxUpload: value(KEYS.maxUpload),
    defaultMemory: value(KEYS.defaultMemory),
    defaultCpu: value(KEYS.defaultCpu),
  };
  if (config.auth === 'none' && !isLoopback(config.host)) {
    problems.push(`SLIPWAY_AUTH: none is allowed only on a loopback address, and HOST is ${config.host}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readKeyFile(sources: ConfigSources, file: string, problems: string[]): string | null {
  try {
    const key = secretKey(readFileSync(resolve(sources.cwd, file), 'utf8'));
    if (key !== undefined) return key;
    problems.push(`SLIPWAY_SECRET_KEY_FILE: ${file} does not hold ${KEY_EXPECTED}`);
  } catch (error) {
    problems.push(`SLIPWAY_SECRET_KEY_FILE: ${error instanceof Error ? error.message : file}`);
  }
  return null;
}

/** The configuration of this process. */
export function processConfig(argv: readonly string[]): Config {
  return readConfig({ argv, env: process.env, cwd: process.cwd() });
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function defaultEngine(): string {
  return process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
}

function readFlags(argv: readonly string[], problems: string[]): Map<string, string> {
  const options = Object.fromEntries(
    Object.values(KEYS).map((each) => [each.name.replaceAll(/[._]/g, '-'), { type: 'string' as const }]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    return new Map(
      Object.entries(values).flatMap(([name, value]) =>
        typeof value === 'string' ? [[`--${name}`, value]] : [],
      ),
    );
  } catch (error) {
    problems.push(
      error instanceof Error
        ? (error.message.split(/\. To specify|\.?\n/)[0] ?? error.message)
        : String(error),
    );
    return new Map();
  }
}

function readFile(sources: ConfigSources, problems: string[]): Map<string, unknown> {
  const named = sources.env['SLIPWAY_CONFIG'];
  const path = resolve(sources.cwd, named ?? 'slipway.toml');
  if (!existsSync(path)) {
    if (named !== undefined) problems.push(`SLIPWAY_CONFIG: there is no file ${path}`);
    return new Map();
  }
  const values = new Map<string, unknown>();
  try {
    const table: unknown = parseToml(readFileSync(path, 'utf8'));
    if (typeof table === 'object' && table !== null) flatten(table, '', values);
  } catch (error) {
    problems.push(`slipway.toml: ${error instanceof Error ? error.message.trim() : String(error)}`);
    return new Map();
  }
  const known = new Set<string>(Object.values(KEYS).map((each) => each.name));
  for (const name of values.keys()) {
    if (!known.has(name)) problems.push(`slipway.toml: ${name}: unknown setting`);
  }
  return values;
}

function flatten(table: object, prefix: string, into: Map<string, unknown>): void {
  for (const name of Object.keys(table)) {
    const value: unknown = Reflect.get(table, name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date))
      flatten(value, `${prefix}${name}.`, into);
    else into.set(prefix + name, value);
  }
}
