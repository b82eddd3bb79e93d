/** Which of the snapshots that were taken by themselves may go, so that only the newest stay. Pure. */
import type { SnapshotId } from './ids.ts';

export const AUTOMATIC_ORIGINS = ['stop', 'remove', 'schedule'] as const;

export interface RetainedSnapshot {
  readonly id: SnapshotId;
  readonly origin: string;
  readonly createdAt: number;
}

/** Who stands in the way of a deletion. */
export interface SnapshotTies {
  /** Agents that are made of its image, or whose files go back to it. */
  readonly agents: number;
  /** Snapshots that came after it, by the agent that they are of. */
  readonly children: readonly { readonly ofSameAgent: boolean }[];
}

export function isAutomatic({ origin }: { readonly origin: string }): boolean {
  return AUTOMATIC_ORIGINS.some((each) => each === origin);
}

/**
 * The automatic ones beyond the newest `keep`, the oldest first, but for those that somebody holds: an agent, or a place where the tree
 * branches. The next one of the same agent alone does not hold it: that then comes after what was before it.
 */
export function beyondRetention<Snapshot extends RetainedSnapshot>(
  snapshots: readonly Snapshot[],
  keep: number | null,
  tiesOf: (snapshot: Snapshot) => SnapshotTies,
): readonly Snapshot[] {
  if (keep === null) return [];
  return snapshots
    .filter(isAutomatic)
    .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    .slice(keep)
    .filter((each) => !isHeld(tiesOf(each)))
    .toReversed();
}

function isHeld({ agents, children }: SnapshotTies): boolean {
  return agents > 0 || children.length > 1 || children.some((child) => !child.ofSameAgent);
}
