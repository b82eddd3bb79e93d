import type { BuildOutput } from '#lib/domain/builds/build-output.ts';
import { AppError } from '#lib/domain/errors.ts';

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A signal that ends with BUILD_FAILED when the time is over. `end` takes the timer away. */
export function timeLimit(seconds: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => {
      controller.abort(
        new AppError('BUILD_FAILED', `The build did not end within ${seconds} s`, {
          hint: 'Look at the step in which it was, or give it more time with "timeout".',
        }),
      );
    },
    Math.min(seconds * 1000, MAX_TIMER_MS),
  );
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
    },
  };
}

/** A failure with the step in which it happened, and with that step's last lines. What is no failure of the build itself stays as it is. */
export function asBuildFailure(error: unknown, output: BuildOutput): unknown {
  if (!(error instanceof AppError)) return error;
  const step = output.steps.at(-1);
  if (error.code !== 'BUILD_FAILED' || step === undefined) return error;
  const instruction = step.instruction.length > 120 ? `${step.instruction.slice(0, 120)}…` : step.instruction;
  const isOurs = error.details?.engine === undefined;
  const where = `step ${step.number} of ${step.total} (${instruction})`;
  return new AppError(
    'BUILD_FAILED',
    isOurs ? `${error.message}; it was in ${where}` : `The build failed in ${where}`,
    {
      hint: error.hint,
      cause: error,
      details: { ...error.details, step: step.instruction, output: output.tail },
    },
  );
}
