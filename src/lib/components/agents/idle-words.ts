/** When an agent will be stopped by itself and why then, in words. Pure. */
import type { IdleView } from '#lib/protocol/views.ts';
import { a } from '#lib/text/en-agent.ts';
import { ago, clockMinute, longSpan } from '../ui/time.ts';

/** So near to the end it counts down. */
const NEAR_MS = 120_000;

export interface IdleSaid {
  /** "Stops at 14:20, in 29 min, when nothing happens"; counts down near the end, or says that the host is away. Null: it is not counting. */
  readonly short: string | null;
  /** What it rests on. */
  readonly sentences: readonly string[];
  readonly near: boolean;
  /** Whether keeping it alive changes anything. */
  readonly canKeep: boolean;
}

/** `now` in milliseconds; `away`: its host is. */
export function sayIdle(idle: IdleView, now: number, away: boolean, zone?: string): IdleSaid {
  const left = idle.stopsAt === null ? null : Math.max(0, Date.parse(idle.stopsAt) - now);
  const { lastActivity: last, keepAliveUntil: kept, mode } = idle;
  const sentences = [
    ...(last === null
      ? []
      : [
          a.idle.last(
            a.idle.sources[last.source],
            clockMinute(Date.parse(last.at), zone),
            ago(Date.parse(last.at), now),
          ),
        ]),
    a.idle.counts[mode],
    ...(kept !== null && Date.parse(kept) > now ? [a.idle.kept(clockMinute(Date.parse(kept), zone))] : []),
    ...(idle.because === 'ttl' && mode !== 'disabled' ? [a.idle.ageWins] : []),
  ];
  return {
    short: away ? a.idle.away : left === null ? null : shortOf(idle, left, zone),
    sentences,
    near: !away && left !== null && left <= NEAR_MS,
    canKeep: !away && idle.because === 'idle',
  };
}

function shortOf({ stopsAt, because }: IdleView, left: number, zone: string | undefined): string {
  const why = because === 'ttl' ? a.idle.ttl : a.idle.idle;
  if (left === 0) return `${a.idle.now} ${why}`;
  if (left <= NEAR_MS) return `${a.idle.in(longSpan(left))} ${why}`;
  // whole minutes: the seconds would only flicker
  const span = longSpan(Math.floor(left / 60_000) * 60_000);
  return `${a.idle.at(clockMinute(Date.parse(stopsAt ?? ''), zone), span)} ${why}`;
}
