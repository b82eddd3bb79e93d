/**
 * Lays what the flags say over a body that the spec's fields made: later wins over earlier, flags over fields. A single value replaces;
 * lists and maps grow, and an item about the same thing (a variable, a label, a mount target, a host port, a ulimit) replaces the earlier
 * one. What the fields gave and the flags make impossible (no swap beyond the old memory limit, a host name in another container's
 * network) gives way.
 */
import type { FieldProblem } from '../errors.ts';
import type { ContainerConfig, CreateBody, HostConfig } from './create-body.ts';
import { capabilityName, securityPair } from './isolation.ts';
import { joined, replaceByKey, without } from './merge.ts';
import { applyNetworks } from './apply-networks.ts';
import { cleanPath } from './paths.ts';
import { cut } from './read.ts';
import type { RunOptions } from './run-options.ts';
import { bindTarget } from './volumes.ts';

export type Applied = { readonly body: CreateBody } | { readonly problems: readonly FieldProblem[] };

/** `command` replaces the body's; undefined keeps it. */
export function applyRunOptions(
  base: CreateBody,
  options: RunOptions,
  more: {
    readonly image?: string;
    readonly command?: readonly string[] | null;
    readonly field?: string;
  } = {},
): Applied {
  const networked = applyNetworks(base, options);
  if ('rule' in networked) {
    return { problems: [{ field: more.field ?? 'startArgs', value: networked.flag, rule: networked.rule }] };
  }
  const { config, host } = options;
  const body = networked.body;
  return {
    body: {
      ...mergeConfig(body, config),
      Image: more.image ?? body.Image,
      ...(more.command ? { Cmd: more.command } : {}),
      HostConfig: mergeHost(body.HostConfig, host, Object.keys(config.Volumes ?? {})),
    },
  };
}

function mergeConfig(base: CreateBody, config: RunOptions['config']): CreateBody {
  const merged = { ...base, ...config };
  const envKey = (entry: string): string => cut(entry, '=')[0];
  return {
    ...merged,
    ...(config.Env && { Env: replaceByKey(base.Env ?? [], config.Env, envKey) }),
    ...(config.Labels && { Labels: { ...base.Labels, ...config.Labels } }),
    ...(config.ExposedPorts && { ExposedPorts: { ...base.ExposedPorts, ...config.ExposedPorts } }),
    ...(config.Volumes && { Volumes: { ...base.Volumes, ...config.Volumes } }),
    ...(config.Healthcheck && { Healthcheck: mergeHealth(base.Healthcheck, config.Healthcheck) }),
  };
}

type Health = NonNullable<ContainerConfig['Healthcheck']>;

function mergeHealth(base: Health | undefined, health: Health): Health {
  const off = (check: Health | undefined): boolean => check?.Test?.[0] === 'NONE';
  return off(health) || off(base) ? health : { ...base, ...health };
}

function mergeHost(base: HostConfig, host: RunOptions['host'], anonymous: readonly string[]): HostConfig {
  return {
    ...base,
    ...host,
    ...mergeLists(base, host),
    ...mergeDevices(base, host),
    ...mergeMounts(base, host, anonymous),
    ...mergeCapabilities(base, host),
    ...mergeKeyed(base, host),
    ...mergePorts(base, host),
    ...mergeLogging(base, host),
    ...mergeLimits(base, host),
  };
}

/** Lists that only grow, and maps in which a key replaces itself. */
function mergeLists(base: HostConfig, host: RunOptions['host']): HostConfig {
  return {
    ...(host.DeviceCgroupRules && {
      DeviceCgroupRules: joined(base.DeviceCgroupRules, host.DeviceCgroupRules),
    }),
    ...(host.Dns && { Dns: joined(base.Dns, host.Dns) }),
    ...(host.DnsOptions && { DnsOptions: joined(base.DnsOptions, host.DnsOptions) }),
    ...(host.DnsSearch && { DnsSearch: joined(base.DnsSearch, host.DnsSearch) }),
    ...(host.GroupAdd && { GroupAdd: joined(base.GroupAdd, host.GroupAdd) }),
    ...(host.Links && { Links: joined(base.Links, host.Links) }),
    ...(host.VolumesFrom && { VolumesFrom: joined(base.VolumesFrom, host.VolumesFrom) }),
    ...(host.Annotations && { Annotations: { ...base.Annotations, ...host.Annotations } }),
    ...(host.StorageOpt && { StorageOpt: { ...base.StorageOpt, ...host.StorageOpt } }),
    ...(host.Sysctls && { Sysctls: { ...base.Sysctls, ...host.Sysctls } }),
  };
}

