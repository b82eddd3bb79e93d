/** The flag table read backwards: for each flag the values that a body (without defaults) gives it; `true` is a flag without a value. */
import { dockerBytes } from '../quantities.ts';
import { attachmentsOf } from './apply-networks.ts';
import { isUserDefinedNetwork, type CreateBody, type HostConfig } from './create-body.ts';
import { formatDevice, formatGpus } from './devices.ts';
import { formatDuration, formatCpus } from './amounts.ts';
import { formatUlimit } from './limits.ts';
import { without } from './merge.ts';
import { formatMount } from './mounts.ts';
import { formatNetwork } from './networks.ts';
import { formatPorts } from './ports.ts';
import { quoteWord } from './split.ts';

type Value = string | true;
type Formatter = readonly [flag: string, values: (body: CreateBody) => readonly Value[]];

const text = (value: string | number | null | undefined): readonly string[] =>
  value === null || value === undefined || value === '' ? [] : [String(value)];
const bytes = (value: number | undefined): readonly string[] =>
  value === undefined ? [] : [dockerBytes(value)];
const toggle = (value: boolean | undefined): readonly true[] => (value === true ? [true] : []);
const pairs = (map: Readonly<Record<string, string>> | undefined): readonly string[] =>
  Object.entries(map ?? {}).map(([key, value]) => `${key}=${value}`);
const duration = (nanos: number | undefined): readonly string[] =>
  nanos === undefined ? [] : [formatDuration(nanos)];

/** A flag of HostConfig. */
const host = (flag: string, values: (host: HostConfig) => readonly Value[]): Formatter => [
  flag,
  (body) => values(body.HostConfig),
];

const rates = (list: HostConfig['BlkioDeviceReadBps']): readonly string[] =>
  (list ?? []).map(({ Path, Rate }) => `${Path}:${Rate}`);

const OWN_LABEL = 'dev.slipway.';

