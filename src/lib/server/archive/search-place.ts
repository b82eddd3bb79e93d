/** The order of a search, newest first: by time, then by agent and number, so that every line has one place and a search can go on after it. Pure. */
import type { FoundLine, MatchPlace } from '#lib/protocol/log-search.ts';

export interface Place {
  /** As the engine writes it: RFC 3339 with nine digits, UTC; sorts as text. */
  readonly time: string;
  readonly agentId: string;
  readonly seq: number;
}

export interface Found {
  readonly agentId: string;
  readonly line: FoundLine;
  readonly places: readonly MatchPlace[];
}

/** Negative when `a` is newer and comes first. */
export function newestFirst(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time > b.time ? -1 : 1;
  if (a.agentId !== b.agentId) return a.agentId > b.agentId ? -1 : 1;
  return b.seq - a.seq;
}

export function placeOf({ agentId, line }: Pick<Found, 'agentId' | 'line'>): Place {
  return { time: line.time, agentId, seq: line.seq };
}

/** Before everything of this time. */
export function beforeTime(time: string): Place {
  return { time, agentId: '~', seq: 0 };
}

export function writeCursor({ time, agentId, seq }: Place): string {
  return `${time}_${agentId}_${seq}`;
}

/** null for what is no cursor of ours. */
export function readCursor(text: string): Place | null {
  const [, time = '', agentId = '', seq = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)_([0-9a-z]+|~)_(\d{1,16})$/.exec(text) ?? [];
  return time === '' ? null : { time, agentId, seq: Number(seq) };
}

/** Any RFC 3339 time, or milliseconds, as the engine writes it. */
export function engineTime(time: string | number): string {
  const second = new Date(time).toISOString().slice(0, 19);
  const fraction =
    typeof time === 'number' ? String(time % 1000).padStart(3, '0') : (/\.(\d+)/.exec(time)?.[1] ?? '');
  return `${second}.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
}

/** Found lines from several files, given out once nothing newer can come. */
export class FoundOrder {
  #waiting: Found[] = [];
  #last: Place | null = null;
  /** Something was left out because it was too much. */
  dropped = false;

  add(found: readonly Found[], most: number): void {
    this.#waiting = [...this.#waiting, ...found].sort((a, b) => newestFirst(placeOf(a), placeOf(b)));
    // the oldest would not be given out: a search that goes on finds them again
    if (this.#waiting.length <= most) return;
    this.#waiting.length = most;
    this.dropped = true;
  }

  /** How many are newer than this. */
  newerThan(time: string): number {
    return this.#waiting.filter((each) => each.line.time > time).length;
  }

  /** What is newer than `time`, null: everything. A line that stood in two files while one was being packed is given once. */
  *take(time: string | null): Generator<Found> {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || (time !== null && first.line.time <= time)) return;
      this.#waiting.shift();
      const place = placeOf(first);
      const again = this.#last !== null && newestFirst(this.#last, place) === 0;
      this.#last = place;
      if (!again) yield first;
    }
  }

  get size(): number {
    return this.#waiting.length;
  }
}
