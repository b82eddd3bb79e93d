/** What a log list shows: lines of the container, and notes of ours between them (gaps, changes of state). */
import type { LogLine } from '#lib/protocol/log-line.ts';
import { clockSecond } from '../ui/time.ts';
import type { Tone } from '../ui/state-shapes.ts';
import { parseAnsi, type AnsiSpan } from './ansi.ts';
import { guessLevel, type Level } from './log-level.ts';

/** A note stands between two lines: its `seq` is between theirs (41.5), so that the list stays sorted by `seq`. */
export interface LogNote {
  readonly seq: number;
  readonly time: string;
  readonly note: string;
  readonly tone?: Tone;
}

export type LogEntry = LogLine | LogNote;

/** An array, or a ring that looks like one. Sorted by `seq`, which grows from entry to entry. */
export interface LogSource {
  readonly length: number;
  at(index: number): LogEntry | undefined;
}

export const TIME_MODES = ['local', 'utc', 'off'] as const;
export type TimeMode = (typeof TIME_MODES)[number];

/** One row, ready to be drawn; made once per entry. */
export interface LogRow {
  readonly seq: number;
  readonly spans: readonly AnsiSpan[];
  readonly level: Level | null;
  readonly stderr: boolean;
  readonly note: Tone | null;
  /** Milliseconds since 1970; the nanoseconds are in `exact`. */
  readonly at: number;
  readonly exact: string;
  /** Characters that are seen; for the height of a wrapped row. */
  readonly width: number;
}

const rows = new WeakMap<LogEntry, LogRow>();

export function rowOf(entry: LogEntry): LogRow {
  const known = rows.get(entry);
  if (known !== undefined) return known;
  const made = makeRow(entry);
  rows.set(entry, made);
  return made;
}

/** Characters of an entry: exact once it was drawn, before that the length of its text. */
export function widthOf(entry: LogEntry): number {
  return rows.get(entry)?.width ?? ('note' in entry ? entry.note : entry.text).length;
}

function makeRow(entry: LogEntry): LogRow {
  const base = { seq: entry.seq, at: Date.parse(entry.time), exact: entry.time };
  if ('note' in entry) {
    return {
      ...base,
      spans: [{ text: entry.note, classes: '', style: '' }],
      level: null,
      stderr: false,
      note: entry.tone ?? 'rest',
      width: entry.note.length,
    };
  }
  const spans = parseAnsi(entry.text);
  let plain = '';
  for (const span of spans) plain += span.text;
  return {
    ...base,
    spans,
    level: guessLevel(plain),
    stderr: entry.stream === 'stderr',
    note: null,
    width: cells(plain),
  };
}

const TAB = 8;

/** Cells of a terminal that a text takes: tabs to the next eighth, wide characters two. */
function cells(text: string): number {
  // plain ASCII without tabs is the quick case
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 9) sum += TAB - (sum % TAB);
    else if (
      code >= 0x1100 &&
      (code <= 0x115f ||
        (code >= 0x2e80 && code <= 0xa4cf) ||
        (code >= 0xac00 && code <= 0xd7a3) ||
        (code >= 0xfe30 && code <= 0xff60) ||
        code >= 0x1f300)
    )
      sum += 2;
    else sum += 1;
  }
  return sum;
}

/** `09:36:02.274` in the reader's zone or in UTC; '' when times are off. The milliseconds are the entry's own. */
export function timeOf(row: LogRow, mode: TimeMode, zone?: string): string {
  if (mode === 'off' || Number.isNaN(row.at)) return '';
  if (mode === 'utc' || zone === 'UTC') return new Date(row.at).toISOString().slice(11, 23);
  return `${secondOf(row.at, zone)}.${String(row.at % 1000).padStart(3, '0')}`;
}

// lines come many to the second, and a formatter costs more than all else in a row
let lastSecond = -1;
let lastZone: string | undefined;
let lastText = '';

function secondOf(at: number, zone: string | undefined): string {
  const second = Math.floor(at / 1000);
  if (second !== lastSecond || zone !== lastZone) {
    lastText = clockSecond(at, zone);
    lastSecond = second;
    lastZone = zone;
  }
  return lastText;
}