/** A target that the flags mount to is theirs, whatever the fields had there. */
function mergeMounts(base: HostConfig, host: RunOptions['host'], anonymous: readonly string[]): HostConfig {
  const targets = new Set([
    ...anonymous.map(cleanPath),
    ...(host.Binds ?? []).map(bindTarget),
    ...(host.Mounts ?? []).map((mount) => cleanPath(mount.Target)),
    ...Object.keys(host.Tmpfs ?? {}).map(cleanPath),
  ]);
  if (targets.size === 0) return {};
  const free = (target: string): boolean => !targets.has(target);
  const binds = [...(base.Binds ?? []).filter((bind) => free(bindTarget(bind))), ...(host.Binds ?? [])];
  const mounts = [
    ...(base.Mounts ?? []).filter((mount) => free(cleanPath(mount.Target))),
    ...(host.Mounts ?? []),
  ];
  const tmpfs = { ...without(base.Tmpfs ?? {}, (path) => !free(cleanPath(path))), ...host.Tmpfs };
  return {
    ...(base.Binds || host.Binds ? { Binds: binds } : {}),
    ...(base.Mounts || host.Mounts ? { Mounts: mounts } : {}),
    ...(base.Tmpfs || host.Tmpfs ? { Tmpfs: tmpfs } : {}),
  };
}

/** What the flags add is not dropped by the fields, and the other way round; ALL covers each. */
function mergeCapabilities(base: HostConfig, host: RunOptions['host']): HostConfig {
  const names = (list: readonly string[] = []): Set<string> => new Set(list.map(capabilityName));
  const [added, dropped] = [names(host.CapAdd), names(host.CapDrop)];
  const kept = (list: readonly string[] = [], against: Set<string>): readonly string[] =>
    against.has('ALL') ? [] : list.filter((name) => !against.has(capabilityName(name)));
  const grown = (list: readonly string[], more: readonly string[] = []): readonly string[] =>
    replaceByKey(list, more, capabilityName);
  return {
    ...(host.CapAdd || (base.CapAdd && dropped.size > 0)
      ? { CapAdd: grown(kept(base.CapAdd, dropped), host.CapAdd) }
      : {}),
    ...(host.CapDrop || (base.CapDrop && added.size > 0)
      ? { CapDrop: grown(kept(base.CapDrop, added), host.CapDrop) }
      : {}),
  };
}

/** Devices by their place in the container, limits by device; GPUs are asked for in one way. */
function mergeDevices(base: HostConfig, host: RunOptions['host']): HostConfig {
  const gpus = host.DeviceRequests?.some((request) => request.Driver !== 'cdi') === true;
  const path = (device: { readonly Path: string }): string => device.Path;
  return {
    ...(host.Devices && {
      Devices: replaceByKey(base.Devices ?? [], host.Devices, (device) => device.PathInContainer),
    }),
    ...(host.DeviceRequests && {
      DeviceRequests: [
        ...(base.DeviceRequests ?? []).filter((request) => !gpus || request.Driver === 'cdi'),
        ...host.DeviceRequests,
      ],
    }),
    ...(host.BlkioWeightDevice && {
      BlkioWeightDevice: replaceByKey(base.BlkioWeightDevice ?? [], host.BlkioWeightDevice, path),
    }),
    ...(host.BlkioDeviceReadBps && {
      BlkioDeviceReadBps: replaceByKey(base.BlkioDeviceReadBps ?? [], host.BlkioDeviceReadBps, path),
    }),
    ...(host.BlkioDeviceWriteBps && {
      BlkioDeviceWriteBps: replaceByKey(base.BlkioDeviceWriteBps ?? [], host.BlkioDeviceWriteBps, path),
    }),
    ...(host.BlkioDeviceReadIOps && {
      BlkioDeviceReadIOps: replaceByKey(base.BlkioDeviceReadIOps ?? [], host.BlkioDeviceReadIOps, path),
    }),
    ...(host.BlkioDeviceWriteIOps && {
      BlkioDeviceWriteIOps: replaceByKey(base.BlkioDeviceWriteIOps ?? [], host.BlkioDeviceWriteIOps, path),
    }),
  };
}

