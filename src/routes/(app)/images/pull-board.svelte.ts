import type { Problem } from '#lib/domain/errors.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import type { PullView } from '#lib/protocol/images.ts';

export interface ShownPull extends PullView {
  /** Of one that failed or was cancelled while this page was open. */
  readonly problem: Problem | null;
  readonly retryable: boolean;
}

/** The pulls of this page: those that run, as far as they are, and those that failed before its eyes. */
export class PullBoard {
  #known = $state.raw<ReadonlyMap<string, PullView>>(new Map());
  #dismissed = $state.raw<ReadonlySet<string>>(new Set());
  readonly #live: Live;

  constructor(live: Live) {
    this.#live = live;
  }

  /** What the server says runs now. Of the others, those stay whose end is known: they may have failed. */
  seed(pulls: readonly PullView[]): void {
    const ended = [...this.#known].filter(([id]) => this.#live.operations.get(id)?.endedAt != null);
    this.#known = new Map([...ended, ...pulls.map((each) => [each.operationId, each] as const)]);
  }

  has(operationId: string): boolean {
    return this.#known.has(operationId);
  }

  dismiss(operationId: string): void {
    this.#dismissed = new Set([...this.#dismissed, operationId]);
  }

  readonly list: readonly ShownPull[] = $derived.by(() =>
    [...this.#known.values()].flatMap((pull) => {
      const operation = this.#live.operations.get(pull.operationId);
      if (operation?.state === 'succeeded' || this.#dismissed.has(pull.operationId)) return [];
      const now = this.#live.operationProgress[pull.operationId];
      return [
        {
          ...pull,
          percent: now?.percent ?? pull.percent,
          text: now?.text ?? pull.text,
          transfer: now?.transfer ?? pull.transfer,
          problem: operation?.error ?? null,
          retryable: operation?.retryable ?? false,
        },
      ];
    }),
  );
}
