/**
 * What a search looks for in a line. Case counts only where the pattern has a capital letter. Regular expressions are RE2's and matched by re2js
 * alone, whose time grows with the line and never with the ways to match it (docs/decisions/017).
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { MatchPlace } from '#lib/protocol/log-search.ts';

export interface LinePattern {
  /** `plain` is a line without its terminal codes. */
  matches(plain: string): boolean;
  places(plain: string): readonly MatchPlace[];
  /** What every matching line holds as bytes of UTF-8, so that only such lines need to be read; null where nothing is known. */
  readonly bytes: { readonly needle: string; readonly anyCase: boolean } | null;
}

/** More are not marked in one line. */
const MOST_PLACES = 50;

/** The pattern is no regular expression; `at` is the first character that cannot be read (from 0), where that is known. */
export class PatternMistake extends Error {
  readonly at: number | null;
  constructor(message: string, at: number | null) {
    super(message);
    this.at = at;
  }
}

/** null: every line will do. Throws PatternMistake. */
export function linePattern(text: string, regex: boolean): LinePattern | null {
  if (text === '') return null;
  return regex ? expression(text) : words(text);
}

function words(text: string): LinePattern {
  const anyCase = !hasCapital(text);
  const fold = (line: string) => (anyCase ? line.toLowerCase() : line);
  return {
    matches: (plain) => fold(plain).includes(text),
    places: (plain) => {
      const folded = fold(plain);
      // a few letters grow when they are made small: then nothing is known of places
      if (folded.length !== plain.length) return [];
      const places: MatchPlace[] = [];
      for (let at = folded.indexOf(text); at !== -1 && places.length < MOST_PLACES;) {
        places.push([at, at + text.length]);
        at = folded.indexOf(text, at + text.length);
      }
      return places;
    },
    // other letters have other bytes when they are large
    bytes: anyCase && !isAscii(text) ? null : { needle: text, anyCase },
  };
}

function expression(text: string): LinePattern {
  const compiled = compile(text, hasCapital(withoutEscapes(text)) ? 0 : RE2JS.CASE_INSENSITIVE);
  return {
    matches: (plain) => compiled.test(plain),
    places: (plain) => {
      const places: MatchPlace[] = [];
      const matcher = compiled.matcher(plain);
      while (places.length < MOST_PLACES && matcher.find())
        if (matcher.end() > matcher.start()) places.push([matcher.start(), matcher.end()]);
      return places;
    },
    bytes: null,
  };
}

function compile(text: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(text, flags);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new PatternMistake(error.getDescription(), placeOf(error, text));
  }
}

function placeOf(error: RE2JSSyntaxException, text: string): number | null {
  // with a flag it writes the flag before the pattern
  const rest = error.getPattern()?.replace(/^\(\?i\)(?=.)/, '') ?? null;
  if (rest === null) return text.length - 1;
  // of brackets that do not fit it names the whole pattern
  if (rest === text) return unpaired(text);
  const at = text.indexOf(rest);
  return at === -1 ? null : at;
}

function unpaired(text: string): number | null {
  const open: number[] = [];
  for (const { 0: part, index } of text.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]/gs)) {
    if (part === '(') open.push(index);
    else if (part === ')' && open.pop() === undefined) return index;
  }
  return open.at(-1) ?? 0;
}

function hasCapital(text: string): boolean {
  return /\p{Lu}/u.test(text);
}

/** `\S` is a class and no capital letter. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(?:[pP](?:\{[^}]*\}|.)|.)/gs, '').replace(/\(\?P</g, '(?<');
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e\t]*$/.test(text);
}
