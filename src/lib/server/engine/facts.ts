/** What the engine port gives and takes: plain shapes. */
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
  /** What a container runs with that names none. */
  readonly defaultRuntime: string;
  readonly warnings: readonly string[];
  /** Engine clock, milliseconds since 1970, null when it did not say. */
  readonly time: number | null;
  /** Version of the kernel under it. */
  readonly kernel: string;
  /** The folder on its machine that it keeps everything in. */
  readonly dataRoot: string;
  readonly containers: number | null;
  readonly containersRunning: number | null;
  readonly images: number | null;
}

export type ContainerStatus =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly status: ContainerStatus;
  /** For people, in the engine's words: `Up 5 minutes (healthy)`, `Exited (3) 2 hours ago`. */
  readonly statusText: string;
  /** The command line of its main process, words with spaces in single quotes. */
  readonly command: string;
  readonly labels: Labels;
  /** Milliseconds since 1970, in whole seconds. */
  readonly createdAt: number;
  readonly ports: readonly PublishedPort[];
  readonly networks: readonly string[];
  readonly mounts: readonly MountFacts[];
}

/** A port that is open on the host now. */
export interface PublishedPort {
  /** `80/tcp` */
  readonly container: string;
  readonly ip: string;
  readonly host: number;
}

export interface MountFacts {
  /** `bind`, `volume`, `tmpfs`, … */
  readonly type: string;
  /** The path on the host, or the name of the volume. */
  readonly source: string;
  readonly target: string;
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
  readonly ports: readonly PublishedPort[];
  readonly networks: readonly string[];
  /** `no`, `always`, `unless-stopped` or `on-failure`. */
  readonly restartPolicy: string;
  /** The engine removes it by itself when it ends. */
  readonly autoRemove: boolean;
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

export interface ImageFacts {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly size: number;
  readonly createdAt: number;
  readonly labels: Labels;
  /** The digests of its layers' contents, the base first. null from lists, which do not have them. */
  readonly layers: readonly string[] | null;
  /** `linux/amd64`; null from lists. */
  readonly platform: string | null;
  /** What a container gets from it unless it says otherwise. null from lists, which do not have it. */
  readonly config: ImageConfig | null;
}

export interface ImageConfig {
  /** `KEY=value` */
  readonly env: readonly string[];
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workdir: string | null;
  readonly user: string | null;
  /** `80/tcp` */
  readonly exposedPorts: readonly string[];
  /** Paths inside, each of which gets an anonymous volume. */
  readonly volumes: readonly string[];
  readonly hasHealthcheck: boolean;
}

export interface VolumeFacts {
  readonly name: string;
  readonly driver: string;
  readonly labels: Labels;
  /** Milliseconds since 1970; null when the driver does not know. */
  readonly createdAt: number | null;
  /** Where it lies on the host. */
  readonly mountpoint: string;
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
  /** Dockerfile instructions that are laid over what the image gets from the container: `LABEL a=`, `CMD ["sh"]`. */
  readonly changes?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Makes a container for one platform (`linux/arm64`) instead of the host's own. */
export interface CreateOptions {
  readonly platform?: string;
  readonly signal?: AbortSignal;
}

/** A program that is run inside beside the main process, without a terminal. */
export interface ExecOptions {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** All of its standard input, which then ends. Without it there is nothing to read. */
  readonly stdin?: Buffer;
  readonly timeoutMs: number;
  /** How much of each stream is kept, its beginning; default 1 MiB. The program itself is not held up. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** There was more than `maxBytes` in one of the streams. */
  readonly truncated: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface OpenExecOptions {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** null: no terminal, stdout and stderr apart. */
  readonly terminal: TerminalSize | null;
  readonly stdin: boolean;
}

/** Both directions honour back-pressure: `output` is read as it is consumed, and `write` resolves when the bytes have left us. */
export interface ExecSession {
  /** Ends when the program's streams end; throws when the connection broke. With a terminal everything is `stdout`. */
  readonly output: AsyncIterable<LogFrame>;
  /** Rejects with CONFLICT after the end. */
  write(bytes: Buffer): Promise<void>;
  /** Nothing more to read for the program: half-close. With a terminal it changes nothing: there Ctrl-D is the end. */
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** The exit code; null while it runs. After the end of the output it is waited for a moment. */
  exitCode(): Promise<number | null>;
  /**
   * Ends the program with all that it started (SIGHUP, then SIGKILL after `graceMs`), where the image has `sh` and `grep` as of
   * `execute`, and closes the connection. Resolves when it is gone; false when the program could not be reached. Ended already: true.
   */
  end(graceMs?: number): Promise<boolean>;
}

export interface AttachOptions {
  readonly stdin: boolean;
  /** Only its input: nothing is read. */
  readonly output: boolean;
}

/**
 * Whoever reads `output` must go on reading: the engine holds back the main process, and with it its log, for a reader that is a megabyte
 * behind.
 */
export interface AttachSession {
  /** Ends when the container ends; throws when the connection broke. */
  readonly output: AsyncIterable<LogFrame>;
  write(bytes: Buffer): Promise<void>;
  /** Closes the connection. The container's stdin stays open (unless it was made with StdinOnce). */
  close(): void;
}

/** What is to be changed of a container; what is absent stays. null is unlimited. */
export interface ContainerLimits {
  /** Bytes, and no swap beyond them. */
  readonly memory?: number | null;
  /** Cores. */
  readonly cpu?: number | null;
  readonly pids?: number | null;
  readonly restart?: { readonly name: string; readonly maximumRetryCount: number };
}

/** As `ps` on the host shows them: pids are the host's. */
export interface ProcessTable {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PathChange {
  readonly path: string;
  readonly kind: 'changed' | 'added' | 'deleted';
}
