/** Comparisons that were made, for as long as they are true and there is room: those asked for longest ago go first. */
import type { ChangeNode } from '#lib/domain/diff/change-tree.ts';
import type { FileChange } from '#lib/domain/diff/file-change.ts';

export interface Comparison {
  readonly changes: readonly FileChange[];
  readonly tree: ChangeNode;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Sizes of the two sides are known. */
  readonly sized: boolean;
}

interface Kept {
  readonly comparison: Comparison;
  readonly bytes: number;
  readonly until: number;
}

/** What a change takes in the list and in the tree, beside its path: measured. */
const CHANGE_BYTES = 600;

export class ComparisonCache {
  readonly #mostBytes: number;
  readonly #now: () => number;
  /** The one that was asked for last stands last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(mostBytes: number, now: () => number = Date.now) {
    this.#mostBytes = mostBytes;
    this.#now = now;
  }

  get(key: string): Comparison | null {
    const kept = this.#kept.get(key);
    if (kept === undefined) return null;
    this.#drop(key);
    if (kept.until <= this.#now()) return null;
    this.#put(key, kept);
    return kept.comparison;
  }

  /** `lifeMs`: how long it may be believed. One that is larger than all of the room is not kept. */
  set(key: string, comparison: Comparison, lifeMs: number): void {
    this.#drop(key);
    const bytes = comparison.changes.reduce((sum, { path }) => sum + CHANGE_BYTES + 2 * path.length, 0);
    if (bytes > this.#mostBytes) return;
    this.#put(key, { comparison, bytes, until: this.#now() + lifeMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#drop(oldest);
    }
  }

  #put(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
