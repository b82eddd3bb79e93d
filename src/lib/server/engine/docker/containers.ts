/** Calls about containers: making, starting, ending, removing and reading them. */
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../facts.ts';
import { already, call, CALL_MS, COMMIT_MS, START_MS } from './deadlines.ts';
import { get, post } from './requests.ts';
import {
  isObject,
  toContainerFacts,
  toPathChanges,
  toProcessTable,
  toRawStats,
  toSummary,
} from './shapes.ts';

export class Containers {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  async list(
    options: { readonly labels?: Labels; readonly signal?: AbortSignal } = {},
  ): Promise<port.ContainerSummary[]> {
    const label = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const list = await call('read', undefined, CALL_MS * 3, options.signal, (abortSignal) =>
      this.#docker.listContainers({ all: true, filters: JSON.stringify({ label }), abortSignal }),
    );
    return list.map(toSummary);
  }

  async inspect(id: string, signal?: AbortSignal): Promise<port.ContainerFacts> {
    return toContainerFacts(
      await call('read', undefined, CALL_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).inspect({ abortSignal }),
      ),
    );
  }

  async create(
    name: string,
    body: CreateBody,
    { platform, signal }: port.CreateOptions,
  ): Promise<{ id: string; warnings: readonly string[] }> {
    const query = { name, ...(platform === undefined ? {} : { platform }) };
    const answer: unknown = await call('create', name, START_MS, signal, (abortSignal) =>
      post(this.#docker, '/containers/create?', query, body, { 201: true }, abortSignal),
    );
    const id = isObject(answer) ? answer['Id'] : undefined;
    const warnings =
      isObject(answer) && Array.isArray(answer['Warnings']) ? answer['Warnings'].map(String) : [];
    if (typeof id !== 'string')
      throw new AppError('ENGINE_ERROR', 'The engine made a container and did not say which');
    return { id, warnings };
  }

  async start(id: string, signal?: AbortSignal): Promise<void> {
    await already(
      call('start', undefined, START_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).start({ abortSignal }),
      ),
    );
  }

  async stop(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const t = Math.ceil(timeoutMs / 1000);
    await already(
      call('stop', undefined, timeoutMs + START_MS, signal, (abortSignal) =>
        this.#docker.getContainer(id).stop({ t, abortSignal }),
      ),
    );
  }

  async restart(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const t = Math.ceil(timeoutMs / 1000);
    await call('start', undefined, timeoutMs + START_MS, signal, (abortSignal) =>
      this.#docker.getContainer(id).restart({ t, abortSignal }),
    );
  }

  async kill(id: string, signalName: string): Promise<void> {
    await call('kill', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).kill({ signal: signalName, abortSignal }),
    );
  }

  async pause(id: string): Promise<void> {
    await call('pause', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).pause({ abortSignal }),
    );
  }

  async unpause(id: string): Promise<void> {
    await call('pause', undefined, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).unpause({ abortSignal }),
    );
  }

  async rename(id: string, name: string): Promise<void> {
    await call('rename', name, CALL_MS, undefined, (abortSignal) =>
      this.#docker.getContainer(id).rename({ name, abortSignal }),
    );
  }

  async remove(id: string, options: { readonly force: boolean }): Promise<void> {
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
      const facts = await this.inspect(id).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      if (facts === null) return;
      await delay(100);
    }
    throw new AppError('OPERATION_TIMEOUT', 'The engine is still removing the container');
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

  async size(id: string, signal?: AbortSignal): Promise<number | null> {
    const info = await call('read', undefined, 60_000, signal, (abortSignal) =>
      get(this.#docker, `/containers/${encodeURIComponent(id)}/json?`, { size: true }, abortSignal),
    );
    const size = isObject(info) ? info['SizeRw'] : null;
    return typeof size === 'number' ? size : null;
  }

  async commit(id: string, options: port.CommitOptions): Promise<{ imageId: string }> {
    const answer: unknown = await call('commit', undefined, COMMIT_MS, options.signal, (abortSignal) =>
      this.#docker.getContainer(id).commit({
        repo: options.repository,
        tag: options.tag,
        comment: options.comment,
        pause: options.pause,
        ...(options.changes === undefined ? {} : { changes: options.changes }),
        abortSignal,
      }),
    );
    const imageId = isObject(answer) ? answer['Id'] : undefined;
    if (typeof imageId !== 'string')
      throw new AppError('ENGINE_ERROR', 'The engine committed and did not say which image');
    return { imageId };
  }

  async processes(id: string, signal?: AbortSignal): Promise<port.ProcessTable> {
    const answer = await call('read', undefined, CALL_MS, signal, (abortSignal) =>
      get(this.#docker, `/containers/${encodeURIComponent(id)}/top?`, {}, abortSignal),
    );
    return toProcessTable(answer);
  }

  async changes(id: string, signal?: AbortSignal): Promise<port.PathChange[]> {
    const answer = await call('read', undefined, 60_000, signal, (abortSignal) =>
      get(this.#docker, `/containers/${encodeURIComponent(id)}/changes?`, {}, abortSignal),
    );
    return toPathChanges(answer);
  }
}
