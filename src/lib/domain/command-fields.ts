/** What a docker run command says, parted: what a field of the spec says too becomes that field, the rest stays flags. */
import { RESTART_POLICIES, type RestartPolicy } from './agent-spec.ts';
import { networkFields, securityFields } from './command-isolation.ts';
import { ENGINE_SOCKET, HOST_GATEWAY } from './container-plan.ts';
import type { DeviceRequest, HostConfig, Mount } from './docker-run/create-body.ts';
import { formatDevice } from './docker-run/devices.ts';
import { formatUlimit } from './docker-run/limits.ts';
import { omit } from './docker-run/merge.ts';
import { formatPorts } from './docker-run/ports.ts';
import { isRefused } from './docker-run/read.ts';
import type { RunOptions } from './docker-run/run-options.ts';
import { readVolume } from './docker-run/volumes.ts';
import { hostnameInput } from './inputs/spec-fields.ts';
import { dockerBytes, parseBytes } from './quantities.ts';
import { defined, restartAsInput, type PlainInput } from './spec-input.ts';

interface Split {
  readonly fields: PlainInput;
  /** What no field says. */
  readonly rest: RunOptions;
}

/** A part of the options taken for fields, and which keys that used up. */
interface Part<Whole> {
  readonly fields: PlainInput;
  readonly taken: readonly (keyof Whole)[];
}

type Host = RunOptions['host'];

export function splitOptions(options: RunOptions, name: string | null): Split {
  const config = configFields(options.config, name);
  const host = hostFields(options.host);
  const gpus = deviceFields(options.host);
  const mounts = mountFields(options.host);
  const net = networkFields(options, name);
  const security = securityFields(options);
  const ports = options.host.PortBindings;
  // the engine discards what is published in the network of the host: no field, and no reason to refuse the command
  const discarded = ports !== undefined && net.security.hostNetwork === true;
  const published = new Set(Object.keys(ports ?? {}));
  const exposed = Object.entries(options.config.ExposedPorts ?? {}).filter(([port]) => !published.has(port));
  const securityInput = { ...security.fields, ...net.security, ...mounts.security };
  const resources = { ...host.resources, ...gpus.resources };
  return {
    fields: {
      ...config.fields,
      ...host.fields,
      ...gpus.fields,
      ...mounts.fields,
      ...(Object.keys(resources).length === 0 ? {} : { resources }),
      ...(Object.keys(security.tmpfs).length === 0 ? {} : { tmpfs: security.tmpfs }),
      ...(ports === undefined || discarded ? {} : { ports: formatPorts(ports) }),
      ...(net.networks === null ? {} : { networks: net.networks }),
      ...(Object.keys(securityInput).length === 0 ? {} : { security: securityInput }),
    },
    rest: {
      config: {
        ...omit(options.config, [...config.taken, 'ExposedPorts']),
        ...(exposed.length === 0 ? {} : { ExposedPorts: Object.fromEntries(exposed) }),
      },
      host: {
        ...omit(options.host, [...host.taken, ...TAKEN_IN_PARTS]),
        ...gpus.rest,
        ...mounts.rest,
        ...security.rest,
        ...(discarded ? { PortBindings: ports } : {}),
      },
      networks: net.networks === null && net.security.hostNetwork !== true ? options.networks : [],
      endpoint: net.endpoint,
    },
  };
}

/** What no field says of these comes back with `rest`. */
const TAKEN_IN_PARTS = [
  'Binds',
  'Mounts',
  'Tmpfs',
  'PortBindings',
  'DeviceRequests',
  'Devices',
  'Privileged',
  'PidMode',
  'CapDrop',
  'CapAdd',
  'SecurityOpt',
  'ReadonlyRootfs',
] as const satisfies readonly (keyof Host)[];

function configFields(config: RunOptions['config'], name: string | null): Part<RunOptions['config']> {
  const env = (config.Env ?? []).map((entry) => entry.split(/=(.*)/s, 2));
  const plainEnv = env.every(
    ([key = '', value]) => /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/.test(key) && value !== undefined,
  );
  const { Hostname: hostname, Entrypoint: entrypoint, WorkingDir: workdir, User: user } = config;
  const hostnameFits = hostname === name || hostnameInput.safeParse(hostname).success;
  const reset = entrypoint?.length === 1 && entrypoint[0] === '';
  const absolute = workdir?.startsWith('/') === true;
  return {
    fields: defined({
      // what the CLI does not say is off there, and on here
      tty: config.Tty === true,
      stdin: config.OpenStdin === true,
      user: user === '' ? undefined : user,
      workdir: absolute ? workdir : undefined,
      // the CLI's way to say that the image's own shall not run
      entrypoint: reset ? [] : entrypoint,
      hostname: hostnameFits && hostname !== name ? hostname : undefined,
      env:
        env.length > 0 && plainEnv ? Object.fromEntries(env.map(([key, value]) => [key, value])) : undefined,
    }),
    taken: [
      'Tty',
      'OpenStdin',
      'User',
      'Entrypoint',
      ...(absolute ? (['WorkingDir'] as const) : []),
      ...(hostnameFits ? (['Hostname'] as const) : []),
      ...(plainEnv ? (['Env'] as const) : []),
    ],
  };
}

