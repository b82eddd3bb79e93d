/** The moment that somebody points at, shared by all that a page draws over time. */
export class TimeCursor {
  /** Milliseconds since 1970; null: nowhere. */
  at = $state.raw<number | null>(null);
}
