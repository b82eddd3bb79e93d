import type { AlertMetric, ConditionOf } from './alert-rule.ts';

/** The figures of an agent that rules can be about; null: not known. */
export interface AlertFigures {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly memoryLimit: number | null;
  readonly pids: number | null;
  readonly netRx: number | null;
  readonly netTx: number | null;
}

export function figureOf(figures: AlertFigures, metric: AlertMetric): number | null {
  if (metric !== 'memoryPercent') return figures[metric];
  const { memory, memoryLimit } = figures;
  return memory === null || memoryLimit === null || memoryLimit === 0 ? null : (memory / memoryLimit) * 100;
}

/** Whether the condition holds; null where the figure is not known. */
export function metricHolds(
  condition: ConditionOf<'metric'>,
  figures: AlertFigures,
): { readonly holds: boolean | null; readonly value: number | null } {
  const value = figureOf(figures, condition.metric);
  if (value === null) return { holds: null, value };
  return { holds: condition.above ? value > condition.value : value < condition.value, value };
}
