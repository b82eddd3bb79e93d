import type Docker from 'dockerode';
import { isOlder } from '#lib/domain/docker-run/api-version.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ImageFacts } from '../facts.ts';
import type { DiskUsage, HistoryFacts } from '../image-facts.ts';
import { call, CALL_MS, START_MS } from './deadlines.ts';
import { toDiskUsage, toStoredBytes, toHistoryFacts, toImageFacts, toListedImage } from './image-shapes.ts';
import { splitReference } from './reference-parts.ts';
import { get, imagePath, post } from './requests.ts';

const DISK_USAGE_MS = 5 * 60_000;

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

export async function tagImage(docker: Docker, reference: string, name: string): Promise<void> {
  const { repository, tag } = splitReference(name);
  await call('image', reference, CALL_MS, undefined, (abortSignal) =>
    post(
      docker,
      `/images/${imagePath(reference)}/tag?`,
      { repo: repository, tag },
      {},
      { 200: true, 201: true },
      abortSignal,
    ),
  );
}

export async function imageHistory(
  docker: Docker,
  reference: string,
  signal?: AbortSignal,
): Promise<HistoryFacts[]> {
  const list = await call('image', reference, CALL_MS * 3, signal, (abortSignal) =>
    get(docker, `/images/${imagePath(reference)}/history?`, {}, abortSignal),
  );
  return Array.isArray(list) ? list.map(toHistoryFacts) : [];
}

/** Before API 1.42 the engine cannot leave out containers, volumes and the build cache, and measures them too. */
export async function diskUsage(
  docker: Docker,
  apiVersion: string,
  signal?: AbortSignal,
): Promise<DiskUsage> {
  const query = isOlder(apiVersion, '1.42') ? {} : { type: 'image' };
  const answer = await call('read', undefined, DISK_USAGE_MS, signal, (abortSignal) =>
    get(docker, '/system/df?', query, abortSignal),
  );
  return toDiskUsage(answer);
}

export async function storedBytes(docker: Docker, signal?: AbortSignal): Promise<number> {
  const answer = await call('read', undefined, DISK_USAGE_MS, signal, (abortSignal) =>
    get(docker, '/system/df?', {}, abortSignal),
  );
  return toStoredBytes(answer);
}
