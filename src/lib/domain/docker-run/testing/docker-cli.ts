/** The docker CLI that this machine has, run as a person would run it, with words and never through a shell. */
import { execFile, execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { field, text } from './engine-socket.ts';

export interface DockerCli {
  /** `28.2.2` */
  readonly version: string;
  readonly major: number;
  /** The newest API version that it speaks. */
  readonly api: string;
  /** Long names in the help of `docker run` and `docker create`. */
  readonly flags: ReadonlySet<string>;
}

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  DOCKER_CONFIG: `${tmpdir()}/no-docker-config`,
};

/** null: there is no docker CLI here. */
export function findDockerCli(): DockerCli | null {
  const run = (...words: string[]): string =>
    execFileSync('docker', words, {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    const version = /\d+\.\d+\.\d+/.exec(run('--version'))?.[0] ?? '0.0.0';
    const help = run('run', '--help') + run('create', '--help');
    const flags = new Set(
      [...help.matchAll(/^ {2,6}(?:-\w, )?--([a-z\d][a-z\d-]*)/gm)].map(([, name = '']) => name),
    );
    return { version, major: Number(version.split('.')[0]), api: clientApi(), flags };
  } catch {
    return null;
  }
}

/** `docker version` without an engine ends with an error, and says all the same what the client speaks. */
function clientApi(): string {
  try {
    return execFileSync(
      'docker',
      ['-H', 'unix:///nowhere', 'version', '--format', '{{.Client.APIVersion}}'],
      {
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim();
  } catch (error) {
    const output = text(field(error, 'stdout')).trim();
    return /^\d+\.\d+$/.test(output) ? output : '1.41';
  }
}

export interface CliAnswer {
  /** The id of the container; null when the CLI or the engine refused. */
  readonly id: string | null;
  readonly error: string;
}

/** `docker create <words>` against the engine behind a socket. */
export function dockerCreate(socket: string, words: readonly string[]): Promise<CliAnswer> {
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['-H', `unix://${socket}`, 'create', ...words],
      { env: environment, timeout: 30_000 },
      (error, stdout, stderr) => {
        const id = stdout.trim().split('\n').at(-1) ?? '';
        resolve(
          error === null && /^[\da-f]{64}$/.test(id)
            ? { id, error: '' }
            : { id: null, error: stderr.trim() || (error?.message ?? 'no id') },
        );
      },
    );
  });
}
