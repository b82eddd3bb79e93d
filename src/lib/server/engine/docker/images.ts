import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { ImageFacts, PullOptions, PullProgress } from '../facts.ts';
import { call, CALL_MS, START_MS } from './deadlines.ts';
import { jsonLines } from './json-lines.ts';
import { toAppError } from './problems.ts';
import { bytes, get, imagePath } from './requests.ts';
import { toImageFacts, toListedImage } from './image-shapes.ts';
import { isObject } from './shapes.ts';

export async function inspectImage(
  docker: Docker,
  reference: string,
  signal?: AbortSignal,
): Promise<ImageFacts | null> {
  try {
    const info = await call('image', reference, CALL_MS, signal, (abortSignal) =>
      get(docker, `/images/${imagePath(reference)}/json?`, {}, abortSignal),
    );
    return toImageFacts(info);
  } catch (error) {
    if (error instanceof AppError && (error.code === 'IMAGE_NOT_FOUND' || error.code === 'NOT_FOUND'))
      return null;
    throw error;
  }
}

export async function listImages(
  docker: Docker,
  options: { readonly dangling?: boolean } = {},
): Promise<ImageFacts[]> {
  const dangling = options.dangling === undefined ? {} : { dangling: [String(options.dangling)] };
  const list = await call('read', undefined, CALL_MS * 3, undefined, (abortSignal) =>
    docker.listImages({ filters: JSON.stringify(dangling), abortSignal }),
  );
  return list.map(toListedImage);
}

export async function pullImage(docker: Docker, reference: string, options: PullOptions): Promise<void> {
  try {
    const stream: unknown = await docker.pull(reference, { abortSignal: options.signal });
    for await (const raw of jsonLines(bytes(stream))) {
      // failures come as a line of the stream, under status 200
      const failure = raw['error'];
      if (typeof failure === 'string') throw Object.assign(new Error(failure), { statusCode: 200 });
      options.onProgress?.(pullProgress(raw));
    }
  } catch (error) {
    throw toAppError(options.signal.aborted ? options.signal.reason : error, 'pull', reference);
  }
}

export async function removeImage(
  docker: Docker,
  reference: string,
  options: { readonly force: boolean },
): Promise<void> {
  try {
    await call('image', reference, START_MS, undefined, (abortSignal) =>
      docker.getImage(reference).remove({ force: options.force, abortSignal }),
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'IMAGE_NOT_FOUND') throw error;
  }
}

function pullProgress(raw: Readonly<Record<string, unknown>>): PullProgress {
  const detail = isObject(raw['progressDetail']) ? raw['progressDetail'] : {};
  const amount = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    layer: typeof raw['id'] === 'string' ? raw['id'] : null,
    status: typeof raw['status'] === 'string' ? raw['status'] : '',
    current: amount(detail['current']),
    total: amount(detail['total']),
  };
}
