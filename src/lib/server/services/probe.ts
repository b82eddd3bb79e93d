/** A question that readiness asks of a container, and what all of them have in common. */
import { AppError } from '#lib/domain/errors.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';

export interface Answer {
  readonly ready: boolean;
  /** In words: what it found, or why not yet. */
  readonly note: string;
}

export interface Probe {
  ask(facts: ContainerFacts, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

/** One question may take so long. */
const PATIENCE_MS = 5_000;

export function yes(note: string): Answer {
  return { ready: true, note };
}

export function no(note: string): Answer {
  return { ready: false, note };
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program inside; null when the engine refuses or it takes too long. */
export async function attempt(
  engine: Engine,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Ran | null> {
  try {
    const ran = await engine.execute(containerId, {
      command,
      timeoutMs: PATIENCE_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    return { exitCode: ran.exitCode, stdout: ran.stdout.toString(), stderr: ran.stderr.toString() };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
