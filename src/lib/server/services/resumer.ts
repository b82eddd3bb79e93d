import type { ContainerSummary } from '../engine/engine.ts';
import type { AgentRow } from '../storage/agents.ts';
import type { Spawning } from './spawning.ts';
import type { Removal } from './removal.ts';
import type { Verbs } from './verbs.ts';

const REASON = 'slipway restart';

/** Takes up the work on an agent that a crash of Slipway cut off. Only for agents that nobody works on. */
export class Resumer {
  readonly #spawning: Spawning;
  readonly #verbs: Verbs;
  readonly #removal: Removal;

  constructor(parts: { readonly spawning: Spawning; readonly verbs: Verbs; readonly removal: Removal }) {
    this.#spawning = parts.spawning;
    this.#verbs = parts.verbs;
    this.#removal = parts.removal;
  }

  /** Begins; does not wait for the end. `container` is what the engine lists for this agent. */
  resume(row: AgentRow, container: ContainerSummary | undefined): void {
    switch (row.state) {
      case 'queued':
      case 'preparing':
      case 'creating':
        ignore(this.#spawning.again(row, REASON).done);
        return;
      case 'starting':
        // one that runs already is started without effect; what follows reads when it began and waits until it is ready
        if (container !== undefined) ignore(this.#verbs.startAgain(row, REASON).done);
        return;
      case 'stopping':
        ignore(this.#verbs.stopAgain(row, row.reason ?? REASON).done);
        return;
      case 'removing':
        ignore(this.#removal.remove(row, row.reason ?? REASON, { timeoutMs: 10_000, graceMs: 0 }).done);
        return;
      default:
    }
  }
}

/** The failure is in the operation's record. */
function ignore(done: Promise<unknown>): void {
  done.catch(() => undefined);
}
