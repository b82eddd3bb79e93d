/** What happened to an agent, as marks on the axis of its figures. Pure. */
import { isOwnEnd } from '#lib/domain/agent-state.ts';
import type { Fact } from '#lib/protocol/facts.ts';
import type { TimeMark } from '#lib/protocol/metrics.ts';
import type { LifeRow } from '../storage/agents.ts';
import type { SnapshotRow } from '../storage/snapshots.ts';

export interface Happened {
  /** Newest first. */
  readonly lives: readonly Pick<LifeRow, 'startedAt' | 'endedAt' | 'reason'>[];
  readonly snapshots: readonly Pick<SnapshotRow, 'createdAt' | 'createdBy' | 'name'>[];
  readonly inside: readonly (Fact & { readonly kind: 'inside' })[];
}

/** Oldest first, from one time up to another; milliseconds. */
export function marksOf(
  { lives, snapshots, inside }: Happened,
  from: number,
  to: number,
): readonly TimeMark[] {
  const marks = [
    ...lives
      .toReversed()
      .flatMap(({ startedAt, endedAt, reason }) => [
        mark(startedAt, 'start'),
        ...(endedAt === null ? [] : [mark(endedAt, isCrash(reason) ? 'crash' : 'stop', reason)]),
      ]),
    ...snapshots.map(({ createdAt, createdBy, name }) => mark(createdAt, 'snapshot', name, createdBy)),
    ...inside.map(({ at, what, by }) => mark(Date.parse(at), 'inside', what, by)),
  ];
  return marks
    .filter(({ at }) => at >= from && at < to)
    .toSorted((a, b) => a.at - b.at)
    .map((each) => ({ ...each, at: new Date(each.at).toISOString() }));
}

function mark(at: number, kind: TimeMark['kind'], detail: string | null = null, by: string | null = null) {
  return { at, kind, detail, by };
}

/** It ended by itself, and not well. */
function isCrash(reason: string | null): boolean {
  return isOwnEnd(reason) && reason !== 'exit 0';
}
