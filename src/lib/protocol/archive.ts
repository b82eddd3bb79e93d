/** What the archive of logs holds, and whether it is written. */
export interface ArchiveView {
  /** On disk in all: packed segments, and files that are still appended to. */
  readonly bytes: number;
  readonly packedBytes: number;
  readonly plainBytes: number;
  /** What the lines take when they are not packed. */
  readonly lineBytes: number;
  readonly segments: number;
  /** The oldest packed line, RFC 3339. */
  readonly oldest: string | null;
  readonly paused: ArchivePauseView | null;
  readonly keepDays: number;
  readonly maxBytes: number;
}

/** New lines are not archived; they are still shown, and are taken from the engine later. */
export interface ArchivePauseView {
  /** ENOSPC (the disk is full), EDQUOT (a quota is), EIO and others as the system says. */
  readonly reason: string;
  readonly since: string;
}
