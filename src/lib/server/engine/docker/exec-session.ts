/** A program inside a container with its standard streams open. See Engine.openExec. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { ExecSession, LogFrame, OpenExecOptions, TerminalSize } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { createExec, exitCodeOf, inspectExec, refuseNotStarted, type Way } from './exec-calls.ts';
import { endMarked, newMark, type Marked } from './exec-marks.ts';
import { demultiplex } from './frames.ts';
import { hijack } from './hijack.ts';
import { toAppError } from './problems.ts';
import { post } from './requests.ts';
import { number } from './shapes.ts';
import { TwoWay } from './two-way.ts';

/** The output may end before the engine knows the code, and before the program itself ends. */
const CODE_MS = 2_000;
const GRACE_MS = 1_000;

export async function openExec(
  way: Way,
  containerId: string,
  options: OpenExecOptions,
): Promise<ExecSession> {
  const { docker, agent, apiVersion } = way;
  const { user, terminal } = options;
  const mark = newMark();
  const id = await createExec(docker, containerId, { ...options, mark });
  const body = { Detach: false, Tty: terminal !== null };
  const { stream, head } = await call('exec', undefined, CALL_MS, undefined, (signal) =>
    hijack(agent, `/v${apiVersion}/exec/${id}/start`, body, signal),
  );
  const session = new DockerExecSession(way, id, new TwoWay(stream, head), terminal !== null, {
    docker,
    containerId,
    user,
    mark,
  });
  try {
    await session.started();
    if (terminal !== null) await session.resize(terminal);
  } catch (error) {
    await session.end(0).catch(() => undefined);
    throw toAppError(error, 'exec');
  }
  return session;
}

class DockerExecSession implements ExecSession {
  readonly output: AsyncIterable<LogFrame>;
  readonly #way: Way;
  readonly #id: string;
  readonly #stream: TwoWay;
  readonly #tty: boolean;
  readonly #marked: Marked;
  #outputOver = false;

  constructor(way: Way, id: string, stream: TwoWay, tty: boolean, marked: Marked) {
    this.#way = way;
    this.#id = id;
    this.#stream = stream;
    this.#tty = tty;
    this.#marked = marked;
    this.output = this.#frames();
  }

  /** The engine answers before it has begun to start anything: then the exec does not run and has no code yet. */
  async started(): Promise<void> {
    const deadline = Date.now() + CALL_MS;
    for (;;) {
      const info = await inspectExec(this.#way.docker, this.#id);
      const [pid, exitCode] = [number(info['Pid']) ?? 0, number(info['ExitCode'])];
      if (pid > 0) return;
      if (info['Running'] === false && exitCode !== null) {
        const said: Buffer[] = [];
        for await (const { bytes } of demultiplex(this.#stream.chunks(), this.#tty)) said.push(bytes);
        refuseNotStarted(exitCode, pid, Buffer.concat(said).toString());
        throw new AppError('ENGINE_ERROR', 'The engine did not start the program');
      }
      if (Date.now() > deadline)
        throw new AppError('OPERATION_TIMEOUT', 'The engine did not start the program in time');
      await delay(5);
    }
  }

  write(bytes: Buffer): Promise<void> {
    return this.#stream.write(bytes);
  }

  endInput(): void {
    this.#stream.endInput();
  }

  /** One that has ended in the meantime is left as it is. */
  async resize({ columns, rows }: TerminalSize): Promise<void> {
    const query = { h: String(rows), w: String(columns) };
    try {
      await call('exec', undefined, CALL_MS, undefined, (signal) =>
        post(this.#way.docker, `/exec/${this.#id}/resize?`, query, {}, { 200: true, 201: true }, signal),
      );
    } catch (error) {
      if ((await inspectExec(this.#way.docker, this.#id))['Running'] !== false) throw error;
    }
  }

  async exitCode(): Promise<number | null> {
    const { docker } = this.#way;
    if (this.#outputOver) return this.#code(AbortSignal.timeout(CODE_MS));
    const info = await inspectExec(docker, this.#id);
    return info['Running'] === false ? number(info['ExitCode']) : null;
  }

  async end(graceMs = GRACE_MS): Promise<boolean> {
    try {
      const info = await inspectExec(this.#way.docker, this.#id);
      // children may have outlived the program
      const gone = await endMarked(this.#marked, info['Running'] === false ? 0 : graceMs);
      if (gone) await this.#code(AbortSignal.timeout(CODE_MS));
      return gone;
    } catch (error) {
      // its container has ended, and it with it
      if (error instanceof AppError && (error.code === 'CONFLICT' || error.code === 'NOT_FOUND')) return true;
      if (error instanceof AppError && error.code === 'VALIDATION') return false;
      throw error;
    } finally {
      this.#stream.close();
    }
  }

  async *#frames(): AsyncGenerator<LogFrame> {
    try {
      yield* demultiplex(this.#stream.chunks(), this.#tty);
      // the end of the stream means that the program ended, or that the engine did
      if (!this.#stream.closed) await inspectExec(this.#way.docker, this.#id);
    } catch (error) {
      throw toAppError(error, 'exec');
    } finally {
      this.#outputOver = true;
    }
  }

  async #code(signal: AbortSignal): Promise<number | null> {
    try {
      return (await exitCodeOf(this.#way.docker, this.#id, signal)).exitCode;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }
}
