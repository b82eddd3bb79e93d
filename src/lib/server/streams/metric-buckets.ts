/** Samples as they come, by intervals of ten seconds: one for an agent that nobody looks at, ten for one on somebody's page. */
import { regroup } from '#lib/domain/metric-points.ts';
import type { MetricPoint } from '#lib/protocol/metrics.ts';
import type { StatsSample } from '#lib/protocol/views.ts';

export const FINEST_MS = 10_000;

export class MetricBuckets {
  /** By agent and the interval's beginning. */
  #open = new Map<string, Map<number, MetricPoint[]>>();

  add(agentId: string, sample: StatsSample): void {
    const at = Math.floor(sample.at / FINEST_MS) * FINEST_MS;
    const intervals = this.#open.get(agentId) ?? new Map<number, MetricPoint[]>();
    this.#open.set(agentId, intervals);
    const points = intervals.get(at) ?? [];
    intervals.set(at, points);
    points.push(pointOf(sample));
  }

  /** The intervals that ended by now; they are not given again. With `all` also the one that is not over. */
  take(now: number, all = false): readonly { readonly id: string; readonly point: MetricPoint }[] {
    const taken = [];
    for (const [id, intervals] of this.#open) {
      for (const [at, points] of intervals) {
        if (!all && at + FINEST_MS > now) continue;
        intervals.delete(at);
        // one interval counts as much as another, however often it was looked at
        for (const point of regroup(points, FINEST_MS)) taken.push({ id, point: { ...point, samples: 1 } });
      }
      if (intervals.size === 0) this.#open.delete(id);
    }
    return taken;
  }
}

function pointOf({ at, cpu, memory, ...rest }: StatsSample): MetricPoint {
  return { at, samples: 1, cpu, cpuMax: cpu, memory, memoryMax: memory, ...rest };
}
