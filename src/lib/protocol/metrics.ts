/** Figures over time, as they cross the wire. */
import type { HostPoint, MetricPoint } from '../domain/metric-points.ts';

export type { HostPoint, MetricPoint };

/** Points oldest first; an interval in which nothing was measured has none. */
export interface HistoryView<Point> {
  readonly from: string;
  readonly to: string;
  /** Seconds from one point to the next. */
  readonly step: number;
  readonly points: readonly Point[];
}

/** What a host uses and has now. null: not known. */
export interface HostFigures {
  readonly at: string;
  /** Percent of all cores. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly memoryTotal: number | null;
  /** The whole machine where Slipway runs on it, else what its containers use together. */
  readonly usedBy: 'machine' | 'containers';
  readonly disk: number | null;
  readonly diskTotal: number | null;
  /** The file system with the engine's data where it can be seen, else what the engine says that its images, containers and volumes take. */
  readonly diskOf: 'file-system' | 'engine';
  readonly containers: number | null;
  readonly containersRunning: number | null;
  readonly images: number | null;
  readonly version: string;
  /** Milliseconds that the engine's clock is ahead of ours. */
  readonly clockSkew: number | null;
}

/** Something that happened to an agent, on the axis of its figures. */
export interface TimeMark {
  readonly at: string;
  readonly kind: MarkKind;
  /** Why it ended, the name of the snapshot, what was done inside. */
  readonly detail: string | null;
  readonly by: string | null;
}

export type MarkKind = 'start' | 'stop' | 'crash' | 'snapshot' | 'inside';

/** Lines that an agent printed in one interval. */
export interface LineCount {
  readonly at: number;
  readonly lines: number;
  readonly warnings: number;
  readonly errors: number;
}
