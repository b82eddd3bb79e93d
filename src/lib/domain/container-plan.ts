import type { AgentSpec, SecurityProfile, VolumeSpec } from './agent-spec.ts';
import {
  isUserDefinedNetwork,
  type CreateBody,
  type Endpoint,
  type HostConfig,
  type Mount,
} from './docker-run/create-body.ts';
import { readDevice } from './docker-run/devices.ts';
import { cleanPath } from './docker-run/paths.ts';
import { readUlimit } from './docker-run/limits.ts';
import { portBinding, portKey, readPort } from './docker-run/ports.ts';
import { isRefused, type Reader } from './docker-run/read.ts';
import { volumeInBody } from './docker-run/volumes.ts';
import type { Labels } from './labels.ts';

/** What a package manager needs as root inside the container, and nothing that reaches outside it. */
const PACKAGE_MANAGER_CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
] as const;

export const PROFILES = {
  standard: { SecurityOpt: ['no-new-privileges'], CapDrop: ['ALL'], CapAdd: PACKAGE_MANAGER_CAPABILITIES },
  hardened: {
    SecurityOpt: ['no-new-privileges'],
    CapDrop: ['ALL'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,nosuid,nodev,mode=1777', '/run': 'rw,nosuid,nodev,mode=755' },
  },
  unrestricted: {},
} as const satisfies Record<SecurityProfile, HostConfig>;

/** What every agent reaches its host by. */
export const HOST_GATEWAY = 'host.docker.internal:host-gateway';
export const ENGINE_SOCKET = '/var/run/docker.sock';

/** The predefined networks have no DNS: the engine makes a container with a name of its own there and then refuses to start it. */
export function hasNames(network: string): boolean {
  return isUserDefinedNetwork(network);
}

/**
 * The body of `POST /containers/create` for a spec, without its start args (agent-container.ts lays those over). Only what we set is named;
 * absent keys mean the engine's default. Pure; the labels are given because they hold the identity.
 */
export function planContainer(name: string, spec: AgentSpec, labels: Labels): CreateBody {
  const { security } = spec;
  const networks = security.hostNetwork ? ['host'] : spec.networks;
  const ports = published(spec);
  return {
    Image: spec.image,
    Hostname: spec.hostname ?? name,
    // no word at all is the image's own command, as for the engine
    ...(spec.command === null || spec.command.length === 0 ? {} : { Cmd: spec.command }),
    ...(spec.entrypoint === null ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.workdir === null ? {} : { WorkingDir: spec.workdir }),
    ...(spec.user === null ? {} : { User: spec.user }),
    Tty: spec.tty,
    OpenStdin: spec.stdin,
    Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
    Labels: labels,
    ...(ports === null
      ? {}
      : { ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])) }),
    HostConfig: {
      ...limits(spec),
      NetworkMode: networks[0] ?? 'bridge',
      ...(ports === null ? {} : { PortBindings: ports }),
      RestartPolicy: { Name: spec.restart.name, MaximumRetryCount: spec.restart.maximumRetryCount },
      LogConfig: {
        Type: 'json-file',
        Config: { 'max-size': spec.logging.maxSize, 'max-file': String(spec.logging.maxFile) },
      },
      ExtraHosts: extraHosts(spec),
      ...(spec.dns.length === 0 ? {} : { Dns: spec.dns }),
      ...(spec.runtime === null ? {} : { Runtime: spec.runtime }),
      ...(security.privileged ? { Privileged: true } : profile(security.profile)),
      ...(security.hostPid ? { PidMode: 'host' } : {}),
      ...devices(spec),
      ...mounts(spec),
      ...tmpfs(spec),
    },
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        networks.map((network): [string, Endpoint] => [
          network,
          hasNames(network) ? { Aliases: [name] } : {},
        ]),
      ),
    },
  };
}

/** Ours gives way to an address of the agent's own for that name. */
function extraHosts({ extraHosts: own }: AgentSpec): readonly string[] {
  const name = `${HOST_GATEWAY.split(':')[0] ?? ''}:`;
  return own.some((each) => each.startsWith(name)) ? own : [HOST_GATEWAY, ...own];
}

function profile(name: SecurityProfile): HostConfig {
  const { ...settings }: HostConfig = PROFILES[name];
  return settings;
}

