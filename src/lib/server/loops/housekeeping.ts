import type { AgentRepository } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';

const ACTIVITY_MS = 30_000;
const PRUNE_MS = 3_600_000;
const KEPT_FACTS = 100_000;
const IDEMPOTENCY_MS = 24 * 3_600_000;

/** Small regular duties: writes down when agents were last active, drops old facts and used keys. */
export class Housekeeping {
  readonly #timers: NodeJS.Timeout[];

  constructor(parts: {
    agents: AgentRepository;
    journal: Journal;
    settings: SettingsRepository;
    pulses: PulseBoard;
  }) {
    const activity = setInterval(() => {
      for (const row of parts.agents.list()) {
        const active = parts.pulses.lastActivityAt(row.id);
        if (active !== null && active !== row.lastActivityAt)
          parts.agents.update(row.id, { lastActivityAt: active });
      }
    }, ACTIVITY_MS);
    const prune = setInterval(() => {
      parts.journal.prune(KEPT_FACTS);
      parts.settings.forgetIdempotentBefore(Date.now() - IDEMPOTENCY_MS);
    }, PRUNE_MS);
    this.#timers = [activity, prune];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
