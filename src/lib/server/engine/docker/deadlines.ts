/** How long calls may take, and how they end: by their deadline, by the caller's signal, or with what the engine said. */
import { AppError } from '#lib/domain/errors.ts';
import { toAppError, type Doing } from './problems.ts';

/** How long a short call may take. A hung engine accepts and never answers. */
export const CALL_MS = 10_000;
/** Starting pulls layers into place and waits for its turn (about 8 starts a second on a small machine). */
export const START_MS = 120_000;
export const COMMIT_MS = 30 * 60_000;

/** A short call with a deadline of its own (a race: a call that is cut in the middle of a body never settles by itself). */
export async function call<Value>(
  doing: Doing,
  subject: string | undefined,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new DOMException('The engine did not answer in time', 'TimeoutError'));
  }, timeoutMs);
  const either = signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    aborted.reject(either.reason);
  };
  if (either.aborted) onAbort();
  either.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(either), aborted.promise]);
  } catch (error) {
    throw toAppError(either.aborted ? either.reason : error, doing, subject);
  } finally {
    clearTimeout(timer);
    either.removeEventListener('abort', onAbort);
    aborted.promise.catch(() => undefined);
  }
}

/** 304 means that it already is as asked. */
export async function already(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError && error.details?.engine?.status === 304) return;
    throw error;
  }
}

/** A stream ends without an error when its signal says so; otherwise its error is mapped. */
export async function* untilAborted<Value>(
  doing: Doing,
  subject: string | undefined,
  signal: AbortSignal,
  source: AsyncIterable<Value>,
): AsyncGenerator<Value> {
  try {
    yield* source;
  } catch (error) {
    if (signal.aborted) return;
    throw toAppError(error, doing, subject);
  }
}
