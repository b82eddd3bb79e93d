import type { Labels } from './labels.ts';

/**
 * What an agent is made of, after type defaults, fields and flags were merged: complete, canonical, plain JSON. It is kept with the agent,
 * shown on its page, and turned into the engine's words by container-plan.ts. null means "as the image says" or "unlimited". Times
 * are seconds, memory and sizes are bytes.
 */
export interface AgentSpec {
  readonly image: string;
  readonly pull: PullPolicy;
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workdir: string | null;
  readonly user: string | null;
  readonly hostname: string | null;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly resources: Resources;
  /** Builds `image` first, and runs what comes out. */
  readonly build: BuildRecipe | null;
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose value is a secret, by variable. Their values are nowhere in a spec. */
  readonly secretEnv: Readonly<Record<string, SecretReference>>;
  readonly volumes: readonly VolumeSpec[];
  readonly sharedVolumes: readonly SharedVolume[];
  /** Options by path, e.g. `{"/tmp": "size=64m"}`. */
  readonly tmpfs: Readonly<Record<string, string>>;
  /** `/dev/a[:/dev/b][:rwm]`, or the name of a CDI device. */
  readonly devices: readonly string[];
  readonly dns: readonly string[];
  /** `name:address`. */
  readonly extraHosts: readonly string[];
  readonly networks: readonly string[];
  /** `[ip:][host:]container[/protocol]`, ranges as Docker. */
  readonly ports: readonly string[];
  readonly security: Security;
  readonly runtime: string | null;
  readonly restart: RestartPolicy;
  readonly logging: { readonly maxSize: string; readonly maxFile: number };
  readonly tags: Labels;
  readonly readiness: Readiness;
  readonly idle: IdleRule;
  /** The age at which it is stopped, counted from its last start. */
  readonly ttl: number | null;
  readonly snapshots: SnapshotRule;
  readonly role: string | null;
  readonly group: string | null;
  readonly capabilities: readonly string[];
  /** An sshd of its own, with keys of its own. */
  readonly ssh: boolean;
  /** Flags of docker run that are laid over all of the above. */
  readonly startArgs: readonly string[];
}

/** How an image is made: exactly one of `dockerfile`, `context` and `git`. */
export interface BuildRecipe {
  /** The text of a Dockerfile; the context is empty. */
  readonly dockerfile: string | null;
  /** An absolute path on Slipway's own machine. */
  readonly context: string | null;
  readonly git: string | null;
  /** The name of the Dockerfile in the context. */
  readonly file: string | null;
  readonly args: Readonly<Record<string, string>>;
  readonly target: string | null;
  readonly noCache: boolean;
  readonly labels: Labels;
}

export const SECRET_DELIVERIES = ['file', 'env'] as const;

/**
 * `file`: a small volume of the agent's own, from which a wrapper exports it to the main process, so that no inspect, commit or save holds it.
 * `env`: as a plain variable, for images without a shell.
 */
export interface SecretReference {
  readonly secret: string;
  readonly delivery: (typeof SECRET_DELIVERIES)[number];
}

/** Snapshots that are taken by themselves. */
export interface SnapshotRule {
  readonly beforeStop: boolean;
  readonly beforeRemove: boolean;
  /** Seconds between two while it runs; null: none by the clock. */
  readonly every: number | null;
  /** How many of those that were taken by themselves stay; null: all. One that was forked, that branches, or that agents use stays. */
  readonly keep: number | null;
}

export const PULL_POLICIES = ['missing', 'always', 'never'] as const;
export type PullPolicy = (typeof PULL_POLICIES)[number];

export const SECURITY_PROFILES = ['standard', 'hardened', 'unrestricted'] as const;
export type SecurityProfile = (typeof SECURITY_PROFILES)[number];

export interface Security {
  readonly profile: SecurityProfile;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  /** The engine's own socket inside the agent: as much as root on the host. */
  readonly engineSocket: boolean;
}

export interface Resources {
  /** Bytes; null is unlimited. */
  readonly memory: number | null;
  /** Cores; null is unlimited. */
  readonly cpu: number | null;
  readonly pids: number | null;
  /** `all`, how many, or which. */
  readonly gpus: 'all' | number | readonly string[] | null;
  readonly shmSize: number | null;
  /** `nofile=1024:2048`. */
  readonly ulimits: readonly string[];
  readonly diskQuota: number | null;
}

export interface VolumeSpec {
  /** An absolute path on the host, or the name of a volume. */
  readonly source: string;
  readonly target: string;
  /** `ro`, `rw`, `z`, `Z`, as given. */
  readonly modes: readonly string[];
  /** A path of the host that is not there is made (by the engine, as root) instead of refused. */
  readonly create: boolean;
}

/** A volume that all agents of one group have in common. */
export interface SharedVolume {
  readonly name: string;
  readonly target: string;
  /** Its name on the host, made of a hash of the whole group. */
  readonly volume: string;
}

export const RESTART_POLICIES = ['no', 'on-failure', 'unless-stopped', 'always'] as const;

export interface RestartPolicy {
  readonly name: (typeof RESTART_POLICIES)[number];
  /** Of `on-failure`; 0 is without end. */
  readonly maximumRetryCount: number;
}

export const IDLE_MODES = ['io', 'user', 'agent', 'ssh', 'boot', 'disabled'] as const;
export type IdleMode = (typeof IDLE_MODES)[number];

export interface IdleRule {
  readonly mode: IdleMode;
  readonly timeout: number;
}

/** When a started agent counts as ready; within `timeout` seconds, or it failed. */
export type Readiness = ReadinessProbe & { readonly timeout: number };

export type ReadinessProbe =
  | { readonly kind: 'auto' | 'running' | 'healthy' }
  | { readonly kind: 'log'; readonly pattern: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'http'; readonly port: number; readonly path: string; readonly status: number }
  | { readonly kind: 'exec'; readonly command: readonly string[] };

/** What an agent has when nobody says anything. Image, limits and network come from the type and the instance. */
export const PLAIN_SPEC = {
  pull: 'missing',
  command: null,
  entrypoint: null,
  workdir: null,
  user: null,
  hostname: null,
  tty: true,
  stdin: true,
  resources: { memory: null, cpu: null, pids: 512, gpus: null, shmSize: null, ulimits: [], diskQuota: null },
  build: null,
  env: {},
  secretEnv: {},
  volumes: [],
  sharedVolumes: [],
  tmpfs: {},
  devices: [],
  dns: [],
  extraHosts: [],
  networks: [],
  ports: [],
  security: {
    profile: 'standard',
    privileged: false,
    hostNetwork: false,
    hostPid: false,
    engineSocket: false,
  },
  runtime: null,
  restart: { name: 'no', maximumRetryCount: 0 },
  logging: { maxSize: '10m', maxFile: 3 },
  tags: {},
  readiness: { kind: 'auto', timeout: 120 },
  idle: { mode: 'disabled', timeout: 800 },
  ttl: null,
  snapshots: { beforeStop: false, beforeRemove: false, every: null, keep: null },
  role: null,
  group: null,
  capabilities: [],
  ssh: false,
  startArgs: [],
} as const satisfies Omit<AgentSpec, 'image'>;

/** A spec that an earlier version wrote down, with what it did not know yet. */
export function completeSpec(kept: Partial<AgentSpec> & Pick<AgentSpec, 'image'>): AgentSpec {
  return {
    ...PLAIN_SPEC,
    ...kept,
    resources: { ...PLAIN_SPEC.resources, ...kept.resources },
    security: { ...PLAIN_SPEC.security, ...kept.security },
  };
}
