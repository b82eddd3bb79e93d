/** A chart as SVG paths for the first paint, before uPlot is there: the same look, no code. Pure. */

/** One measured point; null where nothing was measured. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number | null;
}

export const CHART_HEIGHT = 53;

/** The top of the scale: a little above the limit, or above the largest value where there is none or it is over it. */
export function scaleTop(points: readonly Point[], limit: number | null): number {
  let max = limit === null ? 0 : limit * 1.1;
  for (const point of points) if (point.value !== null && point.value > max) max = point.value;
  return max > 0 ? max : 1;
}

/** The `d` of the line and of the area under it, over a width of 1000 and the height of a chart. */
export function statPaths(
  points: readonly Point[],
  limit: number | null,
): { readonly line: string; readonly area: string; readonly limitY: number | null } {
  const top = scaleTop(points, limit);
  const from = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - from);
  const y = (value: number) => round(CHART_HEIGHT - 0.5 - (value / top) * (CHART_HEIGHT - 1));
  let line = '';
  let area = '';
  let start: number | null = null;
  let x = 0;
  for (const point of points) {
    if (point.value === null) {
      area += start === null ? '' : `L${x} ${CHART_HEIGHT}L${start} ${CHART_HEIGHT}Z`;
      start = null;
      continue;
    }
    x = round(((point.at - from) / span) * 1000);
    const step = `${start === null ? 'M' : 'L'}${x} ${y(point.value)}`;
    line += step;
    area += step;
    start ??= x;
  }
  if (start !== null) area += `L${x} ${CHART_HEIGHT}L${start} ${CHART_HEIGHT}Z`;
  return { line, area, limitY: limit === null ? null : y(limit) };
}

const round = (value: number) => Math.round(value * 10) / 10;
