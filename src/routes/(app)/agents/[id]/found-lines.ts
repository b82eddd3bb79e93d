import type { LogWanted } from '#lib/components/logs/log-wanted.ts';
import { testOf } from '#lib/components/logs/log-filter.ts';
import { Grouping } from '#lib/components/logs/log-groups.ts';
import { wordsOf } from '#lib/domain/log-words.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';

/** So many of the newest lines are looked through for a page without JavaScript. */
export const LOOKED_THROUGH = 5_000;

/** Whether an address asks for some lines only. */
export function wantsSome({ text, mode, levels }: LogWanted): boolean {
  return levels.length > 0 || (mode !== 'find' && text !== '');
}

/** The lines that an address asks for. */
export function foundLines(lines: readonly LogLine[], { text, mode, levels }: LogWanted): readonly LogLine[] {
  const test = testOf({ levels, mode, words: wordsOf(text.trim()), stream: 'both', fields: [] });
  if (test === null) return lines;
  const grouping = new Grouping();
  return lines.filter((line) => test(line, grouping.next(line).level));
}
