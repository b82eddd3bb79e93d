/** From what is kept, and what comes live, to what a chart draws. Pure. */
import { regroup } from '#lib/domain/metric-points.ts';
import type { MetricPoint } from '#lib/protocol/metrics.ts';
import type { StatsSample } from '#lib/protocol/views.ts';

/** What is finer than this is drawn sample by sample. */
const SINGLE_MS = 15_000;

/** The history and after it the samples of this page; those that the history has already are left out. */
export function withLive(
  points: readonly MetricPoint[],
  samples: readonly StatsSample[],
  stepMs: number,
): readonly MetricPoint[] {
  const last = points.at(-1);
  const after = last === undefined ? 0 : last.at + stepMs;
  const news = samples
    .filter(({ at }) => at >= after)
    .map(({ at, cpu, memory, ...rest }) => ({
      at,
      samples: 1,
      cpu,
      cpuMax: cpu,
      memory,
      memoryMax: memory,
      ...rest,
    }));
  return [...points, ...(stepMs < SINGLE_MS ? news : regroup(news, stepMs))];
}

export interface Columns {
  /** Milliseconds since 1970, growing. */
  readonly at: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** One column of time and one for each figure; where nothing was measured for longer than a step there is an empty row, so that no line is drawn over it. */
export function columnsOf(
  points: readonly MetricPoint[],
  stepMs: number,
  picks: readonly ((point: MetricPoint) => number | null)[],
): Columns {
  const at: number[] = [];
  const values: (number | null)[][] = picks.map(() => []);
  const widest = Math.max(stepMs, SINGLE_MS) * 1.6;
  for (const point of points) {
    const last = at.at(-1);
    if (last !== undefined && point.at - last > widest) {
      at.push(last + 1);
      for (const column of values) column.push(null);
    }
    at.push(point.at);
    picks.forEach((pick, place) => values[place]?.push(pick(point)));
  }
  return { at, values };
}

export interface Summary {
  readonly last: number;
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

/** null when nothing is known. Averages weigh by samples; `most` looks at the largest single values where those are kept. */
export function summaryOf(
  points: readonly MetricPoint[],
  pick: (point: MetricPoint) => number | null,
  pickMost: (point: MetricPoint) => number | null = pick,
): Summary | null {
  const known = points.flatMap((point) => {
    const value = pick(point);
    return value === null ? [] : [{ value, most: pickMost(point) ?? value, samples: point.samples }];
  });
  const last = known.at(-1);
  if (last === undefined) return null;
  const weight = known.reduce((sum, { samples }) => sum + samples, 0);
  return {
    last: last.value,
    least: Math.min(...known.map(({ value }) => value)),
    mean: known.reduce((sum, { value, samples }) => sum + value * samples, 0) / weight,
    most: Math.max(...known.map(({ most }) => most)),
  };
}

/** The place of the row that is nearest to a time; null when there are none. */
export function nearest(at: readonly number[], time: number): number | null {
  if (at.length === 0) return null;
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  const before = at[low - 1];
  return before !== undefined && time - before < (at[low] ?? Infinity) - time ? low - 1 : low;
}
