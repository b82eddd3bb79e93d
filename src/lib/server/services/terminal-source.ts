/** What a terminal session is a window onto: a program that was started for it, or the main process of a container. */
import { AppError } from '#lib/domain/errors.ts';
import type { AttachSession, Engine, ExecSession, LogFrame, TerminalSize } from '../engine/engine.ts';
import type { ReachedAgent } from './agent-reach.ts';

export interface TerminalSource {
  readonly output: AsyncIterable<LogFrame>;
  /** Nobody but this session waits when its output is not read. */
  readonly mayPause: boolean;
  write(bytes: Buffer): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  /** Ends what was started for it. A main process goes on. */
  end(): Promise<void>;
  exitCode(): Promise<number | null>;
  /** Opens it anew after the connection broke; null: it cannot be. */
  readonly again: (() => Promise<TerminalSource>) | null;
}

const SHELLS = ['bash', 'sh'] as const;
const ENVIRONMENT = { TERM: 'xterm-256color', COLORTERM: 'truecolor' };
const TRIES = 5;
const TRY_MS = 1_000;

export interface ProgramWish {
  /** null: a shell. */
  readonly command: readonly string[] | null;
  readonly user?: string;
  readonly workdir?: string;
  readonly size: TerminalSize;
}

/** Throws VALIDATION when the image has no such program, or no shell. */
export async function openProgram(
  { engine, containerId, row }: ReachedAgent,
  { command, user, workdir, size }: ProgramWish,
): Promise<{ readonly source: TerminalSource; readonly command: readonly string[] }> {
  const options = {
    env: ENVIRONMENT,
    terminal: size,
    stdin: true,
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
  };
  if (command !== null) {
    const session = await engine.openExec(containerId, { ...options, command });
    return { source: programSource(session), command };
  }
  for (const shell of SHELLS) {
    try {
      const session = await engine.openExec(containerId, { ...options, command: [shell] });
      return { source: programSource(session), command: [shell] };
    } catch (error) {
      if (!(error instanceof AppError) || !isMissing(error)) throw error;
    }
  }
  throw new AppError('VALIDATION', `The image of ${row.name} has no shell (neither bash nor sh)`, {
    hint: 'Name a command that the image has, or look at its files and its log instead.',
  });
}

/** Throws CONFLICT when the container was made without a terminal or without an open stdin. */
export async function openMainProcess(
  { engine, containerId, row }: ReachedAgent,
  size: TerminalSize,
): Promise<TerminalSource> {
  if (!row.spec.tty)
    throw new AppError('CONFLICT', `The main process of ${row.name} has no terminal`, {
      hint: 'Send it messages, open a shell beside it, or make the agent with a terminal.',
    });
  const session = await engine.attach(containerId, { stdin: row.spec.stdin, output: true });
  // a change of size makes a full-screen program draw itself: what it drew before is not told to whoever comes late
  await engine.resizeContainer(containerId, { ...size, rows: size.rows + 1 });
  await engine.resizeContainer(containerId, size);
  return mainSource(engine, containerId, session, () => openMainProcess({ engine, containerId, row }, size));
}

function programSource(session: ExecSession): TerminalSource {
  return {
    output: session.output,
    mayPause: true,
    write: (bytes) => session.write(bytes),
    resize: (size) => session.resize(size),
    end: () => endForSure(session),
    exitCode: () => session.exitCode(),
    again: null,
  };
}

/** The engine may be away for a moment. */
async function endForSure(session: ExecSession): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.end();
      return;
    } catch (error) {
      if (tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_MS * tries));
    }
  }
}

function mainSource(
  engine: Engine,
  containerId: string,
  session: AttachSession,
  again: () => Promise<TerminalSource>,
): TerminalSource {
  return {
    output: session.output,
    mayPause: false,
    write: (bytes) => session.write(bytes),
    resize: (size) => engine.resizeContainer(containerId, size),
    end: () => {
      session.close();
      return Promise.resolve();
    },
    exitCode: () => Promise.resolve(null),
    again,
  };
}

function isMissing(error: AppError): boolean {
  return error.code === 'VALIDATION' && /executable file not found|no such file/i.test(error.message);
}
