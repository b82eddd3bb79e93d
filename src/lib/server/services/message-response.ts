/** What an agent prints after a message, until it is quiet or says what is waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import { RE2JS } from 're2js';
import { AppError } from '#lib/domain/errors.ts';
import type { LogFrame } from '../engine/engine.ts';
import { plainText } from '../streams/plain-text.ts';

const MAX_BYTES = 1024 ** 2;
const SHOWN_LINES = 50;

export interface ResponseWish {
  readonly timeout: number;
  readonly quiet: number;
  readonly pattern?: string | undefined;
}

/** Reads until then; `output` has to be read on by the caller's closing it. Throws OPERATION_TIMEOUT with what came so far. */
export async function readResponse(
  output: AsyncIterable<LogFrame>,
  { timeout, quiet, pattern }: ResponseWish,
): Promise<string> {
  const wanted = pattern === undefined ? null : RE2JS.compile(pattern);
  const deadline = Date.now() + timeout;
  const frames = output[Symbol.asyncIterator]();
  let said = Buffer.alloc(0);
  let next = frames.next();
  for (;;) {
    // before anything was said there is nothing to be quiet after
    const patience =
      wanted === null && said.length > 0 ? Math.min(quiet, deadline - Date.now()) : deadline - Date.now();
    const waited = new AbortController();
    const frame = await Promise.race([
      next,
      delay(Math.max(0, patience), null, { signal: waited.signal }).catch(() => null),
    ]);
    waited.abort();
    if (frame === null) {
      if (Date.now() < deadline) return textOf(said);
      throw tooLate(timeout, said);
    }
    if (frame.done === true) return textOf(said);
    said = Buffer.concat([said, frame.value.bytes]).subarray(0, MAX_BYTES);
    if (
      wanted !== null &&
      textOf(said)
        .split('\n')
        .some((line) => wanted.matcher(line).find())
    )
      return textOf(said);
    next = frames.next();
  }
}

function textOf(bytes: Buffer): string {
  const lines = bytes.toString().split(/\r?\n/);
  return lines.map((line) => plainText(line)).join('\n');
}

function tooLate(timeoutMs: number, said: Buffer): AppError {
  const output = textOf(said).split('\n').slice(-SHOWN_LINES);
  return new AppError('OPERATION_TIMEOUT', `There was no whole response within ${timeoutMs / 1000} s`, {
    hint: 'The message was sent. Give it more time, or read the log.',
    details: { output },
  });
}
