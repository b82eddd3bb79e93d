/** A small line of values as one SVG path: cheap on the server, one attribute to change in the browser. */

export interface Spark {
  /** The `d` of the line; empty when nothing was measured. */
  readonly line: string;
  /** The newest value's place, for the dot. */
  readonly x: number;
  readonly y: number;
}

export const SPARK_WIDTH = 56;
export const SPARK_HEIGHT = 18;

const TOP = 1.8;
const DOT = 2.5;

/**
 * `values` oldest first; a null is a gap. The scale goes from 0 to the largest value or `full`, whichever is more, so that a quiet
 * agent stays a flat line.
 */
export function spark(
  values: readonly (number | null)[],
  full = 25,
  width = SPARK_WIDTH,
  height = SPARK_HEIGHT,
): Spark {
  let max = full;
  for (const value of values) if (value !== null && value > max) max = value;
  const base = height - 1.6;
  const step = values.length > 1 ? (width - DOT - 0.5) / (values.length - 1) : 0;
  let line = '';
  let pen = false;
  let x = 0;
  let y = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value === null) {
      pen = false;
      continue;
    }
    x = Math.round((0.5 + i * step) * 10) / 10;
    y = Math.round((base - (value / max) * (base - TOP)) * 10) / 10;
    line += `${pen ? 'L' : 'M'}${x} ${y}`;
    pen = true;
  }
  return { line, x, y };
}
