/* eslint-disable no-control-regex -- control characters are what plainText takes out */
/** The figures of a row as it shows them: strings and one path, made once per pulse. Pure. */
import type { Pulse } from '#lib/protocol/views.ts';
import { t } from '#lib/text/en.ts';
import { spark, type Spark } from '../ui/spark.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** `388` of `512 MiB`: both in the limit's unit, so that they can be compared at a glance. */
export interface MemorySaid {
  readonly used: string;
  readonly limit: string | null;
  readonly unit: string;
  /** Of the limit; null without one. */
  readonly percent: number | null;
  readonly label: string;
}

export function sayMemory(used: number, limit: number | null): MemorySaid {
  const large = limit ?? used;
  const inGib = large >= 2 * GIB;
  const unit = inGib ? 'GiB' : 'MiB';
  const write = (bytes: number) => (inGib ? trim((bytes / GIB).toFixed(2)) : String(Math.round(bytes / MIB)));
  const usedText = write(used);
  const limitText = limit === null ? null : write(limit);
  return {
    used: usedText,
    limit: limitText,
    unit,
    percent: limit === null || limit <= 0 ? null : Math.min(100, Math.round((used / limit) * 100)),
    label: t.agents.memoryOf(`${usedText} ${unit}`, limitText === null ? null : `${limitText} ${unit}`),
  };
}

const trim = (text: string) => text.replace(/\.?0+$/, '');

export interface RowFigures {
  /** Percent of one core, whole. */
  readonly cpu: string | null;
  readonly spark: Spark | null;
  readonly memory: MemorySaid | null;
  readonly output: string | null;
}

const NOTHING: RowFigures = { cpu: null, spark: null, memory: null, output: null };

export function rowFigures(pulse: Pulse | undefined): RowFigures {
  if (pulse === undefined) return NOTHING;
  return {
    cpu: pulse.cpu === null ? null : String(Math.round(pulse.cpu)),
    spark: pulse.cpu === null ? null : spark(pulse.spark),
    memory: pulse.memory === null ? null : sayMemory(pulse.memory, pulse.memoryLimit),
    output: pulse.lastOutput === null ? null : plainText(pulse.lastOutput),
  };
}

/** Output without its ANSI codes and control characters, for one line of a table. */
export function plainText(text: string): string {
  return /[\x00-\x1f]/.test(text)
    ? text.replace(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*(?:\x07|\x1b\\))|[\x00-\x1f]/g, '')
    : text;
}
