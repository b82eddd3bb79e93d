/**
 * A real registry for tests: Debian's docker-registry on the loopback address of a test engine, which that engine reaches over plain http.
 * What is pushed is kept in memory and ends with it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RegistryLogin } from '../image-facts.ts';

const PROGRAM = '/usr/bin/docker-registry';
const USERNAME = 'slipway';
const PASSWORD = 'test-password';
/** `htpasswd -Bbn` of the two above: the registry takes bcrypt only. */
const HTPASSWD = `${USERNAME}:$2y$05$ISvtra0b8/Z7uOp3XeBtvOle4FcexDj4N./Y9/6b66QEn5G2h.CqG\n`;

export interface TestRegistry {
  /** As a reference begins: `127.0.0.1:41234`. */
  readonly address: string;
  /** Null where it lets everybody in. */
  readonly login: RegistryLogin | null;
  stop(): Promise<void>;
}

/** Why no registry can be started here, for `skipIf`; undefined where one can. */
export function whyNoTestRegistry(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'docker-registry is not installed';
}

/** @param options `engineSocket`: whose engine has to reach it. `login`: it asks for the one that it gives back. */
export async function startTestRegistry(options: {
  readonly engineSocket: string;
  readonly login?: boolean;
}): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const passwords = join(folder, 'htpasswd');
  const settings = join(folder, 'config.json');
  await writeFile(passwords, HTPASSWD);
  const auth = { auth: { htpasswd: { realm: 'slipway-test', path: passwords } } };
  const config = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { inmemory: {}, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
    ...(options.login === true ? auth : {}),
  };
  // JSON is YAML too
  await writeFile(settings, JSON.stringify(config));
  const way = [...inNetworkOf(options.engineSocket), PROGRAM, 'serve', settings];
  const [program = PROGRAM, ...args] = way;
  const registry = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  const stop = async () => {
    if (registry.exitCode === null && registry.signalCode === null) {
      const ended = once(registry, 'exit');
      registry.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await addressOf(registry);
    const login = { username: USERNAME, password: PASSWORD, serverAddress: address };
    return { address, login: options.login === true ? login : null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a command begins with that is to run there. Engines of scripts/engines.sh have a network namespace of their own; another one is on this machine's. */
export function inNetworkOf(engineSocket: string): readonly string[] {
  const [, prefix, machine] = /^\/tmp\/slipway-engines\/([^/]+)\/(\d+)\//.exec(engineSocket) ?? [];
  return prefix === undefined || machine === undefined
    ? []
    : ['nsenter', `--net=/run/netns/${prefix}-${machine}`, '--'];
}

/** It chooses a free port and says which. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('the registry has no output');
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
    said.push(line);
  }
  throw new Error(`the registry did not start: ${said.join('\n')}`);
}
