/** What a part found, as a table for people and as JSON to compare with. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Figure {
  readonly what: string;
  readonly value: number;
  /** kB is 1,000 bytes, x a ratio. */
  readonly unit: 'ms' | 'kB' | 'x' | '%' | '';
  /** A target: the largest good value, or the smallest that is no longer good. */
  readonly atMost?: number;
  readonly under?: number;
}

export interface PartReport {
  readonly figures: readonly Figure[];
  /** Every single measurement, in its order, so that a result can be looked at again. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  readonly details: unknown;
}

/** The load says how far the figures can be believed: well under the number of cores is quiet. */
export interface MeasuredPart extends PartReport {
  readonly options: Readonly<Record<string, unknown>>;
  readonly load: { readonly before: number; readonly after: number };
}

export function table(name: string, part: MeasuredPart): string {
  const { before, after } = part.load;
  const cores = os.availableParallelism();
  const busy = before > cores ? ': a busy machine, times are too long' : '';
  const lines = part.figures.map((figure) =>
    [
      figure.what.padEnd(38),
      digits(figure).padStart(9),
      figure.unit.padEnd(3),
      targetOf(figure).padEnd(10),
      verdict(figure),
    ]
      .join(' ')
      .trimEnd(),
  );
  return [
    `${name} (load ${before.toFixed(1)} to ${after.toFixed(1)} on ${cores} cores${busy})`,
    ...lines,
  ].join('\n');
}

/** Gives the path of the file. */
export function writeResults(directory: string, parts: Readonly<Record<string, MeasuredPart>>): string {
  mkdirSync(directory, { recursive: true });
  const at = new Date().toISOString();
  const file = path.join(directory, `${at.replace(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ at, machine: machine(), parts }, null, 2)}\n`);
  return file;
}

function machine() {
  return {
    node: process.version,
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model ?? 'unknown',
    memory: os.totalmem(),
    commit: outputOf('git', 'rev-parse', 'HEAD'),
    docker: outputOf('docker', '--version'),
    engine: outputOf('dockerd', '--version'),
  };
}

/** null: there is no such program, or it failed. */
function outputOf(command: string, ...args: readonly string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

function digits({ value, unit }: Figure): string {
  if (unit === 'x' || !Number.isInteger(value)) return value.toFixed(unit === 'x' || value < 1 ? 2 : 1);
  return String(value);
}

function targetOf({ atMost, under }: Figure): string {
  if (atMost !== undefined) return `at most ${atMost}`;
  return under === undefined ? '' : `under ${under}`;
}

function verdict({ value, atMost, under }: Figure): string {
  if (atMost === undefined && under === undefined) return '';
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value < (under ?? Number.POSITIVE_INFINITY)
    ? 'met'
    : 'MISSED';
}
