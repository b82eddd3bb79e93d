import type { RestartPolicy } from '#lib/domain/agent-spec.ts';

const FIRST_MS = 100;
const LONGEST_MS = 60_000;
/** After a run longer than this the pauses start from the first again. */
const STEADY_MS = 10_000;

interface Policy {
  readonly Name: string;
  readonly MaximumRetryCount?: number;
}

/** Whether and when a container's restart policy starts it again. */
export class Restarts {
  #policy: string;
  #most: number;
  #pauseMs = FIRST_MS;
  /** How often it did since somebody started it. */
  count = 0;

  constructor(policy: Policy = { Name: 'no' }) {
    this.#policy = policy.Name;
    this.#most = policy.MaximumRetryCount ?? 0;
  }

  /** From the next end on: a start that is waited for still comes. */
  change(policy: Policy): void {
    this.#policy = policy.Name;
    this.#most = policy.MaximumRetryCount ?? 0;
  }

  /** Runs again when its engine was killed and comes back. */
  get survivesEngine(): boolean {
    return this.#is('always') || this.#is('unless-stopped');
  }

  reset(): void {
    this.count = 0;
    this.#pauseMs = FIRST_MS;
  }

  /** The pause before the next start in milliseconds; null when there is none. */
  after(exitCode: number, ranMs: number): number | null {
    if (this.#is('on-failure')) {
      if (exitCode === 0 || (this.#most !== 0 && this.count >= this.#most)) return null;
    } else if (!this.survivesEngine) {
      return null;
    }
    this.count += 1;
    const pause = ranMs > STEADY_MS ? FIRST_MS : this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, LONGEST_MS);
    return pause;
  }

  #is(name: RestartPolicy['name']): boolean {
    return this.#policy === name;
  }
}
