/**
 * What builds that do not come to their end leave on one engine, and taking it away. Only what a build's own output names as made goes, and only
 * what has no name and was not lying about before: a program may print lines that look like the builder's, with ids of images of others.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { BuildOutput } from '#lib/domain/builds/build-output.ts';
import { AppError } from '#lib/domain/errors.ts';
import { call, START_MS } from './deadlines.ts';
import { inspectImage, listImages } from './images.ts';

/** How long the engine may take to end a step that nobody waits for any more. */
const STEP_END_MS = 10_000;

export interface Trace {
  readonly output: BuildOutput;
  /** Images without a name that were there when it began. */
  readonly before: ReadonlySet<string>;
}

export class BuildDebris {
  readonly #docker: Docker;
  readonly #running = new Set<Trace>();
  #owed: readonly { readonly id: string; readonly before: ReadonlySet<string> }[] = [];

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  async begin(): Promise<Trace> {
    const unnamed = await listImages(this.#docker, { dangling: true });
    const trace = { output: new BuildOutput(Date.now), before: new Set(unnamed.map((each) => each.id)) };
    this.#running.add(trace);
    return trace;
  }

  /**
   * Takes away what a failed build made, newest first. What a build that still runs goes on from stays until that one has ended. Fails in
   * silence: it cleans up after something that failed.
   */
  async end(trace: Trace, how: 'made' | 'failed'): Promise<void> {
    this.#running.delete(trace);
    const { output, before } = trace;
    if (how === 'failed')
      this.#owed = [...this.#owed, ...output.made.toReversed().map((id) => ({ id, before }))];
    const due = this.#owed.filter(({ id }) => !this.#isUsed(id));
    this.#owed = this.#owed.filter(({ id }) => this.#isUsed(id));
    const patience = AbortSignal.timeout(STEP_END_MS);
    for (const { id, before: others } of due) {
      while (!(await this.#isRemoved(id, others))) {
        if (patience.aborted) return;
        await delay(STEP_END_MS / 50);
      }
    }
  }

  #isUsed(id: string): boolean {
    return [...this.#running].some((trace) => trace.output.named.has(id));
  }

  /**
   * Also true where it stays: another image is made of it, or the engine is gone. The container of a step that was cut off goes a moment later,
   * and has its image until then.
   */
  async #isRemoved(id: string, others: ReadonlySet<string>): Promise<boolean> {
    try {
      const image = await inspectImage(this.#docker, id);
      if (image === null || image.tags.length > 0 || others.has(image.id)) return true;
      await call('image', id, START_MS, undefined, (abortSignal) =>
        // alone: its parents may have been there before
        this.#docker.getImage(id).remove({ force: false, noprune: true, abortSignal }),
      );
      return true;
    } catch (error) {
      return !(error instanceof AppError && error.code === 'CONFLICT' && / container /.test(error.message));
    }
  }
}