function limits({ resources }: AgentSpec): HostConfig {
  const { memory, cpu, pids, shmSize, ulimits, diskQuota } = resources;
  return {
    // as much swap as memory would let an agent use twice its limit: no swap beyond it
    ...(memory === null ? {} : { Memory: memory, MemorySwap: memory }),
    ...(cpu === null ? {} : { NanoCpus: Math.round(cpu * 1e9) }),
    ...(pids === null ? {} : { PidsLimit: pids }),
    ...(shmSize === null ? {} : { ShmSize: shmSize }),
    ...(ulimits.length === 0
      ? {}
      : {
          Ulimits: ulimits.map((each) => known(readUlimit, each)).sort((a, b) => (a.Name < b.Name ? -1 : 1)),
        }),
    ...(diskQuota === null ? {} : { StorageOpt: { size: String(diskQuota) } }),
  };
}

function devices({ devices: list, resources: { gpus } }: AgentSpec): HostConfig {
  const read = list.map((each) => known(readDevice, each));
  const own = read.flatMap((each) => ('device' in each ? [each.device] : []));
  const cdi = read.flatMap((each) => ('cdi' in each ? [each.cdi] : []));
  const which =
    typeof gpus === 'object' && gpus !== null
      ? { DeviceIDs: gpus }
      : { Count: gpus === 'all' ? -1 : (gpus ?? 0) };
  const requests = [
    ...(gpus === null ? [] : [{ ...which, Capabilities: [['gpu']] }]),
    ...(cdi.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: cdi }]),
  ];
  return {
    ...(own.length === 0 ? {} : { Devices: own }),
    ...(requests.length === 0 ? {} : { DeviceRequests: requests }),
  };
}

/** Named volumes are made, and labelled as ours, before the container is (services/volumes.ts). */
function mounts(spec: AgentSpec): HostConfig {
  const own: readonly VolumeSpec[] = [
    ...spec.volumes,
    ...spec.sharedVolumes.map(({ volume, target }) => ({ source: volume, target, modes: [], create: false })),
    ...(spec.security.engineSocket
      ? [{ source: ENGINE_SOCKET, target: ENGINE_SOCKET, modes: [], create: false }]
      : []),
  ];
  const binds: string[] = [];
  const list: Mount[] = [];
  for (const volume of own) {
    const type = volume.source.startsWith('/') ? 'bind' : 'volume';
    const made = volumeInBody({ ...volume, type });
    // as a Bind the engine makes what is not there
    if (volume.create)
      binds.push(
        [volume.source, volume.target, ...(volume.modes.length > 0 ? [volume.modes.join(',')] : [])].join(
          ':',
        ),
      );
    else if ('bind' in made) binds.push(made.bind);
    else list.push(made.mount);
  }
  return { ...(binds.length === 0 ? {} : { Binds: binds }), ...(list.length === 0 ? {} : { Mounts: list }) };
}

/** Those of the profile give way to the agent's own. */
function tmpfs({ tmpfs: own, security, volumes, sharedVolumes }: AgentSpec): HostConfig {
  const given: Readonly<Record<string, string>> =
    security.profile === 'hardened' && !security.privileged ? PROFILES.hardened.Tmpfs : {};
  const taken = new Set(
    [...[...volumes, ...sharedVolumes].map((each) => each.target), ...Object.keys(own)].map(cleanPath),
  );
  const both = { ...Object.fromEntries(Object.entries(given).filter(([path]) => !taken.has(path))), ...own };
  return Object.keys(both).length === 0 ? {} : { Tmpfs: both };
}

function published({ ports }: AgentSpec): NonNullable<HostConfig['PortBindings']> | null {
  if (ports.length === 0) return null;
  const bindings = new Map<string, ReturnType<typeof portBinding>[]>();
  for (const port of ports.flatMap((each) => known(readPort, each))) {
    const binding = portBinding(port);
    const others = bindings.get(portKey(port)) ?? [];
    // the same port twice is once; two times any free port are two
    const twice = others.some((each) => each.HostIp === binding.HostIp && each.HostPort === binding.HostPort);
    if (binding.HostPort === '' || !twice) bindings.set(portKey(port), [...others, binding]);
  }
  return Object.fromEntries(bindings);
}

/** What the schema has accepted before. */
function known<Value>(reader: Reader<Value>, text: string): Value {
  const read = reader(text);
  if (isRefused(read)) throw new Error(`a spec holds "${text}", which ${read.rule}`);
  return read.value;
}
