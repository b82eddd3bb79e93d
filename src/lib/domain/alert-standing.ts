/**
 * Conditions that last: a figure above a value, a host that is down, a disk that is full. Each reading says whether the condition holds; it has
 * to hold for the whole window without a break, and then fires once until it no longer holds. Pure: the watching loop and the preview of
 * the past take the same steps.
 */
export interface Standing {
  /** Since when it holds without a break, milliseconds; null: it does not. */
  readonly since: number | null;
  readonly lastAt: number;
  /** It was told, and still holds. */
  readonly told: boolean;
}

export interface Reading {
  /** Milliseconds. */
  readonly at: number;
  /** null: nobody knows, as of a container that does not run. */
  readonly holds: boolean | null;
}

/** Readings further apart than this leave open what was between them. */
const GAP_MS = 60_000;

export function standingAfter(before: Standing | undefined, reading: Reading): Standing {
  const { at, holds } = reading;
  if (holds !== true) return { since: null, lastAt: at, told: false };
  const unbroken = before !== undefined && before.since !== null && at - before.lastAt <= GAP_MS;
  return unbroken ? { ...before, lastAt: at } : { since: at, lastAt: at, told: before?.told ?? false };
}

/** It has held for long enough, and nobody was told yet. */
export function isDue(standing: Standing, windowMs: number): boolean {
  return !standing.told && standing.since !== null && standing.lastAt - standing.since >= windowMs;
}
