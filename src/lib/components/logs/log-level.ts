/** The level of a line, guessed the way log viewers do it; only what makes an edge: a warning or an error. Pure. */
export type Level = 'warn' | 'error';

const WORDS: Readonly<Record<string, Level>> = {
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  panic: 'error',
  emerg: 'error',
  alert: 'error',
};

// JSON `"level":"warn"`, also severity, @l, log.level; bunyan and pino write numbers
const JSON_LEVEL = /"(?:level|severity|@l|log\.level|lvl)"\s*:\s*(?:"([a-z]+)"|(\d+))/i;
const LOGFMT_LEVEL = /(?:^|\s)(?:level|lvl|severity)=["']?([a-z]+)/i;
// E0806 12:00:00.000000 of klog
const KLOG = /^([WEF])\d{4} \d\d:\d\d/;
// [ERROR], [E], ERROR:, error TS2322:, FAIL at the beginning (after a time or a tag)
const LEADING =
  /^\W*(?:[\d:.,TZ+/-]+\W+)?(?:\[(W|E|F|[A-Za-z]{3,8})\]|(WARN|WARNING|ERROR|FATAL|FAIL|PANIC|CRITICAL)\b|(?:[A-Z]\w*)?(Error|Exception):|(warning|error|fatal|panic):)/;

const LETTERS: Readonly<Record<string, Level>> = { W: 'warn', E: 'error', F: 'error' };

/** `text` without its ANSI codes. Looks at the first 400 characters only. */
export function guessLevel(text: string): Level | null {
  const head = text.length > 400 ? text.slice(0, 400) : text;
  if (head.startsWith('{')) {
    const [, word, number] = JSON_LEVEL.exec(head) ?? [];
    if (number !== undefined) return Number(number) >= 50 ? 'error' : Number(number) >= 40 ? 'warn' : null;
    return word === undefined ? null : (WORDS[word.toLowerCase()] ?? null);
  }
  const logfmt = LOGFMT_LEVEL.exec(head)?.[1];
  if (logfmt !== undefined) return WORDS[logfmt.toLowerCase()] ?? null;
  const klog = KLOG.exec(head)?.[1];
  if (klog !== undefined) return LETTERS[klog] ?? null;
  const [, tag, word, exception, small] = LEADING.exec(head) ?? [];
  if (tag !== undefined) return LETTERS[tag] ?? WORDS[tag.toLowerCase()] ?? null;
  if (word === 'FAIL' || exception !== undefined) return 'error';
  return WORDS[(word ?? small ?? '').toLowerCase()] ?? null;
}
