/**
 * The lines of several agents in one order, by time. What comes is held back a moment, so that a line that was a little longer on its way is still
 * put where it belongs; one that comes later yet (a connection was lost) is put between the others, and what was made of the lines is made anew.
 */
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogBatch, LogState } from '#lib/protocol/socket.ts';
import type { LogEntry, LogFeed } from './log-feed.ts';
import type { Line } from './socket.svelte.ts';

/** `seq` is the place in the merged log; `line` is as its agent has it. */
export interface MergedLine extends LogLine {
  readonly agentId: string;
  readonly line: LogLine;
}

interface Held {
  readonly at: number;
  readonly line: MergedLine;
}

const HOLD_MS = 150;
const KEPT = 20_000;
/** Lines beyond `KEPT` before some go, so that it is not done for each batch. */
const SLACK = 2_000;

export class MergedLog implements LogFeed {
  revision = $state(0);
  epoch = 0;
  /** Lines that this browser was too slow for. */
  skipped = $state(0);
  readonly head = 'none';
  readonly ahead = null;
  lines: LogEntry[] = [];

  #states = $state.raw<ReadonlyMap<string, LogState['state']>>(new Map());
  #merged: MergedLine[] = [];
  #held: Held[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #newest = new Map<string, LogLine>();

  get state(): LogState['state'] | null {
    const states = [...this.#states.values()];
    if (states.includes('live')) return 'live';
    return states.includes('waiting') ? 'waiting' : (states[0] ?? null);
  }

  /** Goes on after what is here of each agent. Lines of agents that are no longer followed stay. */
  follow(line: Pick<Line, 'followLog'>, agentIds: readonly string[]): () => void {
    const stops = agentIds.map((agentId) =>
      line.followLog(agentId, {
        cursor: () => this.#newest.get(agentId) ?? null,
        state: (state) => {
          this.#states = new Map(this.#states).set(agentId, state);
        },
        batch: (batch) => {
          this.#hold(agentId, batch);
        },
      }),
    );
    return () => {
      for (const stop of stops) stop();
      this.#states = new Map();
      clearTimeout(this.#timer);
      this.#release(Infinity);
    };
  }

  clear(): void {
    this.lines = this.#merged = [];
    this.epoch += 1;
    this.revision += 1;
  }

  // all that there is of a merged log is here
  older(): void {
    return;
  }
  newer(): void {
    return;
  }
  toEnd(): void {
    return;
  }
  fill(): void {
    return;
  }
  reading(): void {
    return;
  }

  #hold(agentId: string, { lines, skipped }: LogBatch): void {
    if (skipped !== undefined) this.skipped += skipped;
    const known = this.#newest.get(agentId)?.seq ?? -1;
    const at = performance.now();
    for (const line of lines) {
      if (line.seq <= known) continue;
      this.#held.push({ at, line: { ...line, agentId, line } });
      this.#newest.set(agentId, line);
    }
    this.#schedule();
  }

  #schedule(): void {
    const [first] = this.#held;
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#release(performance.now() - HOLD_MS);
      this.#schedule();
    }, HOLD_MS / 3);
  }

  /** Shows what came before `until`, and what is older than the newest of it. */
  #release(until: number): void {
    let edge = '';
    for (const { at, line } of this.#held) if (at <= until && line.time > edge) edge = line.time;
    if (edge === '') return;
    const ripe: MergedLine[] = [];
    const rest: Held[] = [];
    for (const each of this.#held) {
      if (each.line.time <= edge) ripe.push(each.line);
      else rest.push(each);
    }
    this.#held = rest;
    this.#insert(ripe.sort(byTime));
  }

  #insert(news: readonly MergedLine[]): void {
    const [first] = news;
    if (first === undefined) return;
    let place = this.#merged.length;
    while (place > 0 && isAfter(this.#merged[place - 1], first)) place -= 1;
    const moved = this.#merged.splice(place);
    if (moved.length > 0) this.epoch += 1;
    for (const line of moved.length === 0 ? news : [...moved, ...news].sort(byTime)) {
      const seq = Math.max(microseconds(line.time), (this.#merged.at(-1)?.seq ?? 0) + 1);
      this.#merged.push(line.seq === seq ? line : { ...line, seq });
    }
    if (this.#merged.length > KEPT + SLACK) this.#merged = this.#merged.slice(-KEPT);
    this.lines = this.#merged;
    this.revision += 1;
  }
}

function byTime(a: MergedLine, b: MergedLine): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.agentId !== b.agentId) return a.agentId < b.agentId ? -1 : 1;
  return a.line.seq - b.line.seq;
}

function isAfter(entry: MergedLine | undefined, line: MergedLine): boolean {
  return entry !== undefined && byTime(entry, line) > 0;
}

/** Since 1970; fits a number. */
function microseconds(time: string): number {
  return (
    Date.parse(`${time.slice(0, 19)}Z`) * 1_000 +
    Number(time.slice(20, 26).replace(/\D.*$/, '').padEnd(6, '0'))
  );
}
