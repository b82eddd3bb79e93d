/**
 * The level of a line, guessed the way log viewers do it. Pure. Fields of JSON and logfmt say it outright; else it is looked for in what stands
 * before the message (times, brackets, names), and last in how compilers and exceptions begin. Two different levels with equal claim are none.
 */
import { preambleLevel } from './log-preamble.ts';
import { isLevelWord, levelOfWord, type LogLevel } from './log-level-words.ts';

export { LOG_LEVELS, type LogLevel } from './log-level-words.ts';

/** A level stands at the beginning, whatever the length of the line. */
const LOOKED_AT = 400;
/** JSON is read whole up to this length; beyond it its first fields are looked at. */
const WHOLE_JSON = 16_384;
const FIELDS = ['level', 'severity', '@l', 'log.level', 'lvl', 'levelname', 'loglevel'] as const;

const JSON_FIELD = /"(?:level|severity|@l|log\.level|lvl|levelname|loglevel)"\s*:\s*(?:"([A-Za-z]+)"|(\d+))/g;
const LOGFMT_FIELD = /(?:^|\s)(?:level|lvl|severity|loglevel|log\.level)=["']?([A-Za-z]+)\b/g;
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;

/** `text` without its ANSI codes. */
export function levelOf(text: string): LogLevel {
  const first = firstOf(text);
  if (first === '{') return jsonLevel(text) ?? 'unknown';
  const head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  if (head.includes('=')) {
    const logfmt = agreed(matches(LOGFMT_FIELD, head));
    if (logfmt !== null) return logfmt;
  }
  const klog = KLOG.exec(head)?.[1];
  return (klog === undefined ? undefined : levelOfWord(klog)) ?? preambleLevel(head);
}

function firstOf(text: string): string {
  for (let i = 0; i < text.length && i < LOOKED_AT; i++) if (text.charCodeAt(i) > 32) return text.charAt(i);
  return '';
}

function jsonLevel(text: string): LogLevel | null {
  const object = text.length <= WHOLE_JSON && text.trimEnd().endsWith('}') ? parsed(text) : null;
  // no JSON after all, or too long to be read: what its beginning says
  if (object === null) return agreed(matches(JSON_FIELD, text.slice(0, LOOKED_AT)));
  const claims: LogLevel[] = [];
  for (const field of FIELDS) claim(Reflect.get(object, field));
  const nested: unknown = Reflect.get(object, 'log');
  if (claims.length === 0 && typeof nested === 'object' && nested !== null)
    claim(Reflect.get(nested, 'level'));
  // Serilog's compact form leaves out what is information
  if (claims.length === 0 && '@t' in object && '@mt' in object) return 'info';
  return agreed(claims);

  function claim(value: unknown): void {
    const level =
      typeof value === 'number'
        ? levelOfNumber(value)
        : typeof value === 'string'
          ? (levelOfWord(value) ?? levelOfNumber(Number(value)))
          : undefined;
    if (level !== undefined) claims.push(level);
  }
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** The numbers of bunyan and pino: 30 is info, also for 31 to 39. */
function levelOfNumber(number: number): LogLevel | undefined {
  if (!(number >= 10 && number < 70)) return undefined;
  return (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)[Math.floor(number / 10) - 1];
}

function matches(pattern: RegExp, text: string): readonly LogLevel[] {
  const levels: LogLevel[] = [];
  for (const [, word = '', number] of text.matchAll(pattern)) {
    const level = number === undefined ? levelOfWord(word) : levelOfNumber(Number(number));
    if (level !== undefined && (number !== undefined || isLevelWord(word))) levels.push(level);
  }
  return levels;
}

/** null: nothing claims a level. */
function agreed(claims: readonly LogLevel[]): LogLevel | null {
  const [first] = claims;
  if (first === undefined) return null;
  return claims.every((each) => each === first) ? first : 'unknown';
}
