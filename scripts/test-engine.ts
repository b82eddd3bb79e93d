/**
 * Real Docker engines for tests, each in namespaces of its own (see engines.sh), so that no test touches the machine's engine.
 *
 * `npm test` starts one and names it in SLIPWAY_TEST_ENGINE; tests that only use an engine share it. Tests that break theirs, or are run
 * without `npm test`, start their own.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPTS = import.meta.dirname;

/** Present on every test engine: the image of shell agents, and BusyBox as root without an entrypoint. */
export const TEST_IMAGES = {
  starter: 'slipway/starter:latest',
  busybox: 'slipway-test/busybox:latest',
} as const;

export interface TestEngine {
  /** Path of its unix socket. */
  readonly socket: string;
  /** The docker CLI on it; gives its standard output without white space around. */
  cli(...args: string[]): Promise<string>;
  /** Runs a command inside the engine's machine, where published ports can be reached. */
  inside(...command: string[]): Promise<string>;
  /** kill -9; containers go on. */
  crash(): Promise<void>;
  /** Ended in order. */
  term(): Promise<void>;
  /** Started again after crash, term or power. */
  boot(): Promise<void>;
  /** SIGSTOP: connections are accepted, nothing is answered. */
  hang(): Promise<void>;
  unhang(): Promise<void>;
  /** The whole machine stands still, containers too. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The machine dies at once, with all that is in it. */
  power(): Promise<void>;
  /** Ends and removes it, unless it is shared. */
  stop(): Promise<void>;
}

/** Why no engine can be started here, for `describe.skipIf`; undefined where one can. */
export function whyNoTestEngine(): string | undefined {
  if (process.platform !== 'linux') return 'test engines need Linux';
  if (process.getuid?.() !== 0) return 'test engines need root';
  return existsSync('/usr/sbin/dockerd') || existsSync('/usr/bin/dockerd')
    ? undefined
    : 'dockerd is not installed';
}

/** @param options `own`: not the shared one, even if there is one. `args`: more flags for dockerd, always an own one. */
export async function startTestEngine(options: { own?: boolean; args?: string } = {}): Promise<TestEngine> {
  const shared = process.env['SLIPWAY_TEST_ENGINE'] ?? '';
  if (shared !== '' && options.own !== true && options.args === undefined)
    return testEngine(prefixIn(shared), true);
  const prefix = `t${randomBytes(4).readUInt32BE().toString(36).slice(-5)}`;
  const engine = testEngine(prefix, false);
  try {
    await engines(prefix, ['sweep']);
    await engines(prefix, ['up', '1'], { EN_OWNER: String(process.pid), EN_ARGS: options.args ?? '' });
    const env = { ...process.env, DOCKER_HOST: '', DOCKER_SOCKET: engine.socket };
    await run(process.execPath, [path.join(SCRIPTS, 'test-images.mjs')], { env });
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}

function testEngine(prefix: string, isShared: boolean): TestEngine {
  const socket = `/tmp/slipway-engines/${prefix}/1/run/docker.sock`;
  const fault = (name: string) => async () => {
    if (isShared) throw new Error(`other tests use this engine too: start your own to ${name} it`);
    await engines(prefix, [name, '1']);
  };
  return {
    socket,
    cli: async (...args) =>
      (await run('docker', ['-H', `unix://${socket}`, ...args], { maxBuffer: 64 << 20 })).stdout.trim(),
    inside: async (...command) => engines(prefix, ['in', '1', ...command]),
    crash: fault('crash'),
    term: fault('term'),
    boot: fault('boot'),
    hang: fault('hang'),
    unhang: fault('unhang'),
    freeze: fault('freeze'),
    thaw: fault('thaw'),
    power: fault('power'),
    stop: async () => {
      if (!isShared) await engines(prefix, ['down']);
    },
  };
}

async function engines(
  prefix: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const script = path.join(SCRIPTS, 'engines.sh');
  const { stdout } = await run(script, args, { env: { ...process.env, ...env, EN_PREFIX: prefix } });
  return stdout.trim();
}

function prefixIn(setting: string): string {
  const value: unknown = JSON.parse(setting);
  if (typeof value === 'object' && value !== null && 'prefix' in value && typeof value.prefix === 'string')
    return value.prefix;
  throw new Error('SLIPWAY_TEST_ENGINE must be JSON with a prefix');
}
