/** What a row is drawn of: its spans, cut where a link or what was looked for begins and ends. Pure; a piece is text and never markup. */
import type { Words } from '#lib/domain/log-words.ts';
import type { AnsiSpan } from './ansi.ts';

export interface LogPiece extends AnsiSpan {
  readonly link: string | null;
  readonly found: boolean;
}

type Range = readonly [from: number, to: number];

const LINK = /https?:\/\/[^\s"'<>`\\^{|}]+/g;
/** What stands behind an address more often than in it. */
const BEHIND = /[.,;:!?'"]+$/;
/** Longer lines are looked through up to here. */
const LOOKED_AT = 10_000;

export function piecesOf(
  spans: readonly AnsiSpan[],
  plain: string,
  words: Words | null,
): readonly LogPiece[] {
  const head = plain.length > LOOKED_AT ? plain.slice(0, LOOKED_AT) : plain;
  const links = head.includes('://') ? linksIn(head) : [];
  const found = words?.ranges(head) ?? [];
  if (links.length === 0 && found.length === 0)
    return spans.map((span) => ({ ...span, link: null, found: false }));
  const pieces: LogPiece[] = [];
  let at = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    for (const [from, to] of cutAt([...links, ...found], at, end)) {
      const link = links.find((range) => range[0] <= from && to <= range[1]);
      pieces.push({
        ...span,
        text: span.text.slice(from - at, to - at),
        link: link === undefined ? null : plain.slice(...link),
        found: found.some((range) => range[0] <= from && to <= range[1]),
      });
    }
    at = end;
  }
  return pieces;
}

function cutAt(ranges: readonly Range[], from: number, to: number): readonly Range[] {
  const cuts = ranges.flat().filter((cut) => cut > from && cut < to);
  const places = [...new Set([from, ...cuts, to])].sort((a, b) => a - b);
  return places.slice(0, -1).map((place, i) => [place, places[i + 1] ?? to] as const);
}

function linksIn(plain: string): readonly Range[] {
  const ranges: Range[] = [];
  for (const match of plain.matchAll(LINK)) {
    let address = match[0].replace(BEHIND, '');
    // a bracket that was opened before it is closed behind it
    while (/[)\]]$/.test(address) && !isPaired(address)) address = address.slice(0, -1).replace(BEHIND, '');
    if (URL.canParse(address)) ranges.push([match.index, match.index + address.length]);
  }
  return ranges;
}

function isPaired(address: string): boolean {
  const [open, close] = address.endsWith(')') ? ['(', ')'] : ['[', ']'];
  return address.split(open).length >= address.split(close).length;
}
