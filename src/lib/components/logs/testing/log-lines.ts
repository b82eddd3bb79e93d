import type { LogLine } from '#lib/protocol/log-line.ts';

/** A line; its time is `ms` after a moment of 2026, by default one second for each number. */
export function line(
  seq: number,
  text = `line ${seq}`,
  more: Partial<LogLine> & { ms?: number } = {},
): LogLine {
  const { ms = seq * 1000, ...rest } = more;
  return {
    seq,
    time: new Date(Date.UTC(2026, 2, 1) + ms).toISOString(),
    stream: 'stdout',
    text,
    ...rest,
  };
}

/** Lines with the numbers from one to another. */
export function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => line(from + n));
}