export const FORMATTERS: readonly Formatter[] = [
  ['--hostname', (body) => text(body.Hostname)],
  ['--domainname', (body) => text(body.Domainname)],
  ['--tty', (body) => toggle(body.Tty)],
  ['--interactive', (body) => toggle(body.OpenStdin)],
  host('--init', ({ Init }) => toggle(Init)),
  host('--init=false', ({ Init }) => toggle(Init === false)),
  ['--user', (body) => text(body.User)],
  ['--workdir', (body) => text(body.WorkingDir)],
  ['--entrypoint', ({ Entrypoint }) => (Entrypoint === undefined ? [] : [Entrypoint[0] ?? ''])],
  host('--group-add', ({ GroupAdd }) => GroupAdd ?? []),
  ['--env', (body) => body.Env ?? []],
  ['--label', (body) => pairs(without(body.Labels ?? {}, (key) => key.startsWith(OWN_LABEL)))],
  host('--annotation', ({ Annotations }) => pairs(Annotations)),
  host('--restart', ({ RestartPolicy: policy }) =>
    policy === undefined
      ? []
      : [policy.Name + (policy.MaximumRetryCount ? `:${policy.MaximumRetryCount}` : '')],
  ),
  ['--stop-signal', (body) => text(body.StopSignal)],
  ['--stop-timeout', (body) => text(body.StopTimeout)],
  ...healthFormatters(),

  host('--memory', ({ Memory }) => bytes(Memory)),
  host('--memory-reservation', ({ MemoryReservation }) => bytes(MemoryReservation)),
  host('--memory-swap', ({ MemorySwap }) => (MemorySwap === -1 ? ['-1'] : bytes(MemorySwap))),
  host('--memory-swappiness', ({ MemorySwappiness }) => text(MemorySwappiness)),
  host('--cpus', ({ NanoCpus }) => (NanoCpus === undefined ? [] : [formatCpus(NanoCpus)])),
  host('--cpu-shares', ({ CpuShares }) => text(CpuShares)),
  host('--cpu-period', ({ CpuPeriod }) => text(CpuPeriod)),
  host('--cpu-quota', ({ CpuQuota }) => text(CpuQuota)),
  host('--cpu-rt-period', ({ CpuRealtimePeriod }) => text(CpuRealtimePeriod)),
  host('--cpu-rt-runtime', ({ CpuRealtimeRuntime }) => text(CpuRealtimeRuntime)),
  host('--cpuset-cpus', ({ CpusetCpus }) => text(CpusetCpus)),
  host('--cpuset-mems', ({ CpusetMems }) => text(CpusetMems)),
  host('--pids-limit', ({ PidsLimit }) => text(PidsLimit)),
  host('--shm-size', ({ ShmSize }) => bytes(ShmSize)),
  host('--ulimit', ({ Ulimits }) => (Ulimits ?? []).map(formatUlimit)),
  host('--oom-kill-disable', ({ OomKillDisable }) => toggle(OomKillDisable)),
  host('--oom-score-adj', ({ OomScoreAdj }) => text(OomScoreAdj)),
  host('--cgroup-parent', ({ CgroupParent }) => text(CgroupParent)),
  host('--blkio-weight', ({ BlkioWeight }) => text(BlkioWeight)),
  host('--blkio-weight-device', ({ BlkioWeightDevice }) =>
    (BlkioWeightDevice ?? []).map(({ Path, Weight }) => `${Path}:${Weight}`),
  ),
  host('--device-read-bps', ({ BlkioDeviceReadBps }) => rates(BlkioDeviceReadBps)),
  host('--device-write-bps', ({ BlkioDeviceWriteBps }) => rates(BlkioDeviceWriteBps)),
  host('--device-read-iops', ({ BlkioDeviceReadIOps }) => rates(BlkioDeviceReadIOps)),
  host('--device-write-iops', ({ BlkioDeviceWriteIOps }) => rates(BlkioDeviceWriteIOps)),
  host('--device', ({ Devices }) => (Devices ?? []).map(formatDevice)),
  host('--device', ({ DeviceRequests }) =>
    (DeviceRequests ?? []).flatMap((each) => (each.Driver === 'cdi' ? (each.DeviceIDs ?? []) : [])),
  ),
  host('--device-cgroup-rule', ({ DeviceCgroupRules }) => DeviceCgroupRules ?? []),
  host('--gpus', ({ DeviceRequests }) =>
    (DeviceRequests ?? []).filter((each) => each.Driver !== 'cdi').map(formatGpus),
  ),

  ...networkFormatters(),
  ['--publish', (body) => formatPorts(body.HostConfig.PortBindings ?? {})],
  host('--publish-all', ({ PublishAllPorts }) => toggle(PublishAllPorts)),
  [
    '--expose',
    (body) =>
      Object.keys(
        without(body.ExposedPorts ?? {}, (port) => Object.hasOwn(body.HostConfig.PortBindings ?? {}, port)),
      ),
  ],
  host('--add-host', ({ ExtraHosts }) => ExtraHosts ?? []),
  host('--dns', ({ Dns }) => Dns ?? []),
  host('--dns-option', ({ DnsOptions }) => DnsOptions ?? []),
  host('--dns-search', ({ DnsSearch }) => DnsSearch ?? []),

  host('--volume', ({ Binds }) => Binds ?? []),
  ['--volume', (body) => Object.keys(body.Volumes ?? {})],
  host('--mount', ({ Mounts }) => (Mounts ?? []).map(formatMount)),
  host('--tmpfs', ({ Tmpfs }) =>
    Object.entries(Tmpfs ?? {}).map(([path, options]) => (options === '' ? path : `${path}:${options}`)),
  ),
  host('--volumes-from', ({ VolumesFrom }) => VolumesFrom ?? []),
  host('--volume-driver', ({ VolumeDriver }) => text(VolumeDriver)),
  host('--storage-opt', ({ StorageOpt }) => pairs(StorageOpt)),
  host('--read-only', ({ ReadonlyRootfs }) => toggle(ReadonlyRootfs)),

  host('--privileged', ({ Privileged }) => toggle(Privileged)),
  host('--cap-add', ({ CapAdd }) => CapAdd ?? []),
  host('--cap-drop', ({ CapDrop }) => CapDrop ?? []),
  host('--security-opt', ({ SecurityOpt }) => SecurityOpt ?? []),
  host('--security-opt', ({ MaskedPaths, ReadonlyPaths }) =>
    MaskedPaths?.length === 0 && ReadonlyPaths?.length === 0 ? ['systempaths=unconfined'] : [],
  ),
  host('--cgroupns', ({ CgroupnsMode }) => text(CgroupnsMode)),
  host('--ipc', ({ IpcMode }) => text(IpcMode)),
  host('--pid', ({ PidMode }) => text(PidMode)),
  host('--userns', ({ UsernsMode }) => text(UsernsMode)),
  host('--uts', ({ UTSMode }) => text(UTSMode)),
  host('--sysctl', ({ Sysctls }) => pairs(Sysctls)),
  host('--runtime', ({ Runtime }) => text(Runtime)),
  host('--log-driver', ({ LogConfig }) => text(LogConfig?.Type)),
  host('--log-opt', ({ LogConfig }) => pairs(LogConfig?.Config)),
];

