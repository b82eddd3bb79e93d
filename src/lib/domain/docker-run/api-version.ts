/**
 * A body for an engine of a certain API version. Older engines ignore what they do not know without a word (a volume's subpath mounts the
 * whole volume), so what is too new is listed and has to be refused; what has another place there is moved.
 */
import { attachmentsOf } from './apply-networks.ts';
import type { CreateBody, Endpoint, Mount } from './create-body.ts';
import type { Writable } from './merge.ts';

interface Unsupported {
  /** The flag that says it. */
  readonly flag: string;
  /** The API version that has it. */
  readonly since: string;
}

export interface VersionedBody {
  readonly body: CreateBody;
  /** Networks to connect after create, before start: an engine before 1.44 takes one at create. */
  readonly connect: readonly { readonly name: string; readonly endpoint: Endpoint }[];
  readonly unsupported: readonly Unsupported[];
}

interface Feature extends Unsupported {
  readonly used: (body: CreateBody) => boolean;
}

const anyMount = (test: (mount: Mount) => boolean | undefined) => (body: CreateBody) =>
  (body.HostConfig.Mounts ?? []).some((mount) => test(mount));
const anyEndpoint = (test: (endpoint: Endpoint) => boolean) => (body: CreateBody) =>
  Object.values(body.NetworkingConfig?.EndpointsConfig ?? {}).some(test);
const anySecurity = (start: string) => (body: CreateBody) =>
  (body.HostConfig.SecurityOpt ?? []).some((option) => option.startsWith(start));

const FEATURES: readonly Feature[] = [
  { flag: '--security-opt seccomp=builtin', since: '1.42', used: anySecurity('seccomp=builtin') },
  {
    flag: '--annotation',
    since: '1.43',
    used: (body) => Object.keys(body.HostConfig.Annotations ?? {}).length > 0,
  },
  {
    flag: '--health-start-interval',
    since: '1.44',
    used: (body) => Boolean(body.Healthcheck?.StartInterval),
  },
  {
    flag: '--mount bind-recursive=writable',
    since: '1.44',
    used: anyMount((mount) => mount.BindOptions?.ReadOnlyNonRecursive),
  },
  {
    flag: '--mount bind-recursive=readonly',
    since: '1.44',
    used: anyMount((mount) => mount.BindOptions?.ReadOnlyForceRecursive),
  },
  {
    flag: '--device with a CDI name',
    since: '1.44',
    used: (body) => (body.HostConfig.DeviceRequests ?? []).some((each) => each.Driver === 'cdi'),
  },
  {
    flag: '--mount volume-subpath',
    since: '1.45',
    used: anyMount((mount) => Boolean(mount.VolumeOptions?.Subpath)),
  },
  { flag: '--mount type=image', since: '1.48', used: anyMount((mount) => mount.Type === 'image') },
  {
    flag: '--network gw-priority',
    since: '1.48',
    used: anyEndpoint((endpoint) => Boolean(endpoint.GwPriority)),
  },
  { flag: '--security-opt writable-cgroups', since: '1.48', used: anySecurity('writable-cgroups') },
];

export function bodyForApi(body: CreateBody, apiVersion: string): VersionedBody {
  const unsupported = FEATURES.filter(
    (feature) => isOlder(apiVersion, feature.since) && feature.used(body),
  ).map(({ flag, since }) => ({ flag, since }));
  const macs = attachmentsOf(body).filter(({ endpoint }) => endpoint.MacAddress);
  if (!isOlder(apiVersion, '1.44')) return { body: withEndpointMac(body), connect: [], unsupported };
  const [first, ...later] = attachmentsOf(body);
  const laterMac = macs.some(({ name }) => name !== first?.name)
    ? [{ flag: '--network mac-address', since: '1.44' }]
    : [];
  return {
    body: first === undefined ? body : withOneNetwork(body, first),
    connect: later,
    unsupported: [...unsupported, ...laterMac],
  };
}

/** One network, and its MAC address where it was before 1.44. */
function withOneNetwork(
  body: CreateBody,
  first: { readonly name: string; readonly endpoint: Endpoint },
): CreateBody {
  const { MacAddress, ...endpoint } = first.endpoint;
  const copy: Writable<CreateBody> = { ...body };
  delete copy.NetworkingConfig;
  return {
    ...copy,
    ...(MacAddress === undefined ? {} : { MacAddress }),
    ...(Object.keys(endpoint).length === 0
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [first.name]: endpoint } } }),
  };
}

/** The MAC address of the container moves to its first network. */
function withEndpointMac(body: CreateBody): CreateBody {
  const { MacAddress, ...rest } = body;
  if (!MacAddress) return body;
  const [first, ...others] = attachmentsOf(body);
  const name = first?.name ?? 'default';
  const endpoints = [{ name, endpoint: { MacAddress, ...first?.endpoint } }, ...others];
  return {
    ...rest,
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(endpoints.map((each) => [each.name, each.endpoint])),
    },
  };
}

/** `1.9` is older than `1.41`. */
export function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major === thanMajor ? minor < thanMinor : major < thanMajor;
}
