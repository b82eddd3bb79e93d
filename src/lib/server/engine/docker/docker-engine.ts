/**
 * The engine port over the Docker Engine API, by dockerode. Everything goes through `connect()`. Facts behind it: docs/engine.md.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../engine.ts';
import { ConnectAgent, type Connect } from './connection.ts';
import { already, call, CALL_MS, COMMIT_MS, START_MS } from './deadlines.ts';
import { inspectImage, listImages, pullImage, removeImage } from './images.ts';
import { client, get, post } from './requests.ts';
import { isObject, toContainerFacts, toEngineInfo, toRawStats, toSummary } from './shapes.ts';
import { eventStream, logStream, statsStream } from './streams.ts';
import { negotiate } from './version.ts';

export class DockerEngine implements port.Engine {
  readonly #docker: Docker;
  readonly #agent: ConnectAgent;
  readonly #version: port.EngineVersion;

  private constructor(docker: Docker, agent: ConnectAgent, version: port.EngineVersion) {
    this.#docker = docker;
    this.#agent = agent;
    this.#version = version;
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
      get(this.#docker, '/_ping?', {}, abortSignal),
    );
  }

  version(): Promise<port.EngineVersion> {
    return Promise.resolve(this.#version);
  }

  async info(): Promise<port.EngineInfo> {
    const info = await call('read', undefined, CALL_MS, undefined, (abortSignal) =>
      get(this.#docker, '/info?', {}, abortSignal),
    );
    return toEngineInfo(info, this.#version.apiVersion);
  }

  events(options: {
    readonly since?: number;
    readonly signal: AbortSignal;
  }): AsyncGenerator<port.EngineEvent> {
    return eventStream(this.#docker, options);
  }

  async listContainers(
    options: { readonly labels?: Labels; readonly signal?: AbortSignal } = {},
  ): Promise<port.ContainerSummary[]> {
    const label = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const list = await call('read', undefined, CALL_MS * 3, options.signal, (abortSignal) =>
      this.#docker.listContainers({ all: true, filters: JSON.stringify({ label }), abortSignal }),
    );
    return list.map(toSummary);
  }

  async inspectContainer(id: string, signal?: AbortSignal): Promise<port.ContainerFacts> {
    return toContainerFacts(
      await call('read', undefined, CALL_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).inspect({ abortSignal }),
      ),
    );
  }

  async createContainer(
    name: string,
    plan: ContainerPlan,
    signal?: AbortSignal,
  ): Promise<{ id: string; warnings: readonly string[] }> {
    const answer: unknown = await call('create', name, START_MS, signal, (abortSignal) =>
      post(this.#docker, '/containers/create?', { name }, plan, { 201: true }, abortSignal),
    );
    const id = isObject(answer) ? answer['Id'] : undefined;
    const warnings =
      isObject(answer) && Array.isArray(answer['Warnings']) ? answer['Warnings'].map(String) : [];
    if (typeof id !== 'string')
      throw new AppError('ENGINE_ERROR', 'The engine made a container and did not say which');
    return { id, warnings };
  }

  async startContainer(id: string, signal?: AbortSignal): Promise<void> {
    await already(
      call('start', undefined, START_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).start({ abortSignal }),
      ),
    );
  }

  async stopContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const t = Math.ceil(timeoutMs / 1000);
    await already(
      call('stop', undefined, timeoutMs + START_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).stop({ t, abortSignal }),
      ),
    );
  }

  async restartContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const t = Math.ceil(timeoutMs / 1000);
    await call('start', undefined, timeoutMs + START_MS, signal, (abortSignal) =>
      this.#docker.getContainer(id).restart({ t, abortSignal }),
    );
  }

  async killContainer(id: string, signalName: string): Promise<void> {
    await call('kill', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).kill({ signal: signalName, abortSignal }),
    );
  }

  async pauseContainer(id: string): Promise<void> {
    await call('pause', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).pause({ abortSignal }),
    );
  }

  async unpauseContainer(id: string): Promise<void> {
    await call('pause', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).unpause({ abortSignal }),
    );
  }

  async renameContainer(id: string, name: string): Promise<void> {
    await call('rename', name, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).rename({ name, abortSignal }),
    );
  }

  async removeContainer(id: string, options: { readonly force: boolean }): Promise<void> {
    const removal = call('remove', undefined, START_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).remove({ force: options.force, v: true, abortSignal }),
    );
    await removal.catch(async (error: unknown) => {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return;
      if (
        error instanceof AppError &&
        /removal of container .* is already in progress/i.test(error.message)
      ) {
        await this.#untilGone(id);
        return;
      }
      throw error;
    });
  }

  async #untilGone(id: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const facts = await this.inspectContainer(id).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      if (facts === null) return;
      await delay(100);
    }
    throw new AppError('OPERATION_TIMEOUT', 'The engine is still removing the container');
  }

  logs(id: string, options: port.LogOptions): AsyncGenerator<port.LogFrame> {
    return logStream(this.#docker, id, options, () => this.inspectContainer(id, options.signal));
  }

  async stats(id: string, signal?: AbortSignal): Promise<port.RawStats | null> {
    // one-shot (API 1.41) returns after one reading; without it the engine waits for two
    const raw = await call('stats', undefined, CALL_MS, signal, (abortSignal) =>
      get(
        this.#docker,
        `/containers/${encodeURIComponent(id)}/stats?`,
        { stream: false, 'one-shot': true },
        abortSignal,
      ),
    );
    return toRawStats(raw);
  }

  statsStream(id: string, signal: AbortSignal): AsyncGenerator<port.RawStats> {
    return statsStream(this.#docker, id, signal);
  }

  async containerSize(id: string, signal?: AbortSignal): Promise<number | null> {
    const info = await call('read', undefined, 60_000, signal, (abortSignal) =>
      get(this.#docker, `/containers/${encodeURIComponent(id)}/json?`, { size: true }, abortSignal),
    );
    const size = isObject(info) ? info['SizeRw'] : null;
    return typeof size === 'number' ? size : null;
  }

  async commitContainer(id: string, options: port.CommitOptions): Promise<{ imageId: string }> {
    const answer: unknown = await call('commit', undefined, COMMIT_MS, options.signal, (abortSignal) =>
      this.#docker.getContainer(id).commit({
        repo: options.repository,
        tag: options.tag,
        comment: options.comment,
        pause: options.pause,
        abortSignal,
      }),
    );
    const imageId = isObject(answer) ? answer['Id'] : undefined;
    if (typeof imageId !== 'string')
      throw new AppError('ENGINE_ERROR', 'The engine committed and did not say which image');
    return { imageId };
  }

  inspectImage(reference: string, signal?: AbortSignal): Promise<port.ImageFacts | null> {
    return inspectImage(this.#docker, reference, signal);
  }

  listImages(): Promise<port.ImageFacts[]> {
    return listImages(this.#docker);
  }

  pullImage(reference: string, options: port.PullOptions): Promise<void> {
    return pullImage(this.#docker, reference, options);
  }

  removeImage(reference: string, options: { readonly force: boolean }): Promise<void> {
    return removeImage(this.#docker, reference, options);
  }

  async listNetworks(): Promise<port.NetworkFacts[]> {
    const list = await call('network', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.listNetworks({ abortSignal }),
    );
    return list.map((each) => ({
      id: each.Id,
      name: each.Name,
      driver: each.Driver,
      labels: { ...each.Labels },
    }));
  }

  async createNetwork(name: string, labels: Labels): Promise<port.NetworkFacts> {
    const network = await call('network', name, CALL_MS * 3, undefined, (abortSignal) =>
      this.#docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: { ...labels },
        abortSignal,
      }),
    );
    return { id: network.id, name, driver: 'bridge', labels };
  }

  async connectNetwork(network: string, containerId: string, aliases: readonly string[]): Promise<void> {
    const body = { Container: containerId, EndpointConfig: { Aliases: [...aliases] } };
    const path = `/networks/${encodeURIComponent(network)}/connect?` as const;
    await call('network', network, CALL_MS * 3, undefined, (abortSignal) =>
      post(this.#docker, path, {}, body, { 200: true }, abortSignal),
    );
  }

  async removeNetwork(id: string): Promise<void> {
    await call('network', undefined, CALL_MS * 3, undefined, (abortSignal) =>
      this.#docker.getNetwork(id).remove({ abortSignal }),
    );
  }

  close(): void {
    this.#agent.destroy();
  }
}
