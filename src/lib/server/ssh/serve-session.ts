/** One session channel: a shell, a command, or SFTP. What is asked for before (a terminal, variables) is kept until then. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerChannel, Session } from 'ssh2';
import { AppError } from '#lib/domain/errors.ts';
import type { ExecSession, TerminalSize } from '../engine/engine.ts';
import type { SshSessions } from '../services/ssh-sessions.ts';
import type { SshProgram, SshVisit } from '../services/ssh-visit.ts';
import { drain, feed } from './channel-streams.ts';
import { serveSftp } from './sftp/serve-sftp.ts';

export interface SessionParts {
  readonly sessions: SshSessions;
  /** Asked anew for each program: a role may have changed meanwhile. */
  readonly visit: () => SshVisit;
  readonly onBug: (error: unknown) => void;
}

/** What clients send of their own environment; the rest of it is none of the container's business. */
const VARIABLES = /^(?:LANG|LC_[A-Z]+|TERM|COLORTERM)$/;
const FAILED = 255;
/** Between two questions for the code of a program that has nothing more to say. */
const CODE_MS = 250;
/** The signals that reach a program on a terminal as a key. */
const KEYS: Readonly<Record<string, string>> = { INT: '\x03', QUIT: '\x1c' };

export function serveSession(session: Session, parts: SessionParts): void {
  const { sessions, visit, onBug } = parts;
  const env: Record<string, string> = {};
  let terminal: TerminalSize | null = null;
  let running: ExecSession | null = null;

  session.on('env', (accept, _reject, { key, val }) => {
    if (VARIABLES.test(key)) env[key] = val;
    answer(accept);
  });
  session.on('pty', (accept, _reject, info) => {
    terminal = sizeOf(info);
    const { term } = info as { term?: unknown };
    if (typeof term === 'string' && term !== '') env['TERM'] = term;
    answer(accept);
  });
  session.on('window-change', (accept, _reject, info) => {
    // the last size wins; one for a program that ended is nobody's
    running?.resize(sizeOf(info)).catch(() => undefined);
    answer(accept);
  });
  session.on('signal', (accept, _reject, { name }) => {
    const key = terminal === null ? undefined : KEYS[name];
    if (key === undefined) void running?.end().catch(() => undefined);
    else running?.write(Buffer.from(key)).catch(() => undefined);
    answer(accept);
  });
  const serve = async (channel: ServerChannel, open: () => Promise<SshProgram>): Promise<void> => {
    await carry(channel, open, { onBug, onTerminal: terminal !== null }, (started) => {
      running = started;
    });
  };
  session.on('shell', (accept) => {
    void serve(accept(), () => sessions.shell(visit(), { terminal, env }));
  });
  session.on('exec', (accept, _reject, { command }) => {
    void serve(accept(), () => sessions.run(visit(), command, { terminal, env }));
  });
  session.on('subsystem', (accept, reject, { name }) => {
    if (name !== 'sftp') answer(reject);
    else void serveFiles(accept(), parts);
  });
}

async function serveFiles(channel: ServerChannel, { sessions, visit, onBug }: SessionParts): Promise<void> {
  try {
    const files = sessions.files(visit());
    try {
      await serveSftp(channel, files, onBug);
      channel.exit(0);
    } finally {
      files.over();
    }
    channel.end();
  } catch (error) {
    refuse(channel, error, onBug);
  }
}

/** A program with its streams on the channel, until one of them is over; whatever happens, nothing is left behind inside. */
async function carry(
  channel: ServerChannel,
  open: () => Promise<SshProgram>,
  { onBug, onTerminal }: { readonly onBug: (error: unknown) => void; readonly onTerminal: boolean },
  started: (session: ExecSession) => void,
): Promise<void> {
  let left = false;
  channel.once('close', () => {
    left = true;
  });
  let program: SshProgram;
  try {
    program = await open();
  } catch (error) {
    refuse(channel, error, onBug);
    return;
  }
  const { session, over } = program;
  started(session);
  const leave = () => {
    void session.end().catch(() => undefined);
  };
  if (isTrue(left)) leave();
  else channel.once('close', leave);
  feed(channel, session, onTerminal);
  try {
    await drain(session, channel);
    let code = await session.exitCode();
    // it has closed its streams and goes on
    for (; code === null && !isTrue(left); code = await session.exitCode()) await delay(CODE_MS);
    channel.off('close', leave);
    over(isTrue(left) ? 'the client left' : 'it ended', code);
    channel.exit(code ?? FAILED);
    channel.end();
  } catch (error) {
    over('the connection to the engine broke', null);
    refuse(channel, error, onBug);
  }
}

function refuse(channel: ServerChannel, error: unknown, onBug: (error: unknown) => void): void {
  if (!(error instanceof AppError)) onBug(error);
  const words =
    error instanceof AppError
      ? `slipway: ${error.message}\r\n${error.hint}\r\n`
      : 'slipway: a bug in Slipway; its log says more\r\n';
  channel.stderr.write(words);
  channel.exit(FAILED);
  channel.end();
}

function sizeOf({ cols, rows }: { cols: number; rows: number }): TerminalSize {
  const sane = (value: number, usual: number) => (value >= 1 && value <= 1_000 ? value : usual);
  return { columns: sane(cols, 80), rows: sane(rows, 24) };
}

/** Absent when the client wants no answer, whatever the types say. */
function answer(reply: (() => unknown) | undefined): void {
  reply?.();
}

/** Keeps the type checker from narrowing what a callback changes. */
function isTrue(value: boolean): boolean {
  return value;
}
