/** From two raw readings to rates. Pure. */
import type { StatsSample } from '#lib/protocol/views.ts';
import type { RawStats } from '../engine/engine.ts';

/**
 * One sample from a reading and the one before it (null: the first; then rates are not known). CPU is percent of one core, so 400 is possible;
 * time comes from the engine's own clock, because readings arrive late when many are asked for. A counter that went back means a new
 * container: rates are unknown then, never negative.
 */
export function toSample(now: RawStats, before: RawStats | null): StatsSample {
  const elapsedMs = before === null ? 0 : now.readAt - before.readAt;
  const rate = (value: number | null, previous: number | null | undefined, perMs: number): number | null => {
    if (value === null || previous === null || previous === undefined || elapsedMs <= 0 || value < previous)
      return null;
    return ((value - previous) / elapsedMs) * perMs;
  };
  return {
    at: now.readAt,
    cpu: round(rate(now.cpuNanos, before?.cpuNanos, 100 / 1e6)),
    memory: now.memoryBytes,
    memoryLimit: now.memoryLimit,
    netRx: round(rate(now.netRxBytes, before?.netRxBytes, 1000)),
    netTx: round(rate(now.netTxBytes, before?.netTxBytes, 1000)),
    blockRead: round(rate(now.blockReadBytes, before?.blockReadBytes, 1000)),
    blockWrite: round(rate(now.blockWriteBytes, before?.blockWriteBytes, 1000)),
    pids: now.pids,
    throttled: round(rate(now.throttledNanos, before?.throttledNanos, 1000 / 1e6)),
  };
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
