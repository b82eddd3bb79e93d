/** The levels, and the words and letters that programs write for them. Pure. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const WORDS: Readonly<Record<Exclude<LogLevel, 'unknown'>, readonly string[]>> = {
  trace: ['trace', 'trac', 'trce', 'trc', 'verbose', 'vrb', 'finest', 'finer', 'silly'],
  debug: ['debug', 'debu', 'dbug', 'dbg', 'fine', 'config', 'debug1', 'debug2', 'debug3', 'debug4', 'debug5'],
  info: ['info', 'inf', 'information', 'informational', 'notice', 'note', 'log', 'success', 'statement'],
  warn: ['warn', 'warning', 'wrn', 'warnung'],
  error: ['error', 'erro', 'err', 'eror', 'severe', 'fail', 'failure'],
  fatal: ['fatal', 'fata', 'ftl', 'panic', 'pani', 'critical', 'crit', 'emerg', 'emergency', 'alert'],
};
const LETTERS: Readonly<Record<string, LogLevel>> = {
  T: 'trace',
  V: 'trace',
  D: 'debug',
  I: 'info',
  N: 'info',
  W: 'warn',
  E: 'error',
  F: 'fatal',
  C: 'fatal',
};

const byWord = new Map<string, LogLevel>();
for (const level of LOG_LEVELS)
  if (level !== 'unknown') for (const word of WORDS[level]) byWord.set(word, level);

/** Of a word in any case or of one capital letter. */
export function levelOfWord(word: string): LogLevel | undefined {
  if (word.length === 1) return LETTERS[word];
  return word.length > 13 ? undefined : byWord.get(word.toLowerCase());
}

export function isLevelWord(word: string): boolean {
  return levelOfWord(word) !== undefined;
}
