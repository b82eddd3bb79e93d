import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_MS = 20_000;
const END_MS = 10_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal to the end of the process. */
  readonly tookMs: number;
}

/** The built server as an operator starts it: `node server.js` with an environment and nothing else. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: string[];

  private constructor(child: ChildProcess, output: string[], url: string) {
    this.#child = child;
    this.#output = output;
    this.url = url;
  }

  /** Resolves when it says where it is up. Throws with its output when it does not. */
  static async start(env: Readonly<Record<string, string>>, directory: string): Promise<ServerProcess> {
    const child = spawn(process.execPath, [path.join(ROOT, 'server.js')], {
      cwd: directory, // a slipway.toml of the developer is not read
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    const up = Promise.withResolvers<string>();
    const failed = (why: string) => {
      up.reject(new Error(`the server ${why}:\n${output.join('')}`));
    };
    const timer = setTimeout(() => {
      failed(`was not up after ${START_MS / 1000} s`);
    }, START_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output.push(text);
        const url = /^Slipway is up at (\S+)$/m.exec(output.join(''))?.[1];
        if (url !== undefined) up.resolve(url);
      });
    }
    child.once('exit', (code) => {
      failed(`ended with ${code}`);
    });
    try {
      return new ServerProcess(child, output, await up.promise);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  get output(): string {
    return this.#output.join('');
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends the signal and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ended> {
    const started = Date.now();
    if (this.running) {
      const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(END_MS) });
      this.#child.kill(signal);
      try {
        await exited;
      } catch {
        this.#child.kill('SIGKILL');
        throw new Error(`the server did not end within ${END_MS / 1000} s of ${signal}:\n${this.output}`);
      }
    }
    return { code: this.#child.exitCode, signal: this.#child.signalCode, tookMs: Date.now() - started };
  }
}
