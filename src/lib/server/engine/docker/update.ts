import type Docker from 'dockerode';
import type { ContainerLimits } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { post } from './requests.ts';
import { isObject } from './shapes.ts';
import { toUpdateBody } from './update-body.ts';

/** All in one call: either all of it holds afterwards, or nothing has changed. */
export async function updateContainer(
  docker: Docker,
  id: string,
  limits: ContainerLimits,
  cpus: () => Promise<number>,
): Promise<void> {
  const info = await call('update', undefined, CALL_MS, undefined, (abortSignal) =>
    docker.getContainer(id).inspect({ abortSignal }),
  );
  const hostConfig = isObject(info.HostConfig) ? info.HostConfig : {};
  const body = toUpdateBody(limits, { hostConfig, cpus: limits.cpu === null ? await cpus() : 0 });
  if (Object.keys(body).length === 0) return;
  const path = `/containers/${encodeURIComponent(id)}/update?` as const;
  await call('update', undefined, CALL_MS * 3, undefined, (abortSignal) =>
    post(docker, path, {}, body, { 200: true }, abortSignal),
  );
}
