/** Images on their way: from and to registries, and as tars. */
import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { PullOptions, PushOptions, RegistryLogin } from '../image-facts.ts';
import { answerLines, transferProgress } from './answer-lines.ts';
import { call, untilAborted } from './deadlines.ts';
import { exchange, wire, type Exchange } from './exchange.ts';
import { toAppError, type Doing } from './problems.ts';
import { splitReference } from './reference-parts.ts';
import { imagePath, post } from './requests.ts';
import { text } from './shapes.ts';

/** The engine itself gives a registry 15 s for each of a few tries. */
const LOGIN_MS = 60_000;

export async function pullImage(docker: Docker, reference: string, options: PullOptions): Promise<void> {
  const { repository, tag } = splitReference(reference);
  const { platform, login, signal } = options;
  await transfer(docker, 'pull', reference, options, {
    method: 'POST',
    path: '/images/create?',
    query: { fromImage: repository, tag, ...(platform === undefined ? {} : { platform }) },
    login,
    signal,
  });
}

export async function pushImage(docker: Docker, reference: string, options: PushOptions): Promise<void> {
  const { repository, tag } = splitReference(reference);
  await transfer(docker, 'push', reference, options, {
    method: 'POST',
    path: `/images/${imagePath(repository)}/push?`,
    query: { tag },
    login: options.login ?? null,
    signal: options.signal,
  });
}

async function transfer(
  docker: Docker,
  doing: Doing,
  reference: string,
  { signal, onProgress }: PushOptions,
  request: Exchange,
): Promise<void> {
  try {
    for await (const line of answerLines(exchange(docker, request))) {
      if (text(line['status']) !== '') onProgress?.(transferProgress(line));
    }
    signal.throwIfAborted();
  } catch (error) {
    throw toAppError(signal.aborted ? signal.reason : error, doing, reference);
  }
}

export async function checkLogin(docker: Docker, login: RegistryLogin, signal?: AbortSignal): Promise<void> {
  await call('login', login.serverAddress, LOGIN_MS, signal, (abortSignal) =>
    post(docker, '/auth?', {}, wire(login), { 200: true, 204: true }, abortSignal),
  );
}

export function saveImages(
  docker: Docker,
  references: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const request: Exchange = { method: 'GET', path: '/images/get?', query: { names: references }, signal };
  return untilAborted('save', references.join(', '), signal, exchange(docker, request));
}

const LOADED = /^Loaded image(?: ID)?: (\S+)/;

export async function loadImages(
  docker: Docker,
  tar: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const loaded: string[] = [];
  try {
    const request: Exchange = {
      method: 'POST',
      path: '/images/load?',
      query: { quiet: true },
      body: tar,
      signal,
    };
    for await (const line of answerLines(exchange(docker, request))) {
      const name = LOADED.exec(text(line['stream']))?.[1];
      if (name !== undefined) loaded.push(name);
    }
    signal.throwIfAborted();
  } catch (error) {
    throw toAppError(signal.aborted ? signal.reason : error, 'load');
  }
  if (loaded.length === 0) throw new AppError('ENGINE_ERROR', 'There was no image in the tar');
  return loaded;
}
