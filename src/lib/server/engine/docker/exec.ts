/** Programs that are run inside a container to their end. */
import type { Duplex } from 'node:stream';
import type { ExecOptions, ExecResult } from '../facts.ts';
import { createExec, exitCodeOf, refuseNotStarted, type Way } from './exec-calls.ts';
import { endMarked, newMark } from './exec-marks.ts';
import { demultiplex } from './frames.ts';
import { hijack } from './hijack.ts';
import { Kept } from './kept.ts';
import { toAppError, tooLong } from './problems.ts';

const MAX_BYTES = 1024 ** 2;
const INPUT_PIECE = 65_536;

/** See Engine.execute. The engine has no call that ends an exec, and goes on with it when the connection is closed. */
export async function execute(way: Way, containerId: string, options: ExecOptions): Promise<ExecResult> {
  const { docker } = way;
  const { command, env, user, workdir, stdin } = options;
  const mark = newMark();
  const limit = AbortSignal.timeout(options.timeoutMs);
  const over = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const plan = {
    command,
    mark,
    stdin: stdin !== undefined,
    ...(env === undefined ? {} : { env }),
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
  };
  let begun = false;
  try {
    const id = await createExec(docker, containerId, plan, over);
    begun = true;
    const { stdout, stderr } = await run(way, id, options, over);
    const { exitCode, pid } = await exitCodeOf(docker, id, over);
    refuseNotStarted(exitCode, pid, stdout.bytes().toString());
    return {
      exitCode,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      truncated: stdout.truncated || stderr.truncated,
    };
  } catch (error) {
    if (!over.aborted) throw toAppError(error, 'exec');
    // in vain where the image has no sh or grep, or the engine is gone: it goes on, and whoever waits was told that it took too long
    if (begun) void endMarked({ docker, containerId, user, mark }, 0).catch(() => undefined);
    if (options.signal?.aborted === true) throw toAppError(options.signal.reason, 'exec');
    throw tooLong(options.timeoutMs, error);
  }
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
