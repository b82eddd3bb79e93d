import type Docker from 'dockerode';
import { AppError } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { VolumeFacts } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { get, post } from './requests.ts';
import { isObject, labelsOf, text, time } from './shapes.ts';

export async function listVolumes(docker: Docker): Promise<VolumeFacts[]> {
  const answer = await call('volume', undefined, CALL_MS * 3, undefined, (abortSignal) =>
    get(docker, '/volumes?', {}, abortSignal),
  );
  const list = isObject(answer) ? answer['Volumes'] : null;
  // null where there is none
  return Array.isArray(list) ? list.map(toVolumeFacts) : [];
}

export async function inspectVolume(docker: Docker, name: string): Promise<VolumeFacts | null> {
  try {
    const answer = await call('volume', name, CALL_MS, undefined, (abortSignal) =>
      get(docker, `/volumes/${encodeURIComponent(name)}?`, {}, abortSignal),
    );
    return toVolumeFacts(answer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

export async function createVolume(
  docker: Docker,
  name: string,
  labels: Labels,
  signal?: AbortSignal,
): Promise<VolumeFacts> {
  const body = { Name: name, Labels: labels };
  const answer = await call('volume', name, CALL_MS * 3, signal, (abortSignal) =>
    post(docker, '/volumes/create?', {}, body, { 200: true, 201: true }, abortSignal),
  );
  return toVolumeFacts(answer);
}

export async function removeVolume(docker: Docker, name: string): Promise<void> {
  try {
    await call('volume', name, CALL_MS * 3, undefined, (abortSignal) =>
      docker.getVolume(name).remove({ abortSignal }),
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
  }
}

export function toVolumeFacts(raw: unknown): VolumeFacts {
  const volume = isObject(raw) ? raw : {};
  return {
    name: text(volume['Name']),
    driver: text(volume['Driver']),
    labels: labelsOf(volume['Labels']),
    createdAt: time(volume['CreatedAt']),
    mountpoint: text(volume['Mountpoint']),
  };
}
