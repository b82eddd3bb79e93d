/** In which steps figures are kept, for how long, and which of them answers a question. Pure; all in seconds. */

export interface MetricStep {
  readonly step: number;
  readonly keep: number;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Finest first. */
export const AGENT_STEPS = [
  { step: 10, keep: 2 * HOUR },
  { step: 60, keep: 48 * HOUR },
  { step: 900, keep: 90 * DAY },
] as const satisfies readonly MetricStep[];

export const HOST_STEPS = [
  { step: 30, keep: 2 * HOUR },
  { step: 60, keep: 48 * HOUR },
  { step: 900, keep: 90 * DAY },
] as const satisfies readonly MetricStep[];

/** A chart has no room for more. */
const MOST_POINTS = 720;

interface ChosenStep {
  /** What is read. */
  readonly kept: number;
  /** What is answered: that or a multiple of it. */
  readonly step: number;
}

/**
 * The finest step that is still kept at `from`, made so coarse that the answer stays short. With a wish that step, unless it is finer than
 * what is kept or the answer would be too long.
 */
export function chooseStep(
  steps: readonly MetricStep[],
  { from, to, now, wish }: { from: number; to: number; now: number; wish?: number | undefined },
): ChosenStep {
  const coarsest = steps.at(-1) ?? { step: 900, keep: 0 };
  const kept = (steps.find(({ keep }) => from >= now - keep) ?? coarsest).step;
  const least = Math.max(kept, wish ?? 0, (to - from) / MOST_POINTS);
  return { kept, step: Math.ceil(least / kept) * kept };
}
