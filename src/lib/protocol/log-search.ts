/** What a search over archived logs answers: as lines of JSON while it goes on, or all at once. */
import type { LogLevel } from '../domain/log-level.ts';
import type { LogLine } from './log-line.ts';

/** Places of a match in a line without its terminal codes (`plainText`): from, and where it ends, in UTF-16 units. */
export type MatchPlace = readonly [from: number, to: number];

export interface FoundLine extends LogLine {
  readonly level: LogLevel;
}

export interface SearchHit {
  readonly agentId: string;
  /** Its name, also when it is removed. */
  readonly agent: string;
  readonly color: string | null;
  readonly removed: boolean;
  readonly line: FoundLine;
  readonly places: readonly MatchPlace[];
}

export interface SearchProgress {
  /** Other searches go first. */
  readonly waiting: boolean;
  /** Bytes of records looked at, and all that have to be. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Everything newer than this was looked at and told, null before that; RFC 3339. */
  readonly scannedTo: string | null;
}

export interface SearchEnd {
  /** `done`: there is no older hit; `limit`, `time`: go on with the cursor. */
  readonly reason: 'done' | 'limit' | 'time';
  readonly cursor: string | null;
  /** Files that could not be read: what was in them is missing. */
  readonly unreadable: number;
}

export type SearchEvent =
  { readonly hit: SearchHit } | { readonly progress: SearchProgress } | { readonly end: SearchEnd };

/** The whole answer for those who ask for JSON. */
export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  readonly count: number;
  readonly nextCursor?: string;
  readonly reason: SearchEnd['reason'];
  readonly unreadable: number;
}

/** What a search can be narrowed down to: agents that have lines, also removed ones, and what they are. */
export interface SearchChoices {
  readonly agents: readonly { readonly name: string; readonly removed: boolean }[];
  readonly types: readonly string[];
  /** `key=value`. */
  readonly tags: readonly string[];
}
