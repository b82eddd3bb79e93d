/** Programs that are run inside a container, beside its main process. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { ExecOptions, ExecResult } from '../facts.ts';
import type { ConnectAgent } from './connection.ts';
import { call, CALL_MS } from './deadlines.ts';
import { demultiplex } from './frames.ts';
import { hijack } from './hijack.ts';
import { toAppError, tooLong } from './problems.ts';
import { get, post } from './requests.ts';
import { isObject, number } from './shapes.ts';
import { Kept } from './kept.ts';

const MAX_BYTES = 1024 ** 2;
/** Marks what an exec has started, so that it can be found inside: the engine knows its pid on the host only. */
const MARK = 'SLIPWAY_EXEC';
/** The kernel lets a process look at those of its own user, whatever capabilities it has. */
const END_ALL = `for p in /proc/[0-9]*; do grep -qs "$0" "$p/environ" && kill -9 "\${p#/proc/}"; done; :`;
const INPUT_PIECE = 65_536;

interface Way {
  readonly docker: Docker;
  readonly agent: ConnectAgent;
  readonly apiVersion: string;
}

/** See Engine.execute. The engine has no call that ends an exec, and goes on with it when the connection is closed. */
export async function execute(way: Way, containerId: string, options: ExecOptions): Promise<ExecResult> {
  const mark = `${MARK}=${crypto.randomUUID()}`;
  const limit = AbortSignal.timeout(options.timeoutMs);
  const over = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  let begun = false;
  try {
    const id = await create(way.docker, containerId, options, mark, over);
    begun = true;
    const output = await run(way, id, options, over);
    return await result(way.docker, id, output, over);
  } catch (error) {
    if (!over.aborted) throw toAppError(error, 'exec');
    if (begun) void endInside(way.docker, containerId, options.user, mark);
    if (options.signal?.aborted === true) throw toAppError(options.signal.reason, 'exec');
    throw tooLong(options.timeoutMs, error);
  }
}

async function create(
  docker: Docker,
  containerId: string,
  { command, env = {}, user, workdir, stdin }: Omit<ExecOptions, 'timeoutMs'>,
  mark: string | null,
  signal?: AbortSignal,
): Promise<string> {
  const body = {
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: command,
    Env: [...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...(mark === null ? [] : [mark])],
    ...(user === undefined ? {} : { User: user }),
    ...(workdir === undefined ? {} : { WorkingDir: workdir }),
  };
  const path = `/containers/${encodeURIComponent(containerId)}/exec?` as const;
  const answer = await call('exec', undefined, CALL_MS, signal, (abortSignal) =>
    post(docker, path, {}, body, { 201: true }, abortSignal),
  );
  const id = isObject(answer) ? answer['Id'] : undefined;
  if (typeof id !== 'string')
    throw new AppError('ENGINE_ERROR', 'The engine made an exec and did not say which');
  return id;
}

interface Output {
  readonly stdout: Kept;
  readonly stderr: Kept;
}

async function run(
  { agent, apiVersion }: Way,
  id: string,
  { stdin, maxBytes = MAX_BYTES }: ExecOptions,
  signal: AbortSignal,
): Promise<Output> {
  const path = `/v${apiVersion}/exec/${id}/start`;
  const { stream, head } = await hijack(agent, path, { Detach: false, Tty: false }, signal);
  const output = { stdout: new Kept(maxBytes), stderr: new Kept(maxBytes) };
  const end = () => {
    stream.destroy(new Error('aborted'));
  };
  signal.addEventListener('abort', end, { once: true });
  // a program may end without having read its input: then writing fails, and its output is what counts
  const ignored = () => undefined;
  stream.on('error', ignored);
  try {
    signal.throwIfAborted();
    if (stdin !== undefined) void feed(stream, stdin);
    for await (const { stream: name, bytes } of demultiplex(chunks(head, stream), false))
      output[name].add(bytes);
  } catch (error) {
    signal.throwIfAborted();
    if (!isBrokenPipe(error)) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    stream.destroy();
  }
  signal.throwIfAborted();
  return output;
}

async function* chunks(head: Buffer, stream: Duplex): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
}

/** In pieces, each when the one before has gone: so what comes back is read meanwhile. */
async function feed(stream: Duplex, input: Buffer): Promise<void> {
  for (let at = 0; at < input.length && !stream.destroyed; at += INPUT_PIECE) {
    const piece = input.subarray(at, at + INPUT_PIECE);
    await new Promise<void>((resolve) => {
      stream.write(piece, () => {
        resolve();
      });
    });
  }
  stream.end();
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

/** The output ends a moment before the engine knows the code. */
async function result(
  docker: Docker,
  id: string,
  { stdout, stderr }: Output,
  signal: AbortSignal,
): Promise<ExecResult> {
  for (;;) {
    const info = await call('exec', undefined, CALL_MS, signal, (abortSignal) =>
      get(docker, `/exec/${id}/json?`, {}, abortSignal),
    );
    const exitCode = isObject(info) && info['Running'] === false ? number(info['ExitCode']) : null;
    if (isObject(info) && exitCode !== null) {
      refuseNotStarted(exitCode, info['Pid'], stdout.bytes().toString());
      return {
        exitCode,
        stdout: stdout.bytes(),
        stderr: stderr.bytes(),
        truncated: stdout.truncated || stderr.truncated,
      };
    }
    await delay(20, undefined, { signal });
  }
}

/** What could not be started has its reason in the output, 126 or 127 as its code, and no process. */
function refuseNotStarted(exitCode: number, pid: unknown, output: string): void {
  if ((exitCode !== 126 && exitCode !== 127) || pid !== 0) return;
  if (!/^(?:OCI runtime exec failed|unable to find user)/.test(output)) return;
  throw toAppError(Object.assign(new Error(output.trim()), { statusCode: 400 }), 'exec');
}

/** Kills all that carries the mark, as the same user. In vain where the image has no sh or grep, or the engine is gone. */
async function endInside(
  docker: Docker,
  containerId: string,
  user: string | undefined,
  mark: string,
): Promise<void> {
  try {
    const command = ['sh', '-c', END_ALL, mark];
    const id = await create(docker, containerId, { command, ...(user === undefined ? {} : { user }) }, null);
    await call('exec', undefined, CALL_MS, undefined, (abortSignal) =>
      post(docker, `/exec/${id}/start?`, {}, { Detach: true }, { 200: true }, abortSignal),
    );
  } catch {
    // it goes on; whoever waits was told that it took too long
  }
}
