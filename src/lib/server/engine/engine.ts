/**
 * The port to a container engine: small, and in the words of this project. One implementation speaks to Docker (docker/), one is a fake for
 * unit tests and states of the interface (fake/); engine.contract.ts is the suite that both pass.
 *
 * Every method rejects with an AppError (docker/problems.ts maps what the engine said). Every call takes part in its host's deadline;
 * `signal` ends it earlier. Streams end by their signal, without an error.
 */
import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import type { Labels } from '#lib/domain/labels.ts';

export interface EngineVersion {
  readonly version: string;
  /** Negotiated: the newest that both sides speak. */
  readonly apiVersion: string;
  readonly flavour: 'docker' | 'podman';
}

export interface EngineInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly cpus: number;
  readonly memory: number;
  readonly cgroupVersion: string;
  readonly storageDriver: string;
  readonly runtimes: readonly string[];
  readonly warnings: readonly string[];
  /** Engine clock, milliseconds since 1970, null when it did not say. */
  readonly time: number | null;
}

export type ContainerStatus =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly status: ContainerStatus;
  readonly labels: Labels;
  readonly createdAt: number;
}

export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** Paused is told from running (the engine reports both as Running). */
  readonly status: ContainerStatus;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly error: string;
  /** Milliseconds since 1970; null when it never started or never ended. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly restartCount: number;
  readonly pid: number;
  readonly tty: boolean;
  readonly labels: Labels;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly ports: readonly { readonly container: string; readonly ip: string; readonly host: number }[];
  readonly networks: readonly string[];
  /** The whole answer of the engine, for the inspect tab. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface EngineEvent {
  readonly type: 'container' | 'image' | 'network' | 'volume' | 'daemon';
  /** `start`, `die`, `kill`, `pause`, `rename`, … without what follows a colon (exec events carry whole command lines). */
  readonly action: string;
  readonly id: string;
  readonly attributes: Labels;
  /** Nanoseconds since 1970. */
  readonly timeNano: bigint;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Newest lines first to give; null: all. */
  readonly tail: number | null;
  /** RFC 3339 with nanoseconds, inclusive (the engine's way: the caller drops what it has). */
  readonly since: string | null;
  readonly until?: string | null;
  readonly signal: AbortSignal;
}

/** One frame of a container's output as the engine gave it, with its timestamp still in front of the line. */
export interface LogFrame {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** A raw reading; rates come from two of them (streams/rates.ts). null: the engine did not report it. */
export interface RawStats {
  /** Engine time of the reading, milliseconds since 1970. */
  readonly readAt: number;
  /** Nanoseconds of CPU used since the start. */
  readonly cpuNanos: number;
  readonly memoryBytes: number | null;
  readonly memoryLimit: number | null;
  readonly netRxBytes: number | null;
  readonly netTxBytes: number | null;
  readonly blockReadBytes: number | null;
  readonly blockWriteBytes: number | null;
  readonly pids: number | null;
  readonly throttledNanos: number | null;
}

export interface PullProgress {
  readonly layer: string | null;
  readonly status: string;
  readonly current: number | null;
  readonly total: number | null;
}

export interface PullOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
}

export interface ImageFacts {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly size: number;
  readonly createdAt: number;
  readonly labels: Labels;
}

export interface NetworkFacts {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly labels: Labels;
}

export interface CommitOptions {
  readonly repository: string;
  readonly tag: string;
  readonly comment: string;
  readonly pause: boolean;
  readonly signal?: AbortSignal;
}

export interface Engine {
  /** Resolves when the engine answers. Rejects after `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  version(): Promise<EngineVersion>;
  info(): Promise<EngineInfo>;
  /** Events from the first read on (or after `since`, seconds of the engine's clock, inclusive). Ends when the signal says so; throws when the engine goes away. */
  events(options: { readonly since?: number; readonly signal: AbortSignal }): AsyncIterable<EngineEvent>;

  listContainers(options?: {
    readonly labels?: Labels;
    readonly signal?: AbortSignal;
  }): Promise<readonly ContainerSummary[]>;
  inspectContainer(id: string, signal?: AbortSignal): Promise<ContainerFacts>;
  /** Gives the new container's id. Create never pulls. */
  createContainer(
    name: string,
    plan: ContainerPlan,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  /** Already running: success. */
  startContainer(id: string, signal?: AbortSignal): Promise<void>;
  /** SIGTERM, and SIGKILL after `timeoutMs`. Already stopped: success. */
  stopContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  restartContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  killContainer(id: string, signalName: string): Promise<void>;
  pauseContainer(id: string): Promise<void>;
  unpauseContainer(id: string): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  /** Removes with its anonymous volumes. Gone already: success. */
  removeContainer(id: string, options: { readonly force: boolean }): Promise<void>;
  logs(id: string, options: LogOptions): AsyncIterable<LogFrame>;
  /** One reading. null when the container does not run. */
  stats(id: string, signal?: AbortSignal): Promise<RawStats | null>;
  /** A reading about each second until the signal, or until the container ends. */
  statsStream(id: string, signal: AbortSignal): AsyncIterable<RawStats>;
  /** Bytes of the writable layer. */
  containerSize(id: string, signal?: AbortSignal): Promise<number | null>;
  commitContainer(id: string, options: CommitOptions): Promise<{ readonly imageId: string }>;

  /** null when there is no such image here. */
  inspectImage(reference: string, signal?: AbortSignal): Promise<ImageFacts | null>;
  listImages(): Promise<readonly ImageFacts[]>;
  /** Resolves when the image is here. An error inside the stream rejects. */
  pullImage(reference: string, options: PullOptions): Promise<void>;
  /** Gone already: success. */
  removeImage(reference: string, options: { readonly force: boolean }): Promise<void>;

  listNetworks(): Promise<readonly NetworkFacts[]>;
  createNetwork(name: string, labels: Labels): Promise<NetworkFacts>;
  /** A container is made with one network; the others are joined before it starts. One that is not there is refused at the start. */
  connectNetwork(network: string, containerId: string, aliases: readonly string[]): Promise<void>;
  removeNetwork(id: string): Promise<void>;

  /** Ends every connection; a later call would connect anew. The engine itself goes on. */
  close(): void;
}
