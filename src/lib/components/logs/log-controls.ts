import type { LogNote } from './log-entry.ts';

/** What a reader can do with rows, and what they chose; a list without it only shows. */
export interface LogControls {
  readonly opened: ReadonlySet<number>;
  readonly folded: ReadonlySet<number>;
  readonly selected: number | null;
  /** The line with the words that was stepped to. */
  readonly current: number | null;
  readonly toggle: (which: 'opened' | 'folded', seq: number) => void;
  readonly select: (seq: number) => void;
  readonly filterBy: (field: { readonly name: string; readonly value: string }) => void;
  readonly fill: (note: LogNote) => void;
  readonly older: () => void;
}
