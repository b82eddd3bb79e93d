/** Which lines a reader wants to see. Pure. */
import type { LogLevel } from '#lib/domain/log-level.ts';
import { plainText } from '#lib/domain/log-text.ts';
import type { Words } from '#lib/domain/log-words.ts';
import type { LogEntry } from './log-entry.ts';
import { fieldValue } from './log-json.ts';

export const FIND_MODES = ['find', 'only', 'without'] as const;
/** What the words do: mark lines, or leave out those without or with them. */
export type FindMode = (typeof FIND_MODES)[number];
export const STREAM_WISHES = ['both', 'stdout', 'stderr'] as const;
export type StreamWish = (typeof STREAM_WISHES)[number];

export interface LogWish {
  /** None: all. */
  readonly levels: readonly LogLevel[];
  readonly stream: StreamWish;
  readonly words: Words | null;
  readonly mode: FindMode;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

export type LineTest = (entry: LogEntry, level: LogLevel) => boolean;

/** null: every line is wanted. Notes are left out where some lines are. */
export function testOf({ levels, stream, words, mode, fields }: LogWish): LineTest | null {
  const by = mode === 'find' ? null : words;
  if (levels.length === 0 && stream === 'both' && by === null && fields.length === 0) return null;
  const wanted = new Set(levels);
  return (entry, level) => {
    if ('note' in entry || entry.gap !== undefined) return false;
    if (wanted.size > 0 && !wanted.has(level)) return false;
    if (stream !== 'both' && entry.stream !== stream) return false;
    if (by !== null && by.has(plainText(entry.text)) !== (mode === 'only')) return false;
    return fields.every(({ name, value }) => fieldValue(entry, name) === value);
  };
}

/** Whether a line has the words: what is stepped through. */
export function hitTest(words: Words): LineTest {
  return (entry) => !('note' in entry) && entry.gap === undefined && words.has(plainText(entry.text));
}
