/**
 * The port to a container engine: small, and in the words of this project. One implementation speaks to Docker (docker/), one is a fake for
 * unit tests and states of the interface (fake/); engine.contract.ts is the suite that both pass.
 *
 * Every method rejects with an AppError (docker/problems.ts maps what the engine said). Every call takes part in its host's deadline;
 * `signal` ends it earlier. Streams end by their signal, without an error.
 */
import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type {
  AttachOptions,
  AttachSession,
  ContainerFacts,
  ContainerLimits,
  ContainerSummary,
  CommitOptions,
  CreateOptions,
  EngineEvent,
  EngineInfo,
  EngineVersion,
  ExecOptions,
  ExecResult,
  ExecSession,
  ImageFacts,
  LogFrame,
  LogOptions,
  NetworkFacts,
  OpenExecOptions,
  PathChange,
  ProcessTable,
  RawStats,
  TerminalSize,
  VolumeFacts,
} from './facts.ts';
import type {
  BuildOptions,
  DiskUsage,
  FileFacts,
  HistoryFacts,
  PullOptions,
  PushOptions,
  RegistryLogin,
} from './image-facts.ts';

export type * from './facts.ts';
export type * from './image-facts.ts';

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
  /**
   * Gives the new container's id, joined to all its networks. Create never pulls. What this engine's API is too old for is refused with
   * VALIDATION (the field is the flag). When a network cannot be joined the container is removed again: NETWORK_ERROR.
   */
  createContainer(
    name: string,
    body: CreateBody,
    options?: CreateOptions,
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
  /**
   * Runs a program inside and waits for its end. A program that cannot be started (no such command, user or folder) is VALIDATION, a
   * container that does not run or is paused CONFLICT. Past `timeoutMs` it rejects with OPERATION_TIMEOUT, and after the signal with
   * CANCELLED: the connection is closed, which lets the program's input end, and it is killed with all that it started where the image
   * has `sh` and `grep`; else it goes on, because the engine has no call that ends it.
   */
  execute(containerId: string, options: ExecOptions): Promise<ExecResult>;
  /**
   * Starts a program inside with its standard streams open. Refusals as of `execute`. Nothing ends it but itself and `end()`; when the stream
   * is cut the program goes on.
   */
  openExec(containerId: string, options: OpenExecOptions): Promise<ExecSession>;
  /**
   * The standard streams of the container's main process, from now on. What is written arrives when the container has an open stdin
   * (else CONFLICT when `stdin` is asked for). A container that does not run: CONFLICT.
   */
  attach(containerId: string, options: AttachOptions): Promise<AttachSession>;
  /** Columns and rows of a container's own terminal. */
  resizeContainer(containerId: string, size: TerminalSize): Promise<void>;
  /** Processes of one that runs or is paused; of another one: CONFLICT. */
  processes(containerId: string, signal?: AbortSignal): Promise<ProcessTable>;
  /** What differs from its image. Volumes are not looked into. */
  changes(containerId: string, signal?: AbortSignal): Promise<readonly PathChange[]>;
  /**
   * Changes limits and restart policy while it runs; they hold over restarts. Less memory than it uses now is refused with RESOURCE_LIMIT
   * (cgroup v1) or makes the kernel take it, by killing if it must (v2).
   */
  updateContainer(containerId: string, limits: ContainerLimits): Promise<void>;
  commitContainer(id: string, options: CommitOptions): Promise<{ readonly imageId: string }>;

  /** null when there is no such image here. */
  inspectImage(reference: string, signal?: AbortSignal): Promise<ImageFacts | null>;
  /** `dangling`: only those without a tag, or only those with one. */
  listImages(options?: { readonly dangling?: boolean }): Promise<readonly ImageFacts[]>;
  /** Resolves when the image is here. An error inside the stream rejects: IMAGE_NOT_FOUND for a missing name or tag, else PULL_FAILED. */
  pullImage(reference: string, options: PullOptions): Promise<void>;
  /** Resolves when the registry has it. The reference says which registry. PULL_FAILED with the registry's answer. */
  pushImage(reference: string, options: PushOptions): Promise<void>;
  /** Asks the registry through the engine. PULL_FAILED when it does not take the login, or does not answer. */
  checkLogin(login: RegistryLogin, signal?: AbortSignal): Promise<void>;
  /** Resolves when the image is made. An error inside the stream rejects with BUILD_FAILED and the engine's words. */
  buildImage(options: BuildOptions): Promise<{ readonly imageId: string }>;
  /** Gives an image a further name. IMAGE_NOT_FOUND when there is none. */
  tagImage(reference: string, name: string): Promise<void>;
  /** Gone already: success. */
  removeImage(reference: string, options: { readonly force: boolean }): Promise<void>;
  imageHistory(reference: string, signal?: AbortSignal): Promise<readonly HistoryFacts[]>;
  /** A tar as `docker save` makes it, in pieces as they come; images that share layers have them once. */
  saveImages(references: readonly string[], signal: AbortSignal): AsyncIterable<Buffer>;
  /** Takes a tar as `docker save` makes it; gives the names and ids that the engine says it loaded. ENGINE_ERROR for what it cannot read. */
  loadImages(tar: AsyncIterable<Buffer>, signal: AbortSignal): Promise<readonly string[]>;
  /** Slow with many images: it walks over layers. */
  diskUsage(signal?: AbortSignal): Promise<DiskUsage>;
  /** Bytes that images, containers, volumes and the build cache take on its disk. As slow. */
  storedBytes(signal?: AbortSignal): Promise<number>;

  /** null when there is nothing. Links are not followed. Of a container in any state. */
  statPath(containerId: string, path: string, signal?: AbortSignal): Promise<FileFacts | null>;
  /** A tar of the file or folder, its entries beginning with the path's last name. NOT_FOUND when there is nothing. */
  readArchive(containerId: string, path: string, signal: AbortSignal): AsyncIterable<Buffer>;
  /**
   * Unpacks a tar into a folder that is there, over what is there. Of a container that was never started it reaches volumes, and not tmpfs
   * mounts. A mount that is read-only refuses.
   */
  writeArchive(
    containerId: string,
    folder: string,
    tar: Buffer | AsyncIterable<Buffer>,
    signal?: AbortSignal,
  ): Promise<void>;

  listNetworks(): Promise<readonly NetworkFacts[]>;
  createNetwork(name: string, labels: Labels): Promise<NetworkFacts>;
  /** Of a container that does not run yet, a network that is not there is refused at the start only. */
  connectNetwork(
    network: string,
    containerId: string,
    endpoint: Endpoint,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Not in it: success. By force it leaves also where the engine has lost the container. */
  disconnectNetwork(
    network: string,
    containerId: string,
    options: { readonly force: boolean },
  ): Promise<void>;
  removeNetwork(id: string): Promise<void>;

  listVolumes(): Promise<readonly VolumeFacts[]>;
  /** null when there is none. */
  inspectVolume(name: string): Promise<VolumeFacts | null>;
  /** There already: given as it is, with the labels that it has. */
  createVolume(name: string, labels: Labels, signal?: AbortSignal): Promise<VolumeFacts>;
  /** Gone already: success. A container, also one that does not run, has it: CONFLICT. */
  removeVolume(name: string): Promise<void>;

  /** Ends every connection; a later call would connect anew. The engine itself goes on. */
  close(): void;
}