function healthFormatters(): readonly Formatter[] {
  return [
    ['--no-healthcheck', ({ Healthcheck: health }) => toggle(health?.Test?.[0] === 'NONE')],
    ['--health-cmd', ({ Healthcheck: health }) => healthCommand(health?.Test ?? [])],
    ['--health-interval', ({ Healthcheck: health }) => duration(health?.Interval)],
    ['--health-timeout', ({ Healthcheck: health }) => duration(health?.Timeout)],
    ['--health-start-period', ({ Healthcheck: health }) => duration(health?.StartPeriod)],
    ['--health-start-interval', ({ Healthcheck: health }) => duration(health?.StartInterval)],
    ['--health-retries', ({ Healthcheck: health }) => text(health?.Retries)],
  ];
}

/** The CLI knows checks that a shell runs only: a list of words becomes a quoted line. */
function healthCommand([kind, ...words]: readonly string[]): readonly string[] {
  if (kind === 'CMD-SHELL') return words.slice(0, 1);
  return kind === 'CMD' ? [words.map(quoteWord).join(' ')] : [];
}

/** One network in the short flags that each CLI knows; several, or what has no short flag, in the long form. */
function networkFormatters(): readonly Formatter[] {
  const flat = (body: CreateBody) => {
    const networks = attachmentsOf(body);
    const [first] = networks;
    const short = networks.length === 1 && !first?.endpoint.DriverOpts && !first?.endpoint.GwPriority;
    return short ? first?.endpoint : undefined;
  };
  return [
    [
      '--network',
      (body) =>
        attachmentsOf(body).flatMap((each) =>
          flat(body) === undefined ? [formatNetwork(each)] : each.name === 'default' ? [] : [each.name],
        ),
    ],
    ['--network-alias', (body) => flat(body)?.Aliases ?? []],
    ['--ip', (body) => text(flat(body)?.IPAMConfig?.IPv4Address)],
    ['--ip6', (body) => text(flat(body)?.IPAMConfig?.IPv6Address)],
    ['--link-local-ip', (body) => flat(body)?.IPAMConfig?.LinkLocalIPs ?? []],
    ['--mac-address', (body) => text(flat(body)?.MacAddress ?? body.MacAddress)],
    ['--link', (body) => linksOf(body)],
  ];
}

function linksOf(body: CreateBody): readonly string[] {
  const first = attachmentsOf(body)[0];
  const own = first !== undefined && isUserDefinedNetwork(first.name) ? (first.endpoint.Links ?? []) : [];
  return [...new Set([...(body.HostConfig.Links ?? []), ...own])];
}
