/**
 * The engine port over the Docker Engine API, by dockerode. Everything goes through `connect()`. Facts behind it: docs/engine.md.
 */
import type Docker from 'dockerode';
import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../engine.ts';
import { makeContainer } from '../make-container.ts';
import { attach, resizeContainer } from './attach.ts';
import { ConnectAgent, type Connect } from './connection.ts';
import { Containers } from './containers.ts';
import { DockerContentPort } from './content-port.ts';
import { call, CALL_MS } from './deadlines.ts';
import { execute } from './exec.ts';
import type { Way } from './exec-calls.ts';
import { openExec } from './exec-session.ts';
import * as networks from './networks.ts';
import { client, get } from './requests.ts';
import { toEngineInfo } from './shapes.ts';
import { eventStream, logStream, statsStream } from './streams.ts';
import { updateContainer } from './update.ts';
import { negotiate } from './version.ts';
import * as volumes from './volumes.ts';

export class DockerEngine extends DockerContentPort implements port.Engine {
  readonly #agent: ConnectAgent;
  readonly #containers: Containers;

  private constructor(docker: Docker, agent: ConnectAgent, version: port.EngineVersion) {
    super(docker, version);
    this.#agent = agent;
    this.#containers = new Containers(docker);
  }

  /** Connects and negotiates the API version. Rejects with SOCKET_ERROR when no engine answers within `timeoutMs`. */
  static async open(options: {
    readonly connect: Connect;
    readonly timeoutMs?: number;
  }): Promise<DockerEngine> {
    const agent = new ConnectAgent(options.connect);
    try {
      const version = await call(
        'ping',
        undefined,
        options.timeoutMs ?? CALL_MS,
        undefined,
        async (abortSignal) => {
          return negotiate(await get(client(agent, null), '/version?', {}, abortSignal));
        },
      );
      return new DockerEngine(client(agent, version.apiVersion), agent, version);
    } catch (error) {
      agent.destroy();
      throw error;
    }
  }

  async ping(timeoutMs: number): Promise<void> {
    await call('ping', undefined, timeoutMs, undefined, (abortSignal) =>
      get(this.docker, '/_ping?', {}, abortSignal),
    );
  }

  version(): Promise<port.EngineVersion> {
    return Promise.resolve(this.engineVersion);
  }

  async info(): Promise<port.EngineInfo> {
    const info = await call('read', undefined, CALL_MS, undefined, (abortSignal) =>
      get(this.docker, '/info?', {}, abortSignal),
    );
    return toEngineInfo(info, this.engineVersion.apiVersion);
  }

  events(options: {
    readonly since?: number;
    readonly signal: AbortSignal;
  }): AsyncGenerator<port.EngineEvent> {
    return eventStream(this.docker, options);
  }

  listContainers(
    options: { readonly labels?: Labels; readonly signal?: AbortSignal } = {},
  ): Promise<port.ContainerSummary[]> {
    return this.#containers.list(options);
  }

  inspectContainer(id: string, signal?: AbortSignal): Promise<port.ContainerFacts> {
    return this.#containers.inspect(id, signal);
  }

  createContainer(
    name: string,
    body: CreateBody,
    options: port.CreateOptions = {},
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    return makeContainer(body, this.engineVersion.apiVersion, {
      create: (first) => this.#containers.create(name, first, options),
      connect: (network, id, endpoint) => this.connectNetwork(network, id, endpoint, options.signal),
      remove: (id) => this.removeContainer(id, { force: true }),
    });
  }

  startContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#containers.start(id, signal);
  }

  stopContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#containers.stop(id, timeoutMs, signal);
  }

  restartContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#containers.restart(id, timeoutMs, signal);
  }

  killContainer(id: string, signalName: string): Promise<void> {
    return this.#containers.kill(id, signalName);
  }

  pauseContainer(id: string): Promise<void> {
    return this.#containers.pause(id);
  }

  unpauseContainer(id: string): Promise<void> {
    return this.#containers.unpause(id);
  }

  renameContainer(id: string, name: string): Promise<void> {
    return this.#containers.rename(id, name);
  }

  removeContainer(id: string, options: { readonly force: boolean }): Promise<void> {
    return this.#containers.remove(id, options);
  }

  stats(id: string, signal?: AbortSignal): Promise<port.RawStats | null> {
    return this.#containers.stats(id, signal);
  }

  containerSize(id: string, signal?: AbortSignal): Promise<number | null> {
    return this.#containers.size(id, signal);
  }

  commitContainer(id: string, options: port.CommitOptions): Promise<{ imageId: string }> {
    return this.#containers.commit(id, options);
  }

  processes(id: string, signal?: AbortSignal): Promise<port.ProcessTable> {
    return this.#containers.processes(id, signal);
  }

  changes(id: string, signal?: AbortSignal): Promise<port.PathChange[]> {
    return this.#containers.changes(id, signal);
  }

  execute(containerId: string, options: port.ExecOptions): Promise<port.ExecResult> {
    return execute(this.#way, containerId, options);
  }

  openExec(containerId: string, options: port.OpenExecOptions): Promise<port.ExecSession> {
    return openExec(this.#way, containerId, options);
  }

  attach(containerId: string, options: port.AttachOptions): Promise<port.AttachSession> {
    return attach(this.#way, containerId, options, () => this.inspectContainer(containerId));
  }

  resizeContainer(containerId: string, size: port.TerminalSize): Promise<void> {
    return resizeContainer(this.#way, containerId, size);
  }

  updateContainer(id: string, limits: port.ContainerLimits): Promise<void> {
    return updateContainer(this.docker, id, limits, async () => (await this.info()).cpus);
  }

  logs(id: string, options: port.LogOptions): AsyncGenerator<port.LogFrame> {
    return logStream(this.docker, id, options, () => this.inspectContainer(id, options.signal));
  }

  statsStream(id: string, signal: AbortSignal): AsyncGenerator<port.RawStats> {
    return statsStream(this.docker, id, signal);
  }

  listNetworks(): Promise<port.NetworkFacts[]> {
    return networks.listNetworks(this.docker);
  }

  createNetwork(name: string, labels: Labels): Promise<port.NetworkFacts> {
    return networks.createNetwork(this.docker, name, labels);
  }

  connectNetwork(
    network: string,
    containerId: string,
    endpoint: Endpoint,
    signal?: AbortSignal,
  ): Promise<void> {
    return networks.connectNetwork(this.docker, network, containerId, endpoint, signal);
  }

  disconnectNetwork(
    network: string,
    containerId: string,
    options: { readonly force: boolean },
  ): Promise<void> {
    return networks.disconnectNetwork(this.docker, network, containerId, options);
  }

  removeNetwork(id: string): Promise<void> {
    return networks.removeNetwork(this.docker, id);
  }

  listVolumes(): Promise<port.VolumeFacts[]> {
    return volumes.listVolumes(this.docker);
  }

  inspectVolume(name: string): Promise<port.VolumeFacts | null> {
    return volumes.inspectVolume(this.docker, name);
  }

  createVolume(name: string, labels: Labels, signal?: AbortSignal): Promise<port.VolumeFacts> {
    return volumes.createVolume(this.docker, name, labels, signal);
  }

  removeVolume(name: string): Promise<void> {
    return volumes.removeVolume(this.docker, name);
  }

  close(): void {
    this.#agent.destroy();
  }

  get #way(): Way {
    return { docker: this.docker, agent: this.#agent, apiVersion: this.engineVersion.apiVersion };
  }
}
