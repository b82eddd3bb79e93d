/** Why an agent ended, in words. */
import { formatBytes } from './quantities.ts';

export interface CrashVerdict {
  /** One sentence: "It ran out of memory (limit 512 MiB)". */
  readonly text: string;
  /** What the exit code usually means, or null. */
  readonly meaning: string | null;
  readonly cause: 'oom' | 'child-oom' | 'exit' | 'signal' | 'health' | 'start';
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** `nobody` when it ended by itself. */
  readonly stoppedBy: string;
}

export interface EndFacts {
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** Bytes; null is unlimited. */
  readonly memoryLimit: number | null;
  /** Set when it never became ready: what its readiness said last. */
  readonly notReady?: string;
  readonly unhealthy?: boolean;
}

/** What codes usually mean: sysexits of shells and runtimes, and 128 plus the number of a signal. */
const MEANINGS: Readonly<Record<number, string>> = {
  0: 'it finished without an error',
  1: 'a general error; its last output says more',
  2: 'wrong use of a command, or a missing file in a shell',
  125: 'the container itself could not be run',
  126: 'the command was found and could not be executed',
  127: 'the command was not found',
  128: 'an invalid argument to exit',
  255: 'an exit status out of range, often a lost connection or an error of ssh',
};

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP, its terminal went away',
  2: 'SIGINT, an interrupt such as Ctrl+C',
  3: 'SIGQUIT',
  4: 'SIGILL, an illegal instruction: often a program for another processor',
  6: 'SIGABRT, it gave up by itself: a failed assertion or an uncaught error',
  7: 'SIGBUS, a broken memory access: often a full disk or /dev/shm',
  8: 'SIGFPE, an arithmetic error',
  9: 'SIGKILL, from inside: not by memory, as far as the engine knows',
  11: 'SIGSEGV, it touched memory that is not its own',
  13: 'SIGPIPE, nobody read its output',
  14: 'SIGALRM',
  15: 'SIGTERM, something inside asked it to end',
};

/** null for a code that says nothing by custom. */
export function meaningOf(exitCode: number): string | null {
  const meaning = MEANINGS[exitCode];
  if (meaning !== undefined) return meaning;
  const signal = SIGNALS[exitCode - 128];
  return signal === undefined ? null : `ended by ${signal}`;
}

export function verdictOf(end: EndFacts): CrashVerdict {
  const { exitCode, oomKilled } = end;
  const meaning = exitCode === null ? null : meaningOf(exitCode);
  const rest = { meaning, exitCode, oomKilled, stoppedBy: 'nobody' };
  const limit = end.memoryLimit === null ? '' : ` (limit ${formatBytes(end.memoryLimit)})`;
  if (end.notReady !== undefined) {
    return { text: end.notReady, cause: end.unhealthy === true ? 'health' : 'start', ...rest, meaning: null };
  }
  if (oomKilled && exitCode === 137) {
    const text = `It ran out of memory${limit} and was killed by the kernel`;
    return {
      text,
      cause: 'oom',
      ...rest,
      meaning: 'ended by SIGKILL, which the kernel sends when memory ends',
    };
  }
  if (oomKilled) {
    return {
      text: `A process of it ran out of memory${limit}; then it ended with code ${exitCode ?? 'unknown'}`,
      cause: 'child-oom',
      ...rest,
    };
  }
  if (exitCode === 0) return { text: 'It ended by itself with code 0', cause: 'exit', ...rest };
  const signalled = exitCode !== null && SIGNALS[exitCode - 128] !== undefined;
  return {
    text: `It ended by itself with code ${exitCode ?? 'unknown'}`,
    cause: signalled ? 'signal' : 'exit',
    ...rest,
  };
}
