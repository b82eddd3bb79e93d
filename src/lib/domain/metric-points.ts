/** Figures by intervals of time, and how finer intervals become coarser ones. Pure. */

/** What an agent used in one interval. null: not known or not reported, never zero instead. */
export interface MetricPoint {
  /** Where the interval begins, milliseconds since 1970. */
  readonly at: number;
  /** How many intervals of the finest step are in it: the weight of its averages. */
  readonly samples: number;
  /** Percent of one core. */
  readonly cpu: number | null;
  readonly cpuMax: number | null;
  /** Bytes without page cache. */
  readonly memory: number | null;
  readonly memoryMax: number | null;
  readonly memoryLimit: number | null;
  /** Bytes per second. */
  readonly netRx: number | null;
  readonly netTx: number | null;
  readonly blockRead: number | null;
  readonly blockWrite: number | null;
  readonly pids: number | null;
  /** Milliseconds held back, per second. */
  readonly throttled: number | null;
}

/** What a host used and had in one interval. */
export interface HostPoint {
  readonly at: number;
  readonly samples: number;
  /** Percent of all cores. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly memoryTotal: number | null;
  /** Bytes on the file system with the engine's data. */
  readonly disk: number | null;
  readonly diskTotal: number | null;
  readonly containers: number | null;
  readonly containersRunning: number | null;
  readonly images: number | null;
  /** Milliseconds that the engine's clock is ahead of ours. */
  readonly clockSkew: number | null;
}

/** Of points in the order of time. Averages weigh by samples; an interval without any point is left out, so gaps stay gaps. */
export function regroup(points: readonly MetricPoint[], stepMs: number): MetricPoint[] {
  return grouped(points, stepMs).map(([at, group]) => ({
    at,
    samples: samplesOf(group),
    cpu: mean(group, (each) => each.cpu),
    cpuMax: max(group, (each) => each.cpuMax),
    memory: whole(mean(group, (each) => each.memory)),
    memoryMax: max(group, (each) => each.memoryMax),
    memoryLimit: last(group, (each) => each.memoryLimit),
    netRx: mean(group, (each) => each.netRx),
    netTx: mean(group, (each) => each.netTx),
    blockRead: mean(group, (each) => each.blockRead),
    blockWrite: mean(group, (each) => each.blockWrite),
    pids: whole(mean(group, (each) => each.pids)),
    throttled: mean(group, (each) => each.throttled),
  }));
}

/** The same for hosts; what they have is as it was last. */
export function regroupHost(points: readonly HostPoint[], stepMs: number): HostPoint[] {
  return grouped(points, stepMs).map(([at, group]) => ({
    at,
    samples: samplesOf(group),
    cpu: mean(group, (each) => each.cpu),
    memory: whole(mean(group, (each) => each.memory)),
    memoryTotal: last(group, (each) => each.memoryTotal),
    disk: last(group, (each) => each.disk),
    diskTotal: last(group, (each) => each.diskTotal),
    containers: last(group, (each) => each.containers),
    containersRunning: last(group, (each) => each.containersRunning),
    images: last(group, (each) => each.images),
    clockSkew: last(group, (each) => each.clockSkew),
  }));
}

interface Weighed {
  readonly at: number;
  readonly samples: number;
}
type Reading<Point> = (point: Point) => number | null;

function grouped<Point extends Weighed>(
  points: readonly Point[],
  stepMs: number,
): readonly (readonly [number, readonly Point[]])[] {
  const groups = new Map<number, Point[]>();
  for (const point of points) {
    const at = Math.floor(point.at / stepMs) * stepMs;
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [point]);
    else group.push(point);
  }
  return [...groups];
}

function samplesOf(group: readonly Weighed[]): number {
  return group.reduce((sum, { samples }) => sum + samples, 0);
}

function mean<Point extends Weighed>(group: readonly Point[], pick: Reading<Point>): number | null {
  let sum = 0;
  let weight = 0;
  for (const point of group) {
    const value = pick(point);
    if (value === null) continue;
    sum += value * point.samples;
    weight += point.samples;
  }
  return weight === 0 ? null : Math.round((sum / weight) * 100) / 100;
}

function max<Point>(group: readonly Point[], pick: Reading<Point>): number | null {
  const values = group.map(pick).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}

function last<Point>(group: readonly Point[], pick: Reading<Point>): number | null {
  return group.map(pick).findLast((value) => value !== null) ?? null;
}

/** Bytes and processes are whole; the engine's own figures are too. */
function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
