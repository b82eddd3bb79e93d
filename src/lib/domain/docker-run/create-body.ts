/**
 * The whole body of `POST /containers/create` that flags of docker run can say, in the engine's own words. Absent keys mean the engine's
 * default. container-plan.ts is the smaller sibling that the spec's fields make; every ContainerPlan is a CreateBody.
 */
export interface CreateBody extends ContainerConfig {
  readonly Image: string;
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig?: NetworkingConfig;
}

type Strings = readonly string[];
type StringMap = Readonly<Record<string, string>>;

export interface ContainerConfig {
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly User?: string;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  /** `80/tcp` */
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: Strings;
  readonly Cmd?: Strings;
  readonly Entrypoint?: Strings;
  readonly WorkingDir?: string;
  /** Anonymous volumes, by target. */
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly Labels?: StringMap;
  readonly StopSignal?: string;
  /** Seconds. */
  readonly StopTimeout?: number;
  readonly Healthcheck?: Healthcheck;
  /** Before API 1.44; since then it belongs to an endpoint. See api-version.ts. */
  readonly MacAddress?: string;
}

/** Times in nanoseconds; 0 is the engine's default. */
interface Healthcheck {
  readonly Test?: Strings;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface HostConfig extends Resources {
  /** `source:target[:modes]` */
  readonly Binds?: Strings;
  readonly Mounts?: readonly Mount[];
  readonly Tmpfs?: StringMap;
  readonly VolumesFrom?: Strings;
  readonly VolumeDriver?: string;
  readonly LogConfig?: { readonly Type?: string; readonly Config?: StringMap };
  readonly NetworkMode?: string;
  readonly PortBindings?: Readonly<Record<string, readonly PortBinding[]>>;
  readonly PublishAllPorts?: boolean;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount?: number };
  readonly AutoRemove?: boolean;
  readonly CapAdd?: Strings;
  readonly CapDrop?: Strings;
  readonly CgroupnsMode?: string;
  readonly Dns?: Strings;
  readonly DnsOptions?: Strings;
  readonly DnsSearch?: Strings;
  readonly ExtraHosts?: Strings;
  readonly GroupAdd?: Strings;
  readonly IpcMode?: string;
  readonly Links?: Strings;
  readonly OomScoreAdj?: number;
  readonly PidMode?: string;
  readonly Privileged?: boolean;
  readonly ReadonlyRootfs?: boolean;
  readonly SecurityOpt?: Strings;
  /** null: the engine's own list; empty: none (`systempaths=unconfined`). */
  readonly MaskedPaths?: Strings | null;
  readonly ReadonlyPaths?: Strings | null;
  readonly StorageOpt?: StringMap;
  readonly UTSMode?: string;
  readonly UsernsMode?: string;
  readonly ShmSize?: number;
  readonly Sysctls?: StringMap;
  readonly Runtime?: string;
  readonly Isolation?: string;
  readonly Init?: boolean;
  readonly Annotations?: StringMap;
}

/** Amounts in bytes, nanocores, microseconds (CPU periods) or as the kernel counts them. */
interface Resources {
  readonly Memory?: number;
  readonly MemoryReservation?: number;
  readonly MemorySwap?: number;
  readonly MemorySwappiness?: number;
  readonly NanoCpus?: number;
  readonly CpuShares?: number;
  readonly CpuPeriod?: number;
  readonly CpuQuota?: number;
  readonly CpuRealtimePeriod?: number;
  readonly CpuRealtimeRuntime?: number;
  readonly CpusetCpus?: string;
  readonly CpusetMems?: string;
  readonly CgroupParent?: string;
  readonly BlkioWeight?: number;
  readonly BlkioWeightDevice?: readonly { readonly Path: string; readonly Weight: number }[];
  readonly BlkioDeviceReadBps?: readonly DeviceRate[];
  readonly BlkioDeviceWriteBps?: readonly DeviceRate[];
  readonly BlkioDeviceReadIOps?: readonly DeviceRate[];
  readonly BlkioDeviceWriteIOps?: readonly DeviceRate[];
  readonly Devices?: readonly Device[];
  readonly DeviceCgroupRules?: Strings;
  readonly DeviceRequests?: readonly DeviceRequest[];
  readonly OomKillDisable?: boolean;
  readonly PidsLimit?: number;
  readonly Ulimits?: readonly Ulimit[];
}

export interface Mount {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: {
    readonly Propagation?: string;
    readonly NonRecursive?: boolean;
    readonly CreateMountpoint?: boolean;
    readonly ReadOnlyNonRecursive?: boolean;
    readonly ReadOnlyForceRecursive?: boolean;
  };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    readonly Labels?: StringMap;
    readonly DriverConfig?: { readonly Name?: string; readonly Options?: StringMap };
    readonly Subpath?: string;
  };
  readonly ImageOptions?: { readonly Subpath?: string };
  /** Mode is the permission bits as a number (0o1770 is 1016). */
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

/** An empty HostIp is every address of the host; an empty HostPort is any free port, `8000-8010` any free one of these. */
export interface PortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

export interface Device {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  /** Of r, w and m. */
  readonly CgroupPermissions: string;
}

export interface DeviceRequest {
  readonly Driver?: string;
  /** -1 is all of them. */
  readonly Count?: number;
  readonly DeviceIDs?: Strings;
  readonly Capabilities?: readonly Strings[];
  readonly Options?: StringMap;
}

/** Rate in bytes or operations per second. */
export interface DeviceRate {
  readonly Path: string;
  readonly Rate: number;
}

/** -1 is unlimited. */
export interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

interface NetworkingConfig {
  /** By name of the network; the first one is also HostConfig.NetworkMode. */
  readonly EndpointsConfig?: Readonly<Record<string, Endpoint>>;
}

export interface Endpoint {
  readonly Aliases?: Strings;
  readonly Links?: Strings;
  readonly IPAMConfig?: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: Strings;
  };
  readonly MacAddress?: string;
  readonly DriverOpts?: StringMap;
  readonly GwPriority?: number;
}

/** Networks that the engine has by itself: no DNS names there, and never several at once. */
export function isUserDefinedNetwork(name: string): boolean {
  return !['', 'default', 'bridge', 'host', 'none'].includes(name) && !name.startsWith('container:');
}
