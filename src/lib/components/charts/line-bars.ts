/** Lines by time as bars that fit a page. Pure. */
import type { LineCount } from '#lib/protocol/metrics.ts';

export interface LineBar extends LineCount {
  /** Milliseconds that it is wide. */
  readonly ms: number;
}

const MOST_BARS = 180;

/** As wide as the counts are, or so much wider that they fit; oldest first, none for where nothing was printed. */
export function barsOf(
  counts: readonly LineCount[],
  { from, to, stepMs }: { from: number; to: number; stepMs: number },
): readonly LineBar[] {
  const ms = Math.max(1, Math.ceil((to - from) / MOST_BARS / stepMs)) * stepMs;
  const bars = new Map<number, LineBar>();
  for (const { at, lines, warnings, errors } of counts) {
    if (at + stepMs <= from || at >= to) continue;
    const start = Math.floor(at / ms) * ms;
    const bar = bars.get(start);
    bars.set(start, {
      at: start,
      ms,
      lines: (bar?.lines ?? 0) + lines,
      warnings: (bar?.warnings ?? 0) + warnings,
      errors: (bar?.errors ?? 0) + errors,
    });
  }
  return [...bars.values()];
}

/** The bar at a time. */
export function barAt(bars: readonly LineBar[], time: number): LineBar | undefined {
  return bars.find(({ at, ms }) => time >= at && time < at + ms);
}

/** Those with most lines, in the order of time. */
export function peaksOf(bars: readonly LineBar[], count: number): readonly LineBar[] {
  return bars
    .toSorted((a, b) => b.lines - a.lines)
    .slice(0, count)
    .toSorted((a, b) => a.at - b.at);
}
