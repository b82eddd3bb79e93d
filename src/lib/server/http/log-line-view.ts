import { levelOf } from '#lib/domain/log-level.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { plainText } from '../streams/plain-text.ts';

/** A line as the API gives it. */
export function lineView(line: LogLine) {
  const { time, seq, stream, text, cut, gap } = line;
  const level = gap === undefined ? levelOf(plainText(text)) : 'unknown';
  return {
    ...{ time, seq, stream },
    level: level === 'unknown' ? null : level,
    text,
    ...(cut === undefined ? {} : { cut }),
    ...(gap === undefined ? {} : { gap }),
  };
}

/** A line as plain text; where lines are missing it says so. */
export function plainLine({ text, gap }: LogLine): string {
  return gap === undefined
    ? text
    : `[slipway] lines from ${gap.from} to ${gap.to} are missing: the engine no longer had them`;
}
