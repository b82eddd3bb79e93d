import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, 'truth-server.ts');

/** Slipway in a process that can be killed (truth-server.ts). */
export class TruthProcess {
  /** Of its socket. */
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Resolves when it is up. Throws with what it said when it is not. */
  static async start(options: {
    readonly dataDir: string;
    readonly socket: string;
    /** Spawned at the first start. */
    readonly agent: object;
  }): Promise<TruthProcess> {
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        PATH: process.env['PATH'] ?? '',
        SLIPWAY_DATA_DIR: join(options.dataDir, 'data'),
        SLIPWAY_LOG_LEVEL: 'warn',
        DOCKER_HOST: `unix://${options.socket}`,
        TRUTH_AGENT: JSON.stringify(options.agent),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
    });
    const up = Promise.withResolvers<number>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/^\d+$/.test(line)) up.resolve(Number(line));
      else said = `${said}${line}\n`.slice(-10_000);
    });
    child.once('exit', (code) => {
      up.reject(new Error(`it ended with ${code}: ${said}`));
    });
    return new TruthProcess(child, await up.promise);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