function mergeKeyed(base: HostConfig, host: RunOptions['host']): HostConfig {
  const securityKey = (option: string): string => {
    const [key, value] = securityPair(option);
    // label=user:x and label=role:y are two settings
    return key === 'label' ? `label ${cut(value ?? '', ':')[0]}` : key;
  };
  return {
    ...(host.SecurityOpt && {
      SecurityOpt: replaceByKey(base.SecurityOpt ?? [], host.SecurityOpt, securityKey),
    }),
    ...(host.Ulimits && { Ulimits: replaceByKey(base.Ulimits ?? [], host.Ulimits, (limit) => limit.Name) }),
    ...(host.ExtraHosts && {
      ExtraHosts: replaceByKey(base.ExtraHosts ?? [], host.ExtraHosts, (entry) => cut(entry, ':')[0]),
    }),
  };
}

/** A port of the host that the flags claim is theirs; the same port of the container may be published several times. */
function mergePorts(base: HostConfig, host: RunOptions['host']): HostConfig {
  if (host.PortBindings === undefined) return {};
  const protocol = (port: string): string => port.split('/')[1] ?? 'tcp';
  const claimed = new Set(
    Object.entries(host.PortBindings).flatMap(([port, list]) =>
      list.map((each) => `${each.HostPort ?? ''}/${protocol(port)}`),
    ),
  );
  const bindings = new Map(
    Object.entries(base.PortBindings ?? {}).map(([port, list]) => [
      port,
      list.filter((each) => !each.HostPort || !claimed.has(`${each.HostPort}/${protocol(port)}`)),
    ]),
  );
  for (const [port, list] of Object.entries(host.PortBindings))
    bindings.set(port, [...(bindings.get(port) ?? []), ...list]);
  return { PortBindings: Object.fromEntries([...bindings].filter(([, list]) => list.length > 0)) };
}

/** The options of a log driver mean nothing to another one. */
function mergeLogging({ LogConfig: base }: HostConfig, { LogConfig: log }: RunOptions['host']): HostConfig {
  if (log === undefined) return {};
  const sameDriver = log.Type === undefined || log.Type === base?.Type;
  const Type = log.Type ?? base?.Type;
  return {
    LogConfig: {
      ...(Type === undefined ? {} : { Type }),
      Config: { ...(sameDriver ? base?.Config : {}), ...log.Config },
    },
  };
}

function mergeLimits(base: HostConfig, host: RunOptions['host']): HostConfig {
  // "no swap beyond the memory" moves with the memory; without a limit there is nothing to swap beyond
  const followsMemory = base.MemorySwap !== undefined && base.MemorySwap === base.Memory;
  const swap =
    host.Memory !== undefined && host.MemorySwap === undefined && followsMemory
      ? { MemorySwap: host.Memory }
      : {};
  const byPeriod = Boolean(host.CpuPeriod ?? 0) || Boolean(host.CpuQuota ?? 0);
  const byCores = Boolean(host.NanoCpus ?? 0);
  return {
    ...swap,
    ...(byPeriod && base.NanoCpus !== undefined ? { NanoCpus: host.NanoCpus ?? 0 } : {}),
    ...(byCores && base.CpuPeriod !== undefined ? { CpuPeriod: host.CpuPeriod ?? 0 } : {}),
    ...(byCores && base.CpuQuota !== undefined ? { CpuQuota: host.CpuQuota ?? 0 } : {}),
  };
}

/** The smallest body: the engine's defaults for everything. */
export function bareBody(image: string, command: readonly string[] | null = null): CreateBody {
  return { Image: image, ...(command === null ? {} : { Cmd: command }), HostConfig: {} };
}
