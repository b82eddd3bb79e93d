/** Files of a container, one by one and as tars. */
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { FileFacts } from '../image-facts.ts';
import { call, CALL_MS, START_MS, untilAborted } from './deadlines.ts';
import { drain, exchange, type Exchange } from './exchange.ts';
import { toFileFacts } from './file-facts.ts';
import { toAppError } from './problems.ts';
import { head } from './requests.ts';

const STAT = 'x-docker-container-path-stat';

const archive = (containerId: string): `${string}?` =>
  `/containers/${encodeURIComponent(containerId)}/archive?`;

export async function statPath(
  docker: Docker,
  containerId: string,
  path: string,
  signal?: AbortSignal,
): Promise<FileFacts | null> {
  try {
    const headers = await call('archive', path, CALL_MS, signal, (abortSignal) =>
      head(docker, archive(containerId), { path }, abortSignal),
    );
    return toFileFacts(path, headers[STAT]);
  } catch (error) {
    if (!(error instanceof AppError) || error.details?.engine?.message !== '') throw error;
    const reason = await refusalOf(docker, containerId, path, signal);
    if (reason.code === 'NOT_FOUND' && !/no such container/i.test(reason.message)) return null;
    throw reason;
  }
}

/** A HEAD is refused without a word, the same as a GET in words: a container that is gone, or a path that is not there. */
async function refusalOf(
  docker: Docker,
  containerId: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<AppError> {
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    await call('archive', path, CALL_MS, signal, async () => {
      for await (const _ of readArchive(docker, containerId, path, either)) return;
    });
    return new AppError('CONFLICT', `${path} has changed while it was looked at`);
  } catch (error) {
    return toAppError(error, 'archive', path);
  } finally {
    over.abort();
  }
}

export function readArchive(
  docker: Docker,
  containerId: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const request: Exchange = { method: 'GET', path: archive(containerId), query: { path }, signal };
  return untilAborted('archive', path, signal, exchange(docker, request));
}

export async function writeArchive(
  docker: Docker,
  containerId: string,
  folder: string,
  tar: Buffer | AsyncIterable<Buffer>,
  signal?: AbortSignal,
): Promise<void> {
  const put = (over: AbortSignal) =>
    drain(
      exchange(docker, {
        method: 'PUT',
        path: archive(containerId),
        query: { path: folder },
        body: tar,
        signal: over,
      }),
    );
  if (Buffer.isBuffer(tar)) {
    await call('archive', folder, START_MS, signal, put);
    return;
  }
  const over = signal ?? new AbortController().signal;
  try {
    await put(over);
    over.throwIfAborted();
  } catch (error) {
    throw toAppError(over.aborted ? over.reason : error, 'archive', folder);
  }
}
