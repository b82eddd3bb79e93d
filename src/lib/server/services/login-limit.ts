import { AppError } from '#lib/domain/errors.ts';

const TRIES = 5;
const PAUSE_MS = 5 * 60_000;
/** An address may try more names, but not without end. */
const TRIES_OF_ADDRESS = 30;

interface Count {
  failures: number;
  until: number;
}

/** Limits failed sign-ins for each account and address: 5 tries, then a pause of 5 minutes. In memory: a restart forgives. */
export class LoginLimit {
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Throws RATE_LIMITED during the pause. */
  check(account: string, address: string): void {
    const waits = [this.#get(`${address} ${account}`), this.#get(address)]
      .filter((count, place) => count.failures >= (place === 0 ? TRIES : TRIES_OF_ADDRESS))
      .map((count) => count.until - this.#now());
    const wait = Math.max(0, ...waits);
    if (wait > 0)
      throw new AppError(
        'RATE_LIMITED',
        `Too many failed tries. The next one is possible in ${Math.ceil(wait / 60_000)} min`,
      );
  }

  /** Gives how many tries are left. */
  failed(account: string, address: string): number {
    for (const key of [`${address} ${account}`, address]) {
      const count = this.#get(key);
      this.#counts.set(key, { failures: count.failures + 1, until: this.#now() + PAUSE_MS });
    }
    if (this.#counts.size > 10_000) this.#sweep();
    return Math.max(0, TRIES - this.#get(`${address} ${account}`).failures);
  }

  succeeded(account: string, address: string): void {
    this.#counts.delete(`${address} ${account}`);
  }

  #get(key: string): Count {
    const count = this.#counts.get(key);
    return count === undefined || count.until <= this.#now() ? { failures: 0, until: 0 } : count;
  }

  #sweep(): void {
    for (const [key, count] of this.#counts) if (count.until <= this.#now()) this.#counts.delete(key);
  }
}
