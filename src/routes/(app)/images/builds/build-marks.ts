import type { Shape, Tone } from '#lib/components/ui/state-shapes.ts';
import type { BuildStepView, BuildView } from '#lib/protocol/builds.ts';

/** Shape and tone of a build. */
export const BUILD_MARKS = {
  running: ['work', 'work'],
  succeeded: ['exited', 'ready'],
  failed: ['broken', 'broken'],
  cancelled: ['rest', 'rest'],
} as const satisfies Record<BuildView['state'], readonly [Shape, Tone]>;

export const STEP_MARKS = {
  running: ['work', 'work'],
  done: ['exited', 'ready'],
  failed: ['broken', 'broken'],
} as const satisfies Record<BuildStepView['state'], readonly [Shape, Tone]>;

/** Milliseconds; of what still runs up to now. */
export function spanOf(
  { startedAt, endedAt }: Pick<BuildView, 'startedAt' | 'endedAt'>,
  now: number,
): number {
  return (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt);
}
