/** Programs that scripts run inside agents. */
import { isUtf8 } from 'node:buffer';
import { AppError } from '#lib/domain/errors.ts';
import { execInput, type ExecInput } from '#lib/domain/inputs/inside-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { ExecSession } from '../engine/engine.ts';
import type { Journal } from '../storage/journal.ts';
import { authorize, type Actor } from './access.ts';
import type { AgentReach, ReachedAgent } from './agent-reach.ts';
import { ExecPieces, type ExecPiece } from './exec-pieces.ts';
import { noteInside } from './inside-audit.ts';
import type { SecretService } from './secrets.ts';

/** Of each stream of an answer that is given at once. */
const MAX_BYTES = 8 * 1024 ** 2;
const INPUT_PIECE = 65_536;
const SHOWN_CHARACTERS = 200;

export interface ExecAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** There was more than 8 MiB in one of them. */
  readonly truncated: boolean;
  /** Those that are no text, and so stand here in base64. */
  readonly base64?: readonly ('stdout' | 'stderr')[];
}

export interface ExecParts {
  readonly reach: AgentReach;
  readonly journal: Journal;
  readonly secrets: Pick<SecretService, 'mask'>;
}

export class ExecService {
  readonly #parts: ExecParts;

  constructor(parts: ExecParts) {
    this.#parts = parts;
  }

  /**
   * Runs it to its end. Throws VALIDATION for a program that cannot be started, CONFLICT for an agent that does not run, OPERATION_TIMEOUT past
   * its time and CANCELLED after the signal: then it is ended.
   */
  async run(actor: Actor | null, idOrName: string, raw: unknown, signal: AbortSignal): Promise<ExecAnswer> {
    const who = authorize(actor, 'agents.exec');
    const wish = parseInput(execInput, raw);
    return this.#noted(who, idOrName, wish, async ({ engine, containerId }) => {
      const { stdin, timeout, ...options } = planOf(wish);
      const { exitCode, stdout, stderr, truncated } = await engine.execute(containerId, {
        ...options,
        ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
        timeoutMs: timeout,
        maxBytes: MAX_BYTES,
        signal,
      });
      const binary = (['stdout', 'stderr'] as const).filter(
        (name) => !isText({ stdout, stderr }[name], truncated),
      );
      const text = (name: 'stdout' | 'stderr', bytes: Buffer) =>
        bytes.toString(binary.includes(name) ? 'base64' : 'utf8');
      return {
        exitCode,
        stdout: text('stdout', stdout),
        stderr: text('stderr', stderr),
        truncated,
        ...(binary.length === 0 ? {} : { base64: binary }),
      };
    });
  }

  /** The same as it comes, and its code at last. It is begun when this resolves; who stops reading ends it. */
  async stream(
    actor: Actor | null,
    idOrName: string,
    raw: unknown,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<ExecPiece | { readonly exitCode: number | null }>> {
    const who = authorize(actor, 'agents.exec');
    const wish = parseInput(execInput, raw);
    const { stdin, timeout, ...options } = planOf(wish);
    const session = await this.#noted(who, idOrName, wish, ({ engine, containerId }) =>
      engine.openExec(containerId, { ...options, stdin: stdin !== undefined, terminal: null }),
    );
    if (stdin !== undefined) void feed(session, Buffer.from(stdin));
    return pieces(session, timeout, signal);
  }

  async #noted<Value>(
    who: Actor,
    idOrName: string,
    wish: ExecInput,
    work: (reached: ReachedAgent) => Promise<Value>,
  ): Promise<Value> {
    const { reach, journal, secrets } = this.#parts;
    const agentId = reach.find(idOrName).id;
    const line = secrets.mask(wish.command.join(' '));
    const what = line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
    try {
      const value = await work(reach.running(idOrName));
      noteInside(journal, who, { act: 'exec', agentId, what });
      return value;
    } catch (error) {
      if (error instanceof AppError)
        noteInside(journal, who, { act: 'exec', agentId, what, failed: secrets.mask(error.message) });
      throw error;
    }
  }
}

function planOf({ command, env, user, workdir, stdin, timeout }: ExecInput) {
  return {
    command,
    env,
    timeout,
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
    ...(stdin === undefined ? {} : { stdin }),
  };
}

/** A text that was cut off may end in the middle of a character. */
function isText(bytes: Buffer, truncated: boolean): boolean {
  return isUtf8(bytes) || (truncated && [1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, -cut))));
}

async function feed(session: ExecSession, input: Buffer): Promise<void> {
  try {
    for (let at = 0; at < input.length; at += INPUT_PIECE)
      await session.write(input.subarray(at, at + INPUT_PIECE));
    session.endInput();
  } catch (error) {
    // it may end without having read all of it
    if (!(error instanceof AppError)) throw error;
  }
}

async function* pieces(
  session: ExecSession,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<ExecPiece | { readonly exitCode: number | null }> {
  const limit = AbortSignal.timeout(timeoutMs);
  const over = AbortSignal.any([limit, signal]);
  const end = () => {
    void session.end(0).catch(() => undefined);
  };
  over.addEventListener('abort', end, { once: true });
  let whole = false;
  try {
    const said = new ExecPieces();
    for await (const frame of session.output) {
      yield* said.take(frame);
      if (over.aborted) break;
    }
    if (limit.aborted)
      throw new AppError('OPERATION_TIMEOUT', `The program did not end within ${timeoutMs / 1000} s`);
    if (over.aborted) throw new AppError('CANCELLED', 'Nobody reads its output any more');
    yield* said.end();
    whole = true;
    yield { exitCode: await session.exitCode() };
  } finally {
    over.removeEventListener('abort', end);
    if (!whole) end();
  }
}
