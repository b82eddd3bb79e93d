import type Docker from 'dockerode';
import type { Endpoint } from '#lib/domain/docker-run/create-body.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { NetworkFacts } from '../facts.ts';
import { call, CALL_MS } from './deadlines.ts';
import { post } from './requests.ts';

export async function listNetworks(docker: Docker): Promise<NetworkFacts[]> {
  const list = await call('network', undefined, CALL_MS, undefined, (abortSignal) =>
    docker.listNetworks({ abortSignal }),
  );
  return list.map((each) => ({
    id: each.Id,
    name: each.Name,
    driver: each.Driver,
    labels: { ...each.Labels },
  }));
}

export async function createNetwork(docker: Docker, name: string, labels: Labels): Promise<NetworkFacts> {
  const network = await call('network', name, CALL_MS * 3, undefined, (abortSignal) =>
    docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { ...labels },
      abortSignal,
    }),
  );
  return { id: network.id, name, driver: 'bridge', labels };
}

export async function connectNetwork(
  docker: Docker,
  network: string,
  containerId: string,
  endpoint: Endpoint,
  signal?: AbortSignal,
): Promise<void> {
  const body = { Container: containerId, EndpointConfig: endpoint };
  const path = `/networks/${encodeURIComponent(network)}/connect?` as const;
  await call('network', network, CALL_MS * 3, signal, (abortSignal) =>
    post(docker, path, {}, body, { 200: true }, abortSignal),
  );
}

export async function disconnectNetwork(
  docker: Docker,
  network: string,
  containerId: string,
  options: { readonly force: boolean },
): Promise<void> {
  const body = { Container: containerId, Force: options.force };
  const path = `/networks/${encodeURIComponent(network)}/disconnect?` as const;
  try {
    await call('network', network, CALL_MS * 3, undefined, (abortSignal) =>
      post(docker, path, {}, body, { 200: true }, abortSignal),
    );
  } catch (error) {
    if (error instanceof AppError && isApart(error)) return;
    throw error;
  }
}

/** The engine's words for a container that is not in the network: a 500, or a 404 when it is to be done by force. */
export function isApart(error: AppError): boolean {
  return /is not connected to|^(?:[^:]*: )?endpoint .* not found/i.test(error.message);
}

export async function removeNetwork(docker: Docker, id: string): Promise<void> {
  await call('network', undefined, CALL_MS * 3, undefined, (abortSignal) =>
    docker.getNetwork(id).remove({ abortSignal }),
  );
}