function hostFields(host: Host): Part<Host> & { readonly resources: PlainInput } {
  const { Memory, MemorySwap, NanoCpus, PidsLimit, ShmSize, Ulimits, StorageOpt } = host;
  const { Dns, ExtraHosts, RestartPolicy, LogConfig, Runtime } = host;
  const limit = (value: number | undefined, text: (value: number) => unknown) =>
    value === undefined ? undefined : value <= 0 ? 'unlimited' : text(value);
  const quota = plainQuota(StorageOpt);
  const logging = plainLogging(LogConfig);
  const hosts = (ExtraHosts ?? []).filter((entry) => entry !== HOST_GATEWAY);
  return {
    resources: defined({
      memory: limit(Memory, dockerBytes),
      cpu: limit(NanoCpus, (nanos) => nanos / 1e9),
      pids: limit(PidsLimit, (count) => count),
      shmSize: ShmSize === undefined || ShmSize === 0 ? undefined : dockerBytes(ShmSize),
      ulimits: Ulimits?.map(formatUlimit),
      diskQuota: quota,
    }),
    fields: defined({
      dns: Dns,
      extraHosts: hosts.length === 0 ? undefined : hosts,
      restart: RestartPolicy === undefined ? undefined : restartAsInput(restartPolicyOf(RestartPolicy)),
      logging: logging ?? undefined,
      runtime: Runtime === '' ? undefined : Runtime,
    }),
    taken: [
      'Memory',
      'NanoCpus',
      'PidsLimit',
      'ShmSize',
      'Ulimits',
      'Dns',
      'ExtraHosts',
      'RestartPolicy',
      'Runtime',
      ...(MemorySwap !== undefined && MemorySwap === Memory ? (['MemorySwap'] as const) : []),
      ...(quota === undefined ? [] : (['StorageOpt'] as const)),
      ...(logging === null ? [] : (['LogConfig'] as const)),
    ],
  };
}

function plainQuota(options: HostConfig['StorageOpt']): string | undefined {
  const { size, ...others } = options ?? {};
  return size === undefined || parseBytes(size) === null || Object.keys(others).length > 0 ? undefined : size;
}

/** GPUs in one plain request, and devices of the host or by CDI names. */
function deviceFields({ Devices = [], DeviceRequests = [] }: Host): {
  readonly fields: PlainInput;
  readonly resources: PlainInput;
  readonly rest: Pick<HostConfig, 'DeviceRequests'>;
} {
  const cdi = DeviceRequests.filter((each) => each.Driver === 'cdi');
  const others = DeviceRequests.filter((each) => each.Driver !== 'cdi');
  const [gpu] = others;
  const gpus = gpu !== undefined && others.length === 1 ? plainGpus(gpu) : undefined;
  const devices = [...Devices.map(formatDevice), ...cdi.flatMap((each) => each.DeviceIDs ?? [])];
  return {
    fields: devices.length === 0 ? {} : { devices },
    resources: defined({ gpus }),
    rest: gpus !== undefined || others.length === 0 ? {} : { DeviceRequests: others },
  };
}

function plainGpus(request: DeviceRequest): unknown {
  if (request.Driver !== undefined || request.Options !== undefined) return undefined;
  if (request.Capabilities?.flat().join() !== 'gpu') return undefined;
  return request.DeviceIDs ?? (request.Count === -1 ? 'all' : request.Count);
}

function plainLogging(log: HostConfig['LogConfig']): PlainInput | null {
  if (log === undefined || (log.Type ?? 'json-file') !== 'json-file') return null;
  const { 'max-size': maxSize, 'max-file': maxFile, ...others } = log.Config ?? {};
  const fits =
    (maxSize === undefined || /^[1-9]\d*[kmg]$/.test(maxSize)) &&
    (maxFile === undefined || /^(?:[1-9]\d?|100)$/.test(maxFile));
  if (Object.keys(others).length > 0 || !fits) return null;
  return defined({ maxSize, maxFile: maxFile === undefined ? undefined : Number(maxFile) });
}

/** Volumes in the short form; of a host path that is given with -v the engine makes what is not there. */
function mountFields({ Binds = [], Mounts = [] }: Host): {
  readonly fields: PlainInput;
  readonly security: { readonly engineSocket?: true };
  readonly rest: Pick<HostConfig, 'Binds' | 'Mounts'>;
} {
  const volumes: unknown[] = [];
  const binds: string[] = [];
  for (const bind of Binds) {
    const read = readVolume(bind);
    if (isRefused(read)) binds.push(bind);
    else if (read.value.type === 'volume') volumes.push(bind);
    else {
      const { source, target, modes } = read.value;
      volumes.push({
        source,
        target,
        ...(modes.length === 0 ? {} : { mode: modes.join(',') }),
        create: true,
      });
    }
  }
  const isSocket = (mount: Mount): boolean => plainMount(mount) === `${ENGINE_SOCKET}:${ENGINE_SOCKET}`;
  const left = Mounts.filter((mount) => plainMount(mount) === null);
  const plain = Mounts.filter((mount) => !left.includes(mount) && !isSocket(mount));
  volumes.push(...plain.map(plainMount));
  return {
    fields: volumes.length === 0 ? {} : { volumes },
    security: Mounts.some(isSocket) ? { engineSocket: true } : {},
    rest: { ...(binds.length === 0 ? {} : { Binds: binds }), ...(left.length === 0 ? {} : { Mounts: left }) },
  };
}

/** The mount in the short form, or null when that cannot say all of it. */
function plainMount({ Type, Source = '', Target, ReadOnly, ...others }: Mount): string | null {
  const text = [Source, Target, ...(ReadOnly === true ? ['ro'] : [])].join(':');
  const read = readVolume(text);
  const plain = !isRefused(read) && read.value.type === Type && Object.keys(others).length === 0;
  return plain ? text : null;
}

function restartPolicyOf(policy: NonNullable<HostConfig['RestartPolicy']>): RestartPolicy {
  const name = RESTART_POLICIES.find((each) => each === policy.Name) ?? 'no';
  return { name, maximumRetryCount: policy.MaximumRetryCount ?? 0 };
}
