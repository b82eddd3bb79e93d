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
const SCRIPT = path.join(import.meta.dirname, 'engines.sh');

/** Present on every test engine: the image of shell agents, and BusyBox as root without an entrypoint. */
export const TEST_IMAGES = { starter: 'slipway/starter:latest', busybox: 'slipway-test/busybox:latest' } as const;

/** What can happen to an engine of a test's own; engines.sh says what each does. */
const FAULTS = ['crash', 'term', 'boot', 'hang', 'unhang', 'freeze', 'thaw', 'power'] as const;

export interface TestEngine extends Readonly<Record<(typeof FAULTS)[number], () => Promise<void>>> {
  /** Path of its unix socket. */
  readonly socket: string;
  /** The docker CLI on it; gives its standard output without the last newline. */
  cli(...args: string[]): Promise<string>;
  /** Runs a command inside the engine's machine, where published ports can be reached. */
  inside(...command: string[]): Promise<string>;
  /** Ends and removes it, unless it is shared. */
  stop(): Promise<void>;
}

/** Why no engine can be started here, for `describe.skipIf`; undefined where one can. */
export function whyNoTestEngine(): string | undefined {
  if (process.platform !== 'linux') return 'test engines need Linux';
  if (process.getuid?.() !== 0) return 'test engines need root';
  return existsSync('/usr/sbin/dockerd') || existsSync('/usr/bin/dockerd') ? undefined : 'dockerd is not installed';
}

/** @param options `own`: not the shared one, even if there is one; `args`: more flags for dockerd (then it is always an own one) */
export async function startTestEngine(options: { own?: boolean; args?: string } = {}): Promise<TestEngine> {
  const shared = process.env['SLIPWAY_TEST_ENGINE'];
  if (shared !== undefined && shared !== '' && options.own !== true && options.args === undefined) return sharedEngine(shared);
  const prefix = `t${randomBytes(4).readUInt32BE().toString(36).slice(-5)}`;
  const engines = control(prefix);
  await engines('sweep');
  await engines('up', '1').catch(async (error: unknown) => {
    await engines('down');
    throw error;
  });
  const engine = engineOn(prefix, {
    ...Object.fromEntries(FAULTS.map((fault) => [fault, () => engines(fault, '1')])),
    stop: () => engines('down'),
  });
  await run(process.execPath, [path.join(import.meta.dirname, 'test-images.mjs')], {
    env: { ...process.env, DOCKER_HOST: '', DOCKER_SOCKET: engine.socket },
  });
  return engine;
}
