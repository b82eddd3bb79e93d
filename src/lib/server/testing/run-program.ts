/** A program of the machine, with its whole input and output. */
import { execFile } from 'node:child_process';

export interface Ran {
  /** -1: it was ended. */
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

export function run(program: string, args: readonly string[], input?: Buffer): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024, timeout: 50_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out: stdout, err: stderr.toString() });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? Buffer.alloc(0));
  });
}
