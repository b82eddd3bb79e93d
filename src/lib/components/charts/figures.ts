/** The charts of an agent's page: which figures, under which name, in which words. */
import type { MetricPoint } from '#lib/protocol/metrics.ts';
import { m } from '#lib/text/en-metrics.ts';
import { formatBytes } from '#lib/domain/quantities.ts';

type Reading = (point: MetricPoint) => number | null;
type Say = (value: number) => readonly [string, string];

export interface Figure {
  readonly title: string;
  readonly names: readonly string[];
  readonly picks: readonly Reading[];
  /** The largest single values, where they are kept. */
  readonly most?: Reading;
  readonly say: Say;
}

const decimals = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
const bytes: Say = (value) => {
  const [amount = '', unit = ''] = formatBytes(value).split(' ');
  return [amount, unit];
};
const rate: Say = (value) => {
  const [amount, unit] = bytes(value);
  return [amount, `${unit}/s`];
};

export const CPU: Figure = {
  title: m.chart.cpu,
  names: [''],
  picks: [(point) => point.cpu],
  most: (point) => point.cpuMax,
  say: (value) => [decimals(value), m.units.core],
};

export const MEMORY: Figure = {
  title: m.chart.memory,
  names: [''],
  picks: [(point) => point.memory],
  most: (point) => point.memoryMax,
  say: bytes,
};

/** All of them, in the order of the page. */
export const FIGURES: readonly Figure[] = [
  CPU,
  MEMORY,
  {
    title: m.chart.network,
    names: [m.series.received, m.series.sent],
    picks: [(point) => point.netRx, (point) => point.netTx],
    say: rate,
  },
  {
    title: m.chart.block,
    names: [m.series.read, m.series.written],
    picks: [(point) => point.blockRead, (point) => point.blockWrite],
    say: rate,
  },
  {
    title: m.chart.pids,
    names: [''],
    picks: [(point) => point.pids],
    say: (value) => [Number.isInteger(value) ? String(value) : value.toFixed(1), ''],
  },
  {
    title: m.chart.throttled,
    names: [''],
    picks: [(point) => point.throttled],
    say: (value) => [decimals(value), m.units.throttled],
  },
];
