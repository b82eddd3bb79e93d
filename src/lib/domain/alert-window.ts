/** Counts what comes within a sliding window. */
export class AlertWindow {
  readonly #count: number;
  readonly #windowMs: number;
  #times: number[] = [];

  constructor(count: number, windowSeconds: number) {
    this.#count = count;
    this.#windowMs = windowSeconds * 1000;
  }

  /** One more, in the order of time. True when there were enough; it begins anew then. */
  add(atMs: number): boolean {
    this.#times = this.#times.filter((time) => time > atMs - this.#windowMs);
    this.#times.push(atMs);
    if (this.#times.length < this.#count) return false;
    this.#times = [];
    return true;
  }
}
