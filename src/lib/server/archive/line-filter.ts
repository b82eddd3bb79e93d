import { validationError } from '#lib/domain/errors.ts';
import { levelOf, type LogLevel } from '#lib/domain/log-level.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { plainText } from '../streams/plain-text.ts';
import { linePattern, PatternMistake, type LinePattern } from './search-pattern.ts';

/** Which lines are wanted; what is left out or null wants all. */
export interface LineWish {
  readonly q?: string | null;
  /** `q` is a regular expression of RE2. Case counts only where `q` has a capital letter. */
  readonly regex?: boolean;
  /** Only lines in which `q` is not. */
  readonly inverse?: boolean;
  readonly levels?: readonly LogLevel[] | null;
  readonly stream?: LogLine['stream'] | null;
  /** Engine times with nine digits of fraction; both are part of it. */
  readonly since?: string | null;
  readonly until?: string | null;
}

export type LineFilter = (line: LogLine) => boolean;

/** A mark of a gap is given wherever it lies in the time that is asked for. Throws VALIDATION for a pattern that is none. */
export function lineFilter(wish: LineWish): LineFilter {
  const { stream = null, since = null, until = null, levels = null, inverse = false } = wish;
  const pattern = patternOf(wish);
  return (line) => {
    if (since !== null && line.time < since) return false;
    if (until !== null && line.time > until) return false;
    if (line.gap !== undefined) return true;
    if (stream !== null && line.stream !== stream) return false;
    if (levels === null && pattern === null) return true;
    const text = line.text.includes('\u001b') ? plainText(line.text) : line.text;
    if (pattern !== null && pattern.matches(text) === inverse) return false;
    return levels === null || levels.includes(levelOf(text));
  };
}

function patternOf({ q = null, regex = false }: LineWish): LinePattern | null {
  try {
    return linePattern(q ?? '', regex);
  } catch (error) {
    if (!(error instanceof PatternMistake)) throw error;
    throw validationError([{ field: 'q', value: q, rule: `is no pattern: ${error.message}` }]);
  }
}
