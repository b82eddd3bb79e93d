/** Builds: images made from a Dockerfile, a folder, an upload or a repository, each with its steps and its whole output. */
import { buildInput, uploadInput, type BuildWish } from '#lib/domain/builds/build-input.ts';
import { wishAsInput } from '#lib/domain/builds/wish-input.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { BuildView } from '#lib/protocol/builds.ts';
import type { OperationView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { BuildRepository, BuildRow } from '../storage/builds.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { BuildJob } from './build-options.ts';
import type { Builder } from './builder.ts';
import type { BuildLogs } from './build-log.ts';
import { buildView, inputAgain } from './build-views.ts';
import type { Operation, OperationPlan, Operations } from './operations.ts';

export interface BuildServiceParts {
  readonly builds: BuildRepository;
  readonly builder: Builder;
  readonly logs: BuildLogs;
  readonly fleet: Fleet;
  readonly operations: Operations;
  readonly journal: Journal;
}

export interface StartedBuild {
  readonly build: BuildView;
  readonly operation: OperationView;
}

const LISTED = 50;
const STEPS = ['context', 'build', 'record'] as const;

export class BuildService {
  readonly #parts: BuildServiceParts;

  constructor(parts: BuildServiceParts) {
    this.#parts = parts;
  }

  /** Newest first. */
  list(actor: Actor | null): readonly BuildView[] {
    authorize(actor, 'images.see');
    return this.#parts.builds.list(LISTED).map((row) => this.#view(row));
  }

  /** With the input that asks for the same again; null for an upload. */
  get(
    actor: Actor | null,
    id: string,
  ): BuildView & { readonly input: Readonly<Record<string, unknown>> | null } {
    authorize(actor, 'images.see');
    const row = this.#row(id);
    return { ...this.#view(row), input: inputAgain(row) };
  }

  /** The output from its beginning; with `follow` until the build is over. Throws NOT_FOUND. */
  log(
    actor: Actor | null,
    id: string,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncGenerator<Buffer> {
    authorize(actor, 'images.see');
    return this.#parts.logs.read(this.#row(id).id, options);
  }

  /** The newest output. */
  logTail(actor: Actor | null, id: string, maxBytes: number): Promise<string> {
    authorize(actor, 'images.see');
    return this.#parts.logs.tail(this.#row(id).id, maxBytes);
  }

  /** Begins a build, and gives it at once; with `wait` when it is made, or throws why not. A folder of Slipway's machine needs a right of its own. */
  async create(
    actor: Actor | null,
    raw: unknown,
    options: { readonly wait?: boolean } = {},
  ): Promise<StartedBuild> {
    const who = authorize(actor, 'builds.change');
    const wish = parseInput(buildInput, raw);
    if (wish.source.kind === 'context') authorize(actor, 'builds.hostContext');
    const { job, done, operationId } = this.#start(who, wish, null);
    if (options.wait === true) await done;
    return {
      build: this.#view(this.#row(job.row.id)),
      operation: this.#parts.operations.get(who, operationId),
    };
  }

  /** The same from a tar. Resolves when the engine has all of it (with `wait` when it is made), or throws what is wrong with it. */
  async upload(
    actor: Actor | null,
    raw: unknown,
    bytes: AsyncIterable<Uint8Array>,
    options: { readonly wait?: boolean } = {},
  ): Promise<StartedBuild> {
    const who = authorize(actor, 'builds.change');
    const wish = parseInput(uploadInput, raw);
    const { job, done, sent, operationId } = this.#start(who, wish, bytes);
    await (options.wait === true ? done : Promise.race([sent, done]));
    return {
      build: this.#view(this.#row(job.row.id)),
      operation: this.#parts.operations.get(who, operationId),
    };
  }

  /** The record and its output; the image stays. Throws CONFLICT while it runs. */
  delete(actor: Actor | null, id: string): void {
    const who = authorize(actor, 'builds.change');
    const { builds, logs, journal } = this.#parts;
    const row = this.#row(id);
    if (row.state === 'running')
      throw new AppError('CONFLICT', 'The build is still running', { hint: 'Cancel it first.' });
    journal.commit((tell) => {
      builds.delete(row.id);
      tell({ kind: 'changed', what: 'builds', subject: row.id, by: asReason(who) });
    });
    logs.delete(row.id);
  }

  /** Marks what a crash of Slipway cut off: the engine ends a build when nobody listens any more. */
  recover(): void {
    const cutOff = new AppError('CANCELLED', 'Slipway ended in the middle of it').toProblem();
    for (const row of this.#parts.builds.running())
      this.#parts.builds.update(row.id, { state: 'failed', error: cutOff, endedAt: Date.now() });
  }

  #start(who: Actor, wish: BuildWish, upload: AsyncIterable<Uint8Array> | null) {
    const { operations, journal, builder, fleet } = this.#parts;
    const host = fleet.place(wish.host);
    host.engine();
    const by = asReason(who);
    const { prepared, row } = journal.commit((tell) => {
      const operation = operations.prepare(this.#plan(wish, host.id, by), tell);
      return { prepared: operation, row: builder.begin({ wish, host, by, operationId: operation.id }, tell) };
    });
    const job: BuildJob = { row, wish: { ...wish, host: host.name }, host, upload };
    const sent = Promise.withResolvers<undefined>();
    const { id, done } = operations.run(prepared, true, (operation) => this.#work(operation, job, sent));
    return { job, done, sent: sent.promise, operationId: id };
  }

  #plan(wish: BuildWish, hostId: OperationPlan['hostId'], actor: string): OperationPlan {
    const input = wishAsInput(wish);
    return {
      kind: 'build',
      agent: null,
      hostId,
      actor,
      steps: STEPS,
      cancellable: true,
      ...(input === null ? {} : { request: input }),
    };
  }

  async #work(operation: Operation, job: BuildJob, sent: PromiseWithResolvers<undefined>): Promise<string> {
    const { builder } = this.#parts;
    const building = builder.run(job, {
      signal: operation.signal,
      line: (text) => {
        operation.output(text);
      },
      progress: (percent, text) => {
        operation.progress('build', percent, text);
      },
      sent: () => {
        sent.resolve(undefined);
      },
      made: () => {
        operation.commitPoint();
      },
    });
    try {
      await operation.step('context', () => Promise.race([sent.promise, building]));
      const imageId = await operation.step('build', async (note) => {
        const made = await building;
        note(made.slice(0, 19));
        return made;
      });
      await operation.step('record', () => builder.keep(job, imageId));
      return imageId;
    } finally {
      // it cleans up after itself: nobody may take it for over before that
      await building.catch(() => undefined);
    }
  }

  #view(row: BuildRow): BuildView {
    return buildView(row, this.#parts.fleet.find(row.hostId)?.name ?? null);
  }

  #row(id: string): BuildRow {
    const row = this.#parts.builds.byId(id);
    if (row === undefined) throw notFound('build', id);
    return row;
  }
}
