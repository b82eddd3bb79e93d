import { applyRetention, clearStrays, type RetentionRule } from '../archive/retention.ts';
import type { LogStore } from '../archive/log-store.ts';

const EVERY_MS = 60_000;

/** Keeps the archive within its age and size; after each start it clears what a crash left. */
export class ArchiveRetention {
  readonly #store: LogStore;
  readonly #rule: RetentionRule;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> | null = null;

  /** `failed` hears what the disk says. */
  constructor(store: LogStore, rule: RetentionRule, failed: (error: unknown) => void) {
    this.#store = store;
    this.#rule = rule;
    this.#failed = failed;
  }

  start(): void {
    this.#run(async () => {
      await clearStrays(this.#store);
      await this.#apply();
    });
    this.#timer = setInterval(() => {
      this.#run(() => this.#apply());
    }, EVERY_MS);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#work;
  }

  #run(work: () => Promise<void>): void {
    this.#work ??= work()
      .catch(this.#failed)
      .finally(() => {
        this.#work = null;
      });
  }

  async #apply(): Promise<void> {
    await applyRetention(this.#store, this.#rule, Date.now());
  }
}
