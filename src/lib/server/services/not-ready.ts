import { AppError } from '#lib/domain/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { lastOutput } from './last-output.ts';

/** How long an image's health check may take to say that all is well. */
export const READY_TIMEOUT_MS = 120_000;

/** The refusal after that time, with what the container said last. The container is kept for a look. */
export async function notReady(engine: Engine, containerId: string): Promise<AppError> {
  return new AppError('READY_TIMEOUT', `It was not healthy within ${READY_TIMEOUT_MS / 1000} s`, {
    details: { output: await lastOutput(engine, containerId, 50) },
  });
}
