/** A line that was found, cut into what fits and what does not. Pure. */
import { plainText } from '#lib/domain/log-text.ts';
import type { SearchHit } from '#lib/protocol/log-search.ts';

export interface ExcerptPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Characters of a line that are shown; a line may have 64,000. */
const SHOWN = 600;
const BEFORE_MATCH = 120;

/** Text of the line, the matches apart; a long line is shown around its first match. */
export function excerptOf({ line, places }: Pick<SearchHit, 'line' | 'places'>): readonly ExcerptPart[] {
  const plain = plainText(line.text);
  const first = places[0]?.[0] ?? 0;
  const from = plain.length <= SHOWN ? 0 : Math.max(0, Math.min(first - BEFORE_MATCH, plain.length - SHOWN));
  const to = Math.min(plain.length, from + SHOWN);
  const parts: ExcerptPart[] = [];
  const add = (start: number, end: number, isMatch: boolean) => {
    const text = plain.slice(Math.max(from, start), Math.min(to, end));
    if (text !== '') parts.push({ text, isMatch });
  };
  if (from > 0) parts.push({ text: '… ', isMatch: false });
  let at = 0;
  for (const [start, end] of places) {
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, plain.length, false);
  if (to < plain.length) parts.push({ text: ' …', isMatch: false });
  return parts;
}
