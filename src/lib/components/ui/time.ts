/** Times in words. All functions are pure; `zone` is an IANA name, undefined means the reader's own (UTC on the server). */
import { t } from '#lib/text/en.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One unit, for columns: `8 s`, `4 min`, `2 h`, `12 d`. Below zero counts as zero. */
export function shortSpan(ms: number): string {
  if (ms < MINUTE) return t.time.seconds(Math.max(0, Math.floor(ms / SECOND)));
  if (ms < HOUR) return t.time.minutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return t.time.hours(Math.floor(ms / HOUR));
  return t.time.days(Math.floor(ms / DAY));
}

/** Two units, for sentences: `9 min 20 s`, `2 h 14 min`, `3 d 4 h`; a zero second unit is left out. */
export function longSpan(ms: number): string {
  const pairs = [
    [DAY, HOUR, t.time.days, t.time.hours],
    [HOUR, MINUTE, t.time.hours, t.time.minutes],
    [MINUTE, SECOND, t.time.minutes, t.time.seconds],
  ] as const;
  for (const [large, small, largeWords, smallWords] of pairs) {
    if (ms < large) continue;
    const rest = Math.floor((ms % large) / small);
    return largeWords(Math.floor(ms / large)) + (rest === 0 ? '' : ` ${smallWords(rest)}`);
  }
  return shortSpan(ms);
}

/** How long ago, for columns: `now` for the last five seconds, then as shortSpan. */
export function ago(at: number, now: number): string {
  return now - at < 5 * SECOND ? t.time.now : shortSpan(now - at);
}

/** Whole seconds until `at`, never below zero; a countdown shows 1 until it is over. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / SECOND));
}

const inBrowser = typeof document !== 'undefined';
const formats = new Map<string, Intl.DateTimeFormat>();

function parts(at: number, zone: string | undefined): Record<Intl.DateTimeFormatPartTypes, string> {
  const key = zone ?? (inBrowser ? '' : 'UTC');
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(key === '' ? {} : { timeZone: key }),
    });
    formats.set(key, format);
  }
  const empty = {} as Record<Intl.DateTimeFormatPartTypes, string>;
  for (const part of format.formatToParts(at)) empty[part.type] = part.value;
  return empty;
}

/** `09:41` */
export function clockMinute(at: number, zone?: string): string {
  const p = parts(at, zone);
  return `${p.hour}:${p.minute}`;
}

/** `09:36:02` */
export function clockSecond(at: number, zone?: string): string {
  const p = parts(at, zone);
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** `2026-11-21 09:42:07`; with `UTC` behind it where it is not the reader's own time. */
export function exactTime(at: number, zone?: string): string {
  const p = parts(at, zone);
  const utc = zone === 'UTC' || (zone === undefined && !inBrowser);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}${utc ? ' UTC' : ''}`;
}

/** `since` in the shortest exact form: `09:41` today, `2026-11-19 09:41` before. */
export function sinceWhen(at: number, now: number, zone?: string): string {
  const day = exactTime(at, zone).slice(0, 10);
  return day === exactTime(now, zone).slice(0, 10)
    ? clockMinute(at, zone)
    : `${day} ${clockMinute(at, zone)}`;
}
