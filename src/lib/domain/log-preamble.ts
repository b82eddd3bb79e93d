/**
 * The level in what a program writes before its message: `2026-11-21 09:42:07,123 - api - ERROR - x`, `[09:42:07 ERR] x`, `E/Tag(12): x`.
 * It is read from the left for as long as it looks like a preamble, so that a word of the message says nothing. Pure.
 */
import { levelOfWord, type LogLevel } from './log-level-words.ts';

const BLANK = /[\s|,;•›>*-]+/y;
const CLOCK =
  /(?:\d[\d:.,TZ/+#-]*(?:[AP]M)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|UTC|GMT|CES?T|[EP][DS]T)(?![A-Za-z])/y;
const BRACKET = /\[([^[\]]{1,64})\]:?|\(([^()]{1,40})\)|<([A-Za-z]{1,10})>:?/y;
/** A level in capitals before something that is no part of the word. */
const CAPITALS = /([A-Z]{3,9}\d?)(?![\w-]|\.\w)/y;
/** A small word is a level only with its colon, or before a rustc code. */
const SMALL = /([A-Za-z]{3,9})(?::(?![/\d])|\[E\d)/y;
/** logrus: `ERRO[0007] x`. */
const LOGRUS = /([A-Z]{4,5})\[\d+\]/y;
/** The name of a logger or a thread, only behind a time: ` - api.http - `, `main:`. */
const NAMED = /[\w.$/@-]+(?:(?= +- )|(?=:? +\[?[A-Z]{4,8}\b))/y;
/** `E, [2026-11-21T09:42:07 #1] ERROR -- : x` of Ruby, `E/Tag( 12): x` of logcat. */
const LETTER = /([TVDIWEFC])(?:, (?=\[)|\/[\w.-]+ ?(?:\( *\d+\))?:)/y;

const KERNEL = /^<([0-7])>/;
const KERNEL_LEVELS = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const;
const NPM = /^npm (ERR!|WARN|error|warn|notice)(?=\s|$)/;
const COMPILER =
  /(?:^|\): |:\d+: | - )(?:fatal )?(error|warning)(?: [A-Z]{1,6}\d+)?:|^\s+\d+:\d+\s+(error|warning)\s/;
const FAILURE =
  /^\s*(?:(?:Uncaught|Unhandled|Caused by:?|Exception in thread "[^"]*")\s+)*(?:[\w$]+\.)*(?:[A-Z][\w$]*)?(?:Error|Exception)(?: \[\w+\])?(?::|$)|^Traceback \(most recent call last\)|^\s*FAIL\s/;
// looked for first: most lines have none of these, and the patterns themselves cost more
const FAILURE_WORD = /xception|raceback|FAIL/;
const END = /^(?:fatal error: |thread '[^']*' (?:\(\d+\) )?panicked at |goroutine \d+ \[running\])/;

export function preambleLevel(head: string): LogLevel {
  const kernel = head.startsWith('<') ? KERNEL.exec(head)?.[1] : undefined;
  if (kernel !== undefined) return KERNEL_LEVELS[Number(kernel)] ?? 'unknown';
  const npm = head.startsWith('npm ') ? NPM.exec(head)?.[1] : undefined;
  if (npm !== undefined) return levelOfWord(npm.replace('!', '')) ?? 'unknown';
  const read = readPreamble(head);
  if (read !== null) return read;
  if (END.test(head)) return 'fatal';
  const error = head.includes('rror');
  if ((error || FAILURE_WORD.test(head)) && FAILURE.test(head)) return 'error';
  const [, said, table] = error || head.includes('arning') ? (COMPILER.exec(head) ?? []) : [];
  return levelOfWord(said ?? table ?? '') ?? 'unknown';
}

/** null: it says nothing. A word in the open outdoes brackets; brackets that differ outdo one another. */
function readPreamble(head: string): LogLevel | null {
  const bracketed: LogLevel[] = [];
  let at = 0;
  let timed = false;
  let names = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(head);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < head.length) {
    if (take(BLANK) !== null) continue;
    const code = head.charCodeAt(at);
    if (isLetter(code)) {
      const word = isCapital(code)
        ? (take(LETTER) ?? take(LOGRUS) ?? take(SMALL) ?? take(CAPITALS))
        : take(SMALL);
      const level = levelOfWord(word?.[1] ?? '');
      if (level !== undefined) return firstClaim(level, bracketed);
      if (word !== null) at = word.index;
    }
    if ((isDigit(code) || isCapital(code)) && take(CLOCK) !== null) {
      timed = true;
      continue;
    }
    const bracket = isLetter(code) || isDigit(code) ? null : take(BRACKET);
    if (bracket !== null) {
      const level = inBracket(bracket[1] ?? bracket[2] ?? bracket[3] ?? '');
      if (level !== undefined) bracketed.push(level);
      else timed = true;
      continue;
    }
    if (timed && names < 2 && take(NAMED) !== null) {
      names += 1;
      if (head[at] === ':') at += 1;
      continue;
    }
    break;
  }
  const [first] = bracketed;
  if (first === undefined) return null;
  return bracketed.every((each) => each === first) ? first : 'unknown';
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLetter(code: number): boolean {
  return isCapital(code) || (code >= 97 && code <= 122);
}

function firstClaim(level: LogLevel, bracketed: readonly LogLevel[]): LogLevel {
  return bracketed.every((each) => each === level) ? level : 'unknown';
}

/** `ERROR`, `E`, `core:error`, `09:42:07 ERR`, `2026-11-21T09:42:07Z WARN crate`; a small word among others is no level. */
function inBracket(inside: string): LogLevel | undefined {
  const behindColon = /^[\w.-]+:([A-Za-z]+)$/.exec(inside.trim())?.[1];
  if (behindColon !== undefined) return levelOfWord(behindColon);
  const words = inside.trim().split(/\s+/);
  if (words.length === 1) return levelOfWord(words[0] ?? '');
  if (words.length > 5) return undefined;
  const loud = words.find((word) => /^[A-Z]{3,9}$/.test(word) && levelOfWord(word) !== undefined);
  return loud === undefined ? undefined : levelOfWord(loud);
}
