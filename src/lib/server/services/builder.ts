/**
 * Carries out one build: where its files come from, its log, its steps as they come, its end. What the engine made for a build that fails goes
 * again there (the engine port promises it). Used by builds by themselves and by spawns whose image is built first.
 */
import type { BuildRecipe } from '#lib/domain/agent-spec.ts';
import { DEFAULT_BUILD_SECONDS, type BuildWish } from '#lib/domain/builds/build-input.ts';
import { BuildOutput, type BuildStep } from '#lib/domain/builds/build-output.ts';
import { PLAIN_SETTINGS } from '#lib/domain/builds/build-settings.ts';
import type { BuildSource } from '#lib/domain/builds/build-source.ts';
import { AppError } from '#lib/domain/errors.ts';
import { newId, type BuildId, type OperationId } from '#lib/domain/ids.ts';
import type { Host } from '../hosts/host.ts';
import type { Log } from '../log.ts';
import type { BuildRepository, BuildRow } from '../storage/builds.ts';
import type { Journal, Tell } from '../storage/journal.ts';
import { asBuildFailure, timeLimit } from './build-failure.ts';
import type { BuildLogs } from './build-log.ts';
import { engineOptions, type BuildJob, type BuildWatch, type SourceParts } from './build-options.ts';
import { keptRequest, stepView } from './build-views.ts';
import { toProblem } from './operations.ts';
import { paced } from './paced.ts';

export interface BuilderParts extends SourceParts {
  readonly builds: BuildRepository;
  readonly journal: Journal;
  readonly logs: BuildLogs;
  readonly log: Log;
}

const KEPT_BUILDS = 50;
const SAVE_MS = 200;

export class Builder {
  readonly #parts: BuilderParts;

  constructor(parts: BuilderParts) {
    this.#parts = parts;
  }

  /** Writes a build down as begun, inside a transaction. */
  begin(
    about: {
      readonly wish: BuildWish;
      readonly host: Host;
      readonly by: string;
      readonly operationId: OperationId;
    },
    tell: Tell,
  ): BuildRow {
    const { wish, host, by, operationId } = about;
    const row: BuildRow = {
      id: newId<BuildId>(),
      operationId,
      hostId: host.id,
      tag: wish.tag,
      imageId: null,
      state: 'running',
      request: keptRequest(wish),
      steps: [],
      error: null,
      actor: by,
      startedAt: Date.now(),
      endedAt: null,
    };
    this.#parts.builds.insert(row);
    tell({ kind: 'changed', what: 'builds', subject: row.id, by });
    return row;
  }

  /** Builds what an agent is made of, as a part of its operation. Gives the image's id. */
  async forAgent(
    about: {
      readonly recipe: BuildRecipe;
      readonly image: string;
      readonly platform: string | null;
      readonly host: Host;
      readonly by: string;
      readonly operationId: OperationId;
    },
    watch: BuildWatch,
  ): Promise<string> {
    const { recipe, image, host, by, operationId } = about;
    const { file, args, target, noCache, labels } = recipe;
    const settings = { ...PLAIN_SETTINGS, file, args, target, noCache, labels, platform: about.platform };
    const wish: BuildWish = {
      source: sourceOfRecipe(recipe),
      tag: image,
      settings,
      host: host.name,
      timeout: DEFAULT_BUILD_SECONDS,
    };
    const row = this.#parts.journal.commit((tell) => this.begin({ wish, host, by, operationId }, tell));
    const job = { row, wish, host, upload: null };
    const imageId = await this.run(job, watch);
    await this.keep(job, imageId);
    return imageId;
  }

