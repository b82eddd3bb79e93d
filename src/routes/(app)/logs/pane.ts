import type { Problem } from '#lib/domain/errors.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';

/** A log beside others; without an id it could not be had. */
export interface Pane {
  /** As the address names it. */
  readonly wanted: string;
  readonly id: string | null;
  readonly name: string;
  readonly color: string | null;
  readonly lines: readonly LogLine[];
  readonly problem: Problem | null;
}
