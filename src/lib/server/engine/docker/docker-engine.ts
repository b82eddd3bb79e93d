/**
 * The engine port over the Docker Engine API, by dockerode. Everything goes through `connect()`. Facts behind it: docs/engine.md.
 */
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../engine.ts';
import { ConnectAgent, type Connect } from './connection.ts';
import { demultiplex } from './frames.ts';
import { jsonLines } from './json-lines.ts';
import { toAppError, type Doing } from './problems.ts';
import {
  isObject,
  toContainerFacts,
  toEngineInfo,
  toEvent,
  toImageFacts,
  toRawStats,
  toSummary,
} from './shapes.ts';
import { negotiate } from './version.ts';

/** How long a short call may take. A hung engine accepts and never answers. */
const CALL_MS = 10_000;
/** Starting pulls layers into place and waits for its turn (about 8 starts a second on a small machine). */
const START_MS = 120_000;
const COMMIT_MS = 30 * 60_000;

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

  async *events(options: {
    readonly since?: number;
    readonly signal: AbortSignal;
  }): AsyncGenerator<port.EngineEvent> {
    const { signal, since } = options;
    const docker = this.#docker;
    const source = async function* () {
      const stream: unknown = await docker.getEvents({
        abortSignal: signal,
        ...(since === undefined ? {} : { since }),
      });
      for await (const raw of jsonLines(bytes(stream))) {
        const nano = raw['timeNano'];
        const event = toEvent(raw, typeof nano === 'number' ? BigInt(Math.round(nano)) : 0n);
        if (event !== null) yield event;
      }
      if (!signal.aborted) throw new AppError('SOCKET_ERROR', 'The engine ended its event stream');
    };
    yield* untilAborted('events', undefined, signal, source());
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

  async *logs(id: string, options: port.LogOptions): AsyncGenerator<port.LogFrame> {
    const { signal } = options;
    const docker = this.#docker;
    const inspect = () => this.inspectContainer(id, signal);
    yield* untilAborted(
      'logs',
      undefined,
      signal,
      (async function* () {
        const { tty } = await inspect();
        const query = {
          follow: options.follow,
          stdout: true,
          stderr: true,
          timestamps: true,
          ...(options.tail === null ? {} : { tail: options.tail }),
          ...(options.since === null ? {} : { since: engineTime(options.since) }),
          ...(options.until === undefined || options.until === null
            ? {}
            : { until: engineTime(options.until) }),
        };
        const stream = await open(docker, `/containers/${encodeURIComponent(id)}/logs?`, query, signal);
        yield* demultiplex(bytes(stream), tty);
      })(),
    );
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

  async *statsStream(id: string, signal: AbortSignal): AsyncGenerator<port.RawStats> {
    const docker = this.#docker;
    yield* untilAborted(
      'stats',
      undefined,
      signal,
      (async function* () {
        const stream = await open(
          docker,
          `/containers/${encodeURIComponent(id)}/stats?`,
          { stream: true },
          signal,
        );
        for await (const raw of jsonLines(bytes(stream))) {
          const reading = toRawStats(raw);
          if (reading === null) return;
          yield reading;
        }
      })(),
    );
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

  async inspectImage(reference: string, signal?: AbortSignal): Promise<port.ImageFacts | null> {
    try {
      const info = await call('image', reference, CALL_MS, signal, (abortSignal) =>
        get(this.#docker, `/images/${imagePath(reference)}/json?`, {}, abortSignal),
      );
      return toImageFacts(info);
    } catch (error) {
      if (error instanceof AppError && (error.code === 'IMAGE_NOT_FOUND' || error.code === 'NOT_FOUND'))
        return null;
      throw error;
    }
  }

  async listImages(): Promise<port.ImageFacts[]> {
    const list = await call('read', undefined, CALL_MS * 3, undefined, (abortSignal) =>
      this.#docker.listImages({ abortSignal }),
    );
    return list.map((each) => ({
      id: each.Id,
      tags: (each.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      digests: (each.RepoDigests ?? []).filter((digest) => digest !== '<none>@<none>'),
      size: each.Size,
      createdAt: each.Created * 1000,
      // null for an image without labels, whatever the type says
      labels: { ...each.Labels },
    }));
  }

  async pullImage(
    reference: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: port.PullProgress) => void },
  ): Promise<void> {
    try {
      const stream: unknown = await this.#docker.pull(reference, { abortSignal: options.signal });
      for await (const raw of jsonLines(bytes(stream))) {
        // failures come as a line of the stream, under status 200
        const failure = raw['error'];
        if (typeof failure === 'string') throw Object.assign(new Error(failure), { statusCode: 200 });
        options.onProgress?.(pullProgress(raw));
      }
    } catch (error) {
      if (options.signal.aborted) throw toAppError(options.signal.reason, 'pull', reference);
      throw toAppError(error, 'pull', reference);
    }
  }

  async removeImage(reference: string, options: { readonly force: boolean }): Promise<void> {
    try {
      await call('image', reference, START_MS, undefined, (abortSignal) =>
        this.#docker.getImage(reference).remove({ force: options.force, abortSignal }),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'IMAGE_NOT_FOUND') throw error;
    }
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

/** dockerode with our own connections. Without a host in its options it would read DOCKER_HOST and go there. */
function client(agent: ConnectAgent, apiVersion: string | null): Docker {
  // the types do not know `agent`, the client passes it on to http.request
  const options = {
    protocol: 'http' as const,
    host: 'engine',
    port: 80,
    agent,
    ...(apiVersion === null ? {} : { version: `v${apiVersion}` }),
  };
  return new Docker(options);
}

/** A short call with a deadline of its own (a race: a call that is cut in the middle of a body never settles by itself). */
async function call<Value>(
  doing: Doing,
  subject: string | undefined,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new DOMException('The engine did not answer in time', 'TimeoutError'));
  }, timeoutMs);
  const either = signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    aborted.reject(either.reason);
  };
  if (either.aborted) onAbort();
  either.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(either), aborted.promise]);
  } catch (error) {
    throw toAppError(either.aborted ? either.reason : error, doing, subject);
  } finally {
    clearTimeout(timer);
    either.removeEventListener('abort', onAbort);
    aborted.promise.catch(() => undefined);
  }
}