  /** Gives the image's id. Throws BUILD_FAILED with the failing step, or with the time limit; then it is written down. */
  async run(job: BuildJob, watch: BuildWatch): Promise<string> {
    const { row, wish, host } = job;
    const { logs, log } = this.#parts;
    const limit = timeLimit(wish.timeout);
    const signal = AbortSignal.any([watch.signal, limit.signal]);
    const saving = this.#stepSaver(row, watch);
    const output = new BuildOutput(Date.now, saving.changed);
    const file = logs.open(row.id, (error) => {
      log.warn({ err: error, build: row.id }, 'the log of a build cannot be written');
    });
    const lines = (list: readonly string[]) => {
      for (const line of list) watch.line(line);
    };
    let isMade = false;
    try {
      const options = await engineOptions(this.#parts, job, signal, watch);
      const { imageId } = await host.engine().buildImage({
        ...options,
        onOutput: (text) => {
          file.write(text);
          lines(output.take(text));
        },
        onProgress: ({ layer, status, total, current }) => {
          const text = layer === null ? status : `${layer}: ${status}`;
          if (total === null) file.write(`${text}\n`);
          watch.progress(total === null ? null : Math.floor(((current ?? 0) / total) * 100), text);
        },
      });
      const rest = output.end('done');
      lines(rest === null ? [] : [rest]);
      saving.end();
      isMade = true;
      watch.made?.();
      return imageId;
    } catch (error) {
      if (isMade) await removeNames(job);
      const rest = output.end('failed');
      lines(rest === null ? [] : [rest]);
      saving.end();
      const reason: unknown = signal.aborted ? signal.reason : error;
      const failure = asBuildFailure(reason, output);
      if (failure instanceof AppError) file.write(`\n${failure.message}\n`);
      this.#end(row, failure);
      throw failure;
    } finally {
      limit.end();
      await file.close();
    }
  }

  /** Writes down that it is made, under all its names. */
  async keep(job: BuildJob, imageId: string): Promise<void> {
    const { row, wish, host } = job;
    const { builds, journal } = this.#parts;
    try {
      for (const name of wish.settings.tags) await host.engine().tagImage(imageId, name);
    } catch (error) {
      await removeNames(job);
      this.#end(row, error);
      throw error;
    }
    journal.commit((tell) => {
      builds.update(row.id, { state: 'succeeded', imageId, endedAt: Date.now() });
      tell({ kind: 'changed', what: 'builds', subject: row.id, by: row.actor });
      tell({ kind: 'changed', what: 'images', subject: row.tag, by: row.actor });
    });
    this.#forgetOld();
  }

  #stepSaver(row: BuildRow, watch: BuildWatch) {
    let steps: readonly BuildStep[] = [];
    // those from the cache come many at once
    const saving = paced(SAVE_MS, () => {
      this.#parts.journal.commit((tell) => {
        this.#parts.builds.update(row.id, { steps: steps.map(stepView) });
        tell({ kind: 'changed', what: 'builds', subject: row.id, by: row.actor });
      });
    });
    return {
      end: () => {
        saving.end();
      },
      changed: (next: readonly BuildStep[]) => {
        steps = next;
        saving.news();
        const step = next.at(-1);
        if (step === undefined) return;
        const text = `Step ${step.number} of ${step.total}: ${step.instruction}`;
        watch.progress(Math.floor(((step.number - 1) / step.total) * 100), text);
      },
    };
  }

  #end(row: BuildRow, error: unknown): void {
    const problem = toProblem(error);
    const state = problem.code === 'CANCELLED' ? 'cancelled' : 'failed';
    this.#parts.journal.commit((tell) => {
      this.#parts.builds.update(row.id, { state, error: problem, endedAt: Date.now() });
      tell({ kind: 'changed', what: 'builds', subject: row.id, by: row.actor });
    });
    this.#forgetOld();
  }

  #forgetOld(): void {
    const { builds, logs } = this.#parts;
    for (const { id } of builds.beyond(KEPT_BUILDS)) {
      builds.delete(id);
      logs.delete(id);
    }
  }
}

async function removeNames({ wish, host }: BuildJob): Promise<void> {
  for (const name of [wish.tag, ...wish.settings.tags])
    await host
      .engine()
      .removeImage(name, { force: false })
      .catch(() => undefined);
}

function sourceOfRecipe({ dockerfile, context, git }: BuildRecipe): BuildSource {
  if (dockerfile !== null) return { kind: 'dockerfile', text: dockerfile };
  if (context !== null) return { kind: 'context', path: context };
  return { kind: 'git', url: git ?? '' };
}
