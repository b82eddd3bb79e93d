/** When a started agent counts as ready: the wait that spawn, start, restart and recreate have in common. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { Readiness } from '#lib/domain/agent-spec.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import { lastOutput } from './last-output.ts';
import { makeProbe } from './probes.ts';

export type Waited =
  | { readonly kind: 'ready'; readonly facts: ContainerFacts; readonly note: string }
  /** The container ended for good. */
  | { readonly kind: 'ended'; readonly facts: ContainerFacts }
  /** Somebody else moved the agent on meanwhile. */
  | { readonly kind: 'left' };

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Called with each reading of a container that runs; false ends the wait as `left`. */
  readonly seen: (facts: ContainerFacts) => boolean;
  /** Done once for each start of the container, when it runs: what has to be there before it counts as ready. Gives a note. */
  readonly before?: ((signal?: AbortSignal) => Promise<string>) | undefined;
}

const OUTPUT_LINES = 50;

/**
 * Waits until the probe of `readiness` says yes. Throws READY_TIMEOUT with the last 50 lines of output after its timeout, VALIDATION when the
 * probe makes no sense for this image. Restarts by the engine's own policy are waited through.
 */
export async function waitUntilReady(
  engine: Engine,
  containerId: string,
  readiness: Readiness,
  { signal, seen, before }: WaitOptions,
): Promise<Waited> {
  const began = Date.now();
  const prepared: { startedAt: number | null | undefined; note: string } = { startedAt: undefined, note: '' };
  const probe = makeProbe(readiness, engine, containerId);
  try {
    for (let pause = 100; ; pause = Math.min(pause * 1.5, 1_000)) {
      const facts = await engine.inspectContainer(containerId, signal);
      if (!seen(facts)) return { kind: 'left' };
      if (facts.status === 'exited' || facts.status === 'dead') return { kind: 'ended', facts };
      let why = `it is ${facts.status}`;
      if (facts.status === 'running') {
        if (before !== undefined && prepared.startedAt !== facts.startedAt) {
          prepared.note = await unlessEnded(before(signal));
          prepared.startedAt = facts.startedAt;
        }
        const answer = await probe.ask(facts, signal);
        if (answer.ready)
          return {
            kind: 'ready',
            facts,
            note: [noteOf(answer.note, began), prepared.note].filter((each) => each !== '').join('; '),
          };
        why = answer.note;
      }
      if (Date.now() - began > readiness.timeout * 1000)
        throw await notReady(engine, containerId, readiness, why);
      await delay(pause, undefined, signal === undefined ? {} : { signal });
    }
  } finally {
    probe.close();
  }
}

/** A container that ended meanwhile is read anew, and said to have ended. */
async function unlessEnded(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFLICT' && !error.message.startsWith('sshd'))
      return '';
    throw error;
  }
}

function noteOf(note: string, began: number): string {
  const took = Date.now() - began;
  return took < 500 ? note : `${note} after ${(took / 1000).toFixed(1)} s`;
}

/** The container is kept for a look, and what it said last is in the record. */
async function notReady(
  engine: Engine,
  containerId: string,
  readiness: Readiness,
  why: string,
): Promise<AppError> {
  const words = readiness.kind === 'auto' ? 'healthy' : 'ready';
  return new AppError('READY_TIMEOUT', `It was not ${words} within ${readiness.timeout} s: ${why}`, {
    details: { output: await lastOutput(engine, containerId, OUTPUT_LINES) },
  });
}

/** A container that is kept after READY_TIMEOUT still runs; one that ended is what the engine says it is. */
export function endedEarly(exitCode: number | null): AppError {
  return new AppError(
    'CONFLICT',
    `It ended${exitCode === null ? '' : ` with code ${exitCode}`} before it was ready`,
    { hint: 'Read its last output.' },
  );
}
