/**
 * The grammars of the form's text boxes, read and written. What is written is read back to the same; a write gives null for what the grammar
 * cannot say (then the form keeps it aside, see spawn-form.ts).
 */
import { quoteWord, splitCommand } from '#lib/domain/docker-run/split.ts';

/** A line that says something: its number counts from 1, as a person counts. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Without the empty ones, and without the spaces at their end. */
export function linesOf(text: string): readonly Line[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.trimEnd() }))
    .filter((line) => line.text !== '');
}

/** A list with one entry a line. */
export function readList(text: string): readonly string[] {
  return linesOf(text).map((line) => line.text.trim());
}

export function isPlainLine(text: string): boolean {
  return text !== '' && text === text.trim() && !/[\r\n]/.test(text);
}

/** Words of a command: one a line, or all of them as a JSON list where a line could not hold one (it has line ends, or is empty). */
export function readWords(text: string): readonly string[] {
  return jsonWords(text) ?? linesOf(text).map((line) => line.text);
}

export function writeWords(words: readonly string[]): string {
  const plain = words.every((word) => word !== '' && word === word.trimEnd() && !/[\r\n]/.test(word));
  const text = words.join('\n');
  return plain && jsonWords(text) === null ? text : JSON.stringify(words);
}

function jsonWords(text: string): readonly string[] | null {
  const value = json(text);
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : null;
}

/** `KEY=value`, one a line, or a JSON object where a line could not hold a value. The last of two with one name counts. */
export function readPairs(text: string): Readonly<Record<string, string>> {
  return (
    jsonPairs(text) ??
    Object.fromEntries(
      linesOf(text).flatMap(({ text: line }) => {
        const at = line.indexOf('=');
        return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1)] as const];
      }),
    )
  );
}

export function writePairs(pairs: Readonly<Record<string, string>>): string {
  const entries = Object.entries(pairs);
  const plain = entries.every(
    ([key, value]) =>
      isPlainLine(key) && !key.includes('=') && !/[\r\n]/.test(value) && value === value.trimEnd(),
  );
  const text = entries.map(([key, value]) => `${key}=${value}`).join('\n');
  return plain && jsonPairs(text) === null ? text : JSON.stringify(pairs, null, 1);
}

/** `VARIABLE=NAME`, one a line; `NAME env` for one that is given as a plain variable. */
export function readSecrets(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    linesOf(text).flatMap(({ text: line }) => {
      const at = line.indexOf('=');
      if (at < 1) return [];
      const [, secret = '', env] = /^(.*?)(\s+env)?$/.exec(line.slice(at + 1).trim()) ?? [];
      return [
        [line.slice(0, at).trim(), env === undefined ? { secret } : { secret, delivery: 'env' }] as const,
      ];
    }),
  );
}

/** null for what is no reference to a secret. */
export function writeSecret(key: string, value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { secret, delivery = 'file', ...more } = value as Readonly<Record<string, unknown>>;
  const known = typeof secret === 'string' && (delivery === 'file' || delivery === 'env');
  if (!known || Object.keys(more).length > 0 || !isPlainLine(`${key}=${secret}`) || key.includes('='))
    return null;
  return `${key}=${secret}${delivery === 'env' ? ' env' : ''}`;
}

/** The lines that have no `=`: no schema sees them. */
export function linesWithoutPair(text: string): readonly Line[] {
  return jsonPairs(text) === null ? linesOf(text).filter((line) => line.text.indexOf('=') < 1) : [];
}

function jsonPairs(text: string): Readonly<Record<string, string>> | null {
  const value = json(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null;
}

/** null for what is no JSON list or object. */
export function json(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `source:target[:mode]`; `create` among the modes is ours: a host path that is not there is made. */
export function readVolume(line: string): unknown {
  const [source = '', target, mode, ...more] = line.split(':');
  const modes = mode?.split(',') ?? [];
  if (target === undefined || more.length > 0 || !modes.includes('create')) return line;
  const others = modes.filter((each) => each !== 'create').join(',');
  return { source, target, ...(others === '' ? {} : { mode: others }), create: true };
}

export function writeVolume(volume: unknown): string | null {
  if (typeof volume === 'string') return isPlainLine(volume) ? volume : null;
  if (typeof volume !== 'object' || volume === null) return null;
  const { source, target, mode, create, ...more } = volume as Readonly<Record<string, unknown>>;
  if (typeof source !== 'string' || typeof target !== 'string' || Object.keys(more).length > 0) return null;
  const modes = [...(typeof mode === 'string' ? [mode] : []), ...(create === true ? ['create'] : [])].join(
    ',',
  );
  const line = [source, target, ...(modes === '' ? [] : [modes])].join(':');
  return isPlainLine(line) && line.split(':').length <= 3 ? line : null;
}

/** `name:target`. */
export function readShared(line: string): unknown {
  const colon = line.indexOf(':');
  return colon === -1
    ? { name: line, target: '' }
    : { name: line.slice(0, colon), target: line.slice(colon + 1) };
}

export function writeShared(shared: unknown): string | null {
  if (typeof shared !== 'object' || shared === null) return null;
  const { name, target, ...more } = shared as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof target !== 'string' || Object.keys(more).length > 0) return null;
  return isPlainLine(`${name}:${target}`) && !name.includes(':') ? `${name}:${target}` : null;
}

export interface FlagWords {
  readonly words: readonly string[];
  /** Of each word, the line on which it begins. */
  readonly lineOf: readonly number[];
  readonly problem: { readonly line: number; readonly found: string; readonly rule: string } | null;
}

/** Flags as a shell would read them: one or several a line, quotes as ever, a backslash goes on. */
export function readFlags(text: string): FlagWords {
  const words: string[] = [];
  const lineOf: number[] = [];
  const lines = text.split(/\r?\n/);
  for (let from = 0; from < lines.length; from += 1) {
    const start = from;
    let part = lines[from] ?? '';
    let split = splitCommand(part);
    // a quote that is open, or a backslash at the end: the next line belongs to it
    while (
      'refusal' in split &&
      /not closed|backslash at the end/.test(split.refusal.rule) &&
      from + 1 < lines.length
    ) {
      from += 1;
      part = `${part}\n${lines[from] ?? ''}`;
      split = splitCommand(part);
    }
    if ('refusal' in split)
      return {
        words,
        lineOf,
        problem: { line: start + 1, found: split.refusal.found, rule: split.refusal.rule },
      };
    words.push(...split.words);
    lineOf.push(...split.words.map(() => start + 1));
  }
  return { words, lineOf, problem: null };
}

/** A flag a line, with its value beside it. */
export function writeFlags(words: readonly string[]): string {
  return words.reduce((text, word, index) => {
    const quoted = quoteWord(word);
    if (index === 0) return quoted;
    return `${text}${word.startsWith('-') ? '\n' : ' '}${quoted}`;
  }, '');
}
