import type { AgentSpec, SecurityProfile } from './agent-spec.ts';
import type { Labels } from './labels.ts';

/**
 * The body of `POST /containers/create`, in the engine's own words (Engine API 1.41). Only what we set is named here; absent keys mean
 * the engine's default.
 */
export interface ContainerPlan {
  readonly Image: string;
  readonly Hostname?: string;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly Env: readonly string[];
  readonly Labels: Labels;
  /** `80/tcp`, each with an empty object. */
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  readonly HostConfig: HostConfigPlan;
  readonly NetworkingConfig?: {
    readonly EndpointsConfig: Readonly<Record<string, { readonly Aliases?: readonly string[] }>>;
  };
}

export interface HostConfigPlan {
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly NanoCpus?: number;
  readonly PidsLimit?: number;
  readonly NetworkMode: string;
  /** By `80/tcp`. Without a HostPort the engine takes a free one. */
  readonly PortBindings?: Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[]>
  >;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly ExtraHosts: readonly string[];
  readonly SecurityOpt?: readonly string[];
  readonly CapDrop?: readonly string[];
  readonly CapAdd?: readonly string[];
  readonly ReadonlyRootfs?: boolean;
  readonly Tmpfs?: Readonly<Record<string, string>>;
}

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

const PROFILES = {
  standard: { SecurityOpt: ['no-new-privileges'], CapDrop: ['ALL'], CapAdd: PACKAGE_MANAGER_CAPABILITIES },
  hardened: {
    SecurityOpt: ['no-new-privileges'],
    CapDrop: ['ALL'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': 'rw,nosuid,nodev,mode=1777', '/run': 'rw,nosuid,nodev,mode=755' },
  },
  unrestricted: {},
} as const satisfies Record<SecurityProfile, Partial<HostConfigPlan>>;

/** The predefined networks have no DNS: the engine makes a container with a name of its own there and then refuses to start it. */
export function hasNames(network: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(network);
}

/** Turns an agent's spec into the engine's words. Pure; the labels are given because they hold the identity. */
export function planContainer(name: string, spec: AgentSpec, labels: Labels): ContainerPlan {
  const { memory, cpu, pids } = spec.resources;
  const [network = 'bridge'] = spec.networks;
  return {
    Image: spec.image,
    Hostname: name,
    ...(spec.command === null ? {} : { Cmd: spec.command }),
    ...(spec.entrypoint === null ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.workdir === null ? {} : { WorkingDir: spec.workdir }),
    ...(spec.user === null ? {} : { User: spec.user }),
    Tty: spec.tty,
    OpenStdin: spec.stdin,
    Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
    Labels: labels,
    HostConfig: {
      // as much swap as memory would let an agent use twice its limit: no swap beyond it
      ...(memory === null ? {} : { Memory: memory, MemorySwap: memory }),
      ...(cpu === null ? {} : { NanoCpus: Math.round(cpu * 1e9) }),
      ...(pids === null ? {} : { PidsLimit: pids }),
      NetworkMode: network,
      RestartPolicy: { Name: spec.restart.name, MaximumRetryCount: spec.restart.maximumRetryCount },
      LogConfig: {
        Type: 'json-file',
        Config: { 'max-size': spec.logging.maxSize, 'max-file': String(spec.logging.maxFile) },
      },
      ExtraHosts: ['host.docker.internal:host-gateway'],
      ...PROFILES[spec.security.profile],
    },
    NetworkingConfig: {
      // the others are joined after the create: the engine takes one here
      EndpointsConfig: { [network]: hasNames(network) ? { Aliases: [name] } : {} },
    },
  };
}
