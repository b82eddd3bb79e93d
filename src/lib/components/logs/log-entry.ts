/** What a log list shows: lines of the container, notes of ours between them (gaps, what was left out), and fields of a line that is opened. */
import { levelOf, type LogLevel } from '#lib/domain/log-level.ts';
import { plainText } from '#lib/domain/log-text.ts';
import type { LogEntry, LogHead } from '#lib/live/log-feed.ts';
import { v } from '#lib/text/en-logview.ts';
import { ago, clockSecond, longSpan } from '../ui/time.ts';
import type { Tone } from '../ui/state-shapes.ts';
import { parseAnsi, type AnsiSpan } from './ansi.ts';

export type { LogEntry, LogHead, LogNote } from '#lib/live/log-feed.ts';

/** One field of the JSON of a line, below it; it has the line's `seq`. */
export interface LogField {
  readonly seq: number;
  /** Its place among the fields, from 0. */
  readonly field: number;
  readonly name: string;
  readonly value: string;
  readonly kind: 'text' | 'number' | 'other';
}

/** What stands before the first line. */
export interface LogTop {
  readonly seq: number;
  readonly top: LogHead;
}

export type LogItem = LogEntry | LogField | LogTop;

/** An array, or what looks like one. Sorted by `seq`, which grows from entry to entry. */
export interface LogSource {
  readonly length: number;
  at(index: number): LogItem | undefined;
}

export const TIME_MODES = ['local', 'utc', 'relative', 'off'] as const;
export type TimeMode = (typeof TIME_MODES)[number];

/** The way to show times that comes after this one, round about. */
export function timeAfter(mode: TimeMode): TimeMode {
  return TIME_MODES[(TIME_MODES.indexOf(mode) + 1) % TIME_MODES.length] ?? 'local';
}

/** One row, ready to be drawn; made once per entry. */
export interface LogRow {
  readonly seq: number;
  readonly spans: readonly AnsiSpan[];
  readonly plain: string;
  readonly level: LogLevel;
  readonly stderr: boolean;
  readonly cut: boolean;
  readonly note: Tone | null;
  /** Milliseconds since 1970; the nanoseconds are in `exact`. */
  readonly at: number;
  readonly exact: string;
  /** Characters that are seen; for the height of a wrapped row. */
  readonly width: number;
}

export function isEntry(item: LogItem): item is LogEntry {
  return !('field' in item) && !('top' in item);
}

/** What tells one item from the others. */
export function keyOf(item: LogItem): number | string {
  if ('field' in item) return `${item.seq}/${item.field}`;
  return 'top' in item ? 'top' : item.seq;
}

const rows = new WeakMap<LogEntry, LogRow>();
const levels = new WeakMap<LogEntry, LogLevel>();

export function rowOf(entry: LogEntry): LogRow {
  const known = rows.get(entry);
  if (known !== undefined) return known;
  const made = makeRow(entry);
  rows.set(entry, made);
  return made;
}

/** Found out once per line; a note has none. */
export function levelOfEntry(entry: LogEntry): LogLevel {
  if ('note' in entry || entry.gap !== undefined) return 'unknown';
  const known = levels.get(entry);
  if (known !== undefined) return known;
  const made = levelOf(plainText(entry.text));
  levels.set(entry, made);
  return made;
}

/** Characters of an item: exact once it was drawn, before that the length of its text. */
export function widthOf(item: LogItem): number {
  if ('field' in item) return item.name.length + item.value.length + 2;
  if ('top' in item || 'note' in item || item.gap !== undefined) return 0;
  return rows.get(item)?.width ?? item.text.length;
}

function makeRow(entry: LogEntry): LogRow {
  const base = { seq: entry.seq, at: Date.parse(entry.time), exact: entry.time };
  const note = noteOf(entry);
  if (note !== null) {
    return {
      ...base,
      spans: [{ text: note, classes: '', style: '' }],
      plain: note,
      level: 'unknown',
      stderr: false,
      cut: false,
      note: 'note' in entry ? (entry.tone ?? (entry.skipped === undefined ? 'rest' : 'need')) : 'need',
      width: 0,
    };
  }
  const line = 'note' in entry ? null : entry;
  const spans = parseAnsi(line?.text ?? '');
  let plain = '';
  for (const span of spans) plain += span.text;
  return {
    ...base,
    spans,
    plain,
    level: levelOfEntry(entry),
    stderr: line?.stream === 'stderr',
    cut: line?.cut === true,
    note: null,
    width: cells(plain),
  };
}

/** null: it is a line of the container. */
function noteOf(entry: LogEntry): string | null {
  if ('note' in entry) return entry.skipped === undefined ? entry.note : v.skipped;
  if (entry.gap === undefined) return null;
  return v.gap(longSpan(Date.parse(entry.gap.to) - Date.parse(entry.gap.from)));
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

/** `09:36:02.274` in the reader's zone or in UTC, or `4 min` before `now`; '' when times are off. The milliseconds are the entry's own. */
export function timeOf(row: LogRow, mode: TimeMode, zone?: string, now = 0): string {
  if (mode === 'off' || Number.isNaN(row.at)) return '';
  if (mode === 'relative') return ago(row.at, now);
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