/** 304 means that it already is as asked. */
async function already(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError && error.details?.engine?.status === 304) return;
    throw error;
  }
}

async function* untilAborted<Value>(
  doing: Doing,
  subject: string | undefined,
  signal: AbortSignal,
  source: AsyncIterable<Value>,
): AsyncGenerator<Value> {
  try {
    yield* source;
  } catch (error) {
    if (signal.aborted) return;
    throw toAppError(error, doing, subject);
  }
}

function bytes(stream: unknown): AsyncIterable<Buffer> {
  if (typeof stream === 'object' && stream !== null && Symbol.asyncIterator in stream) {
    return {
      [Symbol.asyncIterator]: () =>
        Reflect.apply(stream[Symbol.asyncIterator] as () => AsyncIterator<Buffer>, stream, []),
    };
  }
  throw new AppError('ENGINE_ERROR', 'The engine answered with something that is no stream');
}

function promised(start: (done: (error: unknown, value: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error);
    });
  });
}

const GET_CODES = {
  200: true,
  304: 'not modified',
  400: 'bad parameter',
  404: 'not found',
  409: 'conflict',
  500: 'server error',
} as const;
type Query = Readonly<Record<string, string | number | boolean>>;

/** A GET that answers JSON or text. Path parts are encoded by the caller. */
function get(docker: Docker, path: `${string}?`, query: Query, abortSignal: AbortSignal): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'GET', options: { ...query }, abortSignal, statusCodes: GET_CODES },
      done,
    );
  });
}

/** A GET that answers a stream. */
function open(docker: Docker, path: `${string}?`, query: Query, abortSignal: AbortSignal): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'GET', isStream: true, options: { ...query }, abortSignal, statusCodes: GET_CODES },
      done,
    );
  });
}

/** An image reference as part of a path: its slashes stay, nothing else can leave it. */
function imagePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/');
}

/** POST with a JSON body of our own making: dockerode would take some keys out of it for itself. */
function post(
  docker: Docker,
  path: `${string}?`,
  query: Readonly<Record<string, string>>,
  body: unknown,
  statusCodes: Readonly<Record<number, boolean>>,
  abortSignal: AbortSignal,
): Promise<unknown> {
  return promised((done) => {
    docker.modem.dial(
      { path, method: 'POST', options: { _query: query, _body: body }, abortSignal, statusCodes },
      done,
    );
  });
}

/** RFC 3339 with nanoseconds as the engine wants it in a query: seconds.nanoseconds. */
function engineTime(rfc3339: string): string {
  const seconds = Math.floor(Date.parse(rfc3339) / 1000);
  const fraction = /\.(\d{1,9})/.exec(rfc3339)?.[1] ?? '';
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

function pullProgress(raw: Readonly<Record<string, unknown>>): port.PullProgress {
  const detail = isObject(raw['progressDetail']) ? raw['progressDetail'] : {};
  const amount = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    layer: typeof raw['id'] === 'string' ? raw['id'] : null,
    status: typeof raw['status'] === 'string' ? raw['status'] : '',
    current: amount(detail['current']),
    total: amount(detail['total']),
  };
}
