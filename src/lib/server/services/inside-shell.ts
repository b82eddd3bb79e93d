/** A program inside an agent's container that is started by the shell that its image has. */
import { AppError } from '#lib/domain/errors.ts';
import type { Engine, ExecSession, OpenExecOptions } from '../engine/engine.ts';

const SHELLS = ['bash', 'sh'] as const;

/** Tries `bash`, then `sh`. Throws VALIDATION when the image has neither. */
export async function withShell(
  engine: Engine,
  containerId: string,
  options: (shell: string) => OpenExecOptions,
): Promise<{ readonly session: ExecSession; readonly command: readonly string[] }> {
  for (const shell of SHELLS) {
    const wish = options(shell);
    try {
      return { session: await engine.openExec(containerId, wish), command: wish.command };
    } catch (error) {
      if (!isNoProgram(error)) throw error;
    }
  }
  throw new AppError('VALIDATION', 'The image has no shell: neither bash nor sh is in it', {
    hint: 'Use an image with a shell, or exec a program of the image over the API.',
  });
}

/** The engine could not start it; that it is for want of the program, and not of the user or folder, stands in its words. */
export function isNoProgram(error: unknown): boolean {
  return (
    error instanceof AppError &&
    error.code === 'VALIDATION' &&
    !/unable to find user|no matching entries in passwd|chdir/i.test(
      `${error.message} ${error.details?.engine?.message ?? ''}`,
    )
  );
}

/** The first word of a command line, for the record: what follows may hold values that nobody should read. */
export function programName(words: string): string {
  const first = words.trim().split(/\s/)[0] ?? '';
  return /^[\w./+-]{1,60}$/.test(first) ? first : 'a command';
}
