/** Where a log view gets its lines from: the log of one agent, or several merged. Plain arrays, far too large to be observed. */
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogState } from '#lib/protocol/socket.ts';

/**
 * A note of ours between two lines. Its `seq` is between theirs, so that the list stays sorted by `seq` (numbers are about microseconds since
 * 1970: a half still fits between two, anything smaller does not).
 */
export interface LogNote {
  readonly seq: number;
  readonly time: string;
  readonly note: string;
  readonly tone?: 'ready' | 'work' | 'need' | 'broken' | 'rest';
  /** Lines that were left out here and can be loaded: the numbers of the first and the last. */
  readonly skipped?: { readonly from: number; readonly to: number };
}

export type LogEntry = LogLine | LogNote;

/**
 * What is before the first line here: `more` can be loaded, `begin` nothing, `cleared` what the reader put away, `failed` what could not be
 * loaded; `none`: it is not known and never said.
 */
export type LogHead = 'none' | 'more' | 'loading' | 'begin' | 'cleared' | 'failed';

export interface LogFeed {
  /** Sorted by `seq`, which grows from entry to entry. */
  readonly lines: readonly LogEntry[];
  /** Grows with each change of `lines`, observed. */
  readonly revision: number;
  /** Grows when lines came in between others: what was made of `lines` is made anew. */
  readonly epoch: number;
  readonly state: LogState['state'] | null;
  readonly head: LogHead;
  /** Lines that are newer than the last one here and not here; null: the end is here. */
  readonly ahead: number | null;
  /** Loads lines before the first or after the last one. Calls while one is going on are nothing. */
  older(): void;
  newer(): void;
  /** Makes the newest lines be here. */
  toEnd(): void;
  /** Loads what was left out at this note. */
  fill(note: LogNote): void;
  /** Puts away what is here. */
  clear(): void;
  /** The lines on screen: what is far from them may go. null: the end. */
  reading(seq: number | null): void;
}
