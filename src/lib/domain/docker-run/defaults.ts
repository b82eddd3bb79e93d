/** What the engine takes when a key is absent. A body without it says the same, and compares equal with one that never said it. */
import type { CreateBody, Endpoint, HostConfig } from './create-body.ts';
import type { Writable } from './merge.ts';

/** By key, wherever it stands. Empty texts, lists and maps, zero and null are the default of every key but the ones below. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  AutoRemove: false,
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  OomKillDisable: false,
  MemorySwappiness: -1,
  NetworkMode: 'default',
  Isolation: 'default',
};

/** No entrypoint, no paths masked, no time to stop, a swappiness of zero: each differs from nothing said. */
const MEANT_WHEN_EMPTY = new Set([
  'Entrypoint',
  'MaskedPaths',
  'ReadonlyPaths',
  'StopTimeout',
  'MemorySwappiness',
]);

export function withoutDefaults(body: CreateBody): CreateBody {
  const { HostConfig: host, NetworkingConfig, Healthcheck: health, ...config } = body;
  const said: Writable<CreateBody> = {
    ...dropDefaults(config),
    Image: body.Image,
    HostConfig: hostWithoutDefaults(host),
  };
  if (health !== undefined && Object.keys(dropDefaults(health)).length > 0)
    said.Healthcheck = dropDefaults(health);
  const endpoints = Object.entries(NetworkingConfig?.EndpointsConfig ?? {}).map(
    ([name, each]) => [name, endpointWithoutDefaults(each)] as const,
  );
  const [only] = endpoints;
  // the network of NetworkMode needs no endpoint of its own when nothing is said about it
  const needless =
    only === undefined ||
    (endpoints.length === 1 &&
      only[0] === (host.NetworkMode ?? 'default') &&
      Object.keys(only[1]).length === 0);
  if (!needless) said.NetworkingConfig = { EndpointsConfig: Object.fromEntries(endpoints) };
  return said;
}

function hostWithoutDefaults({ RestartPolicy: policy, LogConfig: log, ...rest }: HostConfig): HostConfig {
  const said: Writable<HostConfig> = dropDefaults(rest);
  if (policy !== undefined && !['', 'no'].includes(policy.Name))
    said.RestartPolicy = { ...policy, MaximumRetryCount: policy.MaximumRetryCount ?? 0 };
  const logging = dropDefaults(log ?? {});
  if (Object.keys(logging).length > 0) said.LogConfig = logging;
  return said;
}

function endpointWithoutDefaults({ IPAMConfig, ...rest }: Endpoint): Endpoint {
  const addresses = dropDefaults(IPAMConfig ?? {});
  return Object.keys(addresses).length === 0
    ? dropDefaults(rest)
    : { ...dropDefaults(rest), IPAMConfig: addresses };
}

function dropDefaults<T extends object>(object: T): T {
  const copy = { ...object };
  for (const [key, value] of Object.entries(object)) {
    const meant = MEANT_WHEN_EMPTY.has(key) && value !== null && value !== undefined;
    if (value === DEFAULTS[key] || (!meant && isEmpty(value))) Reflect.deleteProperty(copy, key);
  }
  return copy;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
