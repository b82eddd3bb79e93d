/**
 * Snapshot names become image tags. The rule is checked before the commit: on a bad tag the engine answers 500 and leaves a
 * dangling image behind.
 */
export const SNAPSHOT_NAME_RULE = /^[a-z0-9][a-z0-9_.-]{0,127}$/;
export const SNAPSHOT_NAME_HELP =
  'lower-case letters, digits, "_", "." and "-", 1 to 128 characters, first a letter or digit';

/** The repository that holds an agent's snapshots. Agent names may hold capitals and runs of "_" that repositories may not. */
export function snapshotRepository(agentName: string): string {
  // between two letters a repository takes one or two "_", or any number of "-", and no mixture
  const path = agentName
    .toLowerCase()
    .replace(/[_-]*-[_-]*/g, '-')
    .replace(/_{3,}/g, '__');
  return `slipway/${path}`;
}

/** A name for a snapshot that nobody named: the time in UTC, `2026-03-01-142233`. */
export function inventSnapshotName(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
}
