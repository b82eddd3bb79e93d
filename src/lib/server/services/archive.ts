import type { LogStore } from '../archive/log-store.ts';
import type { RetentionRule } from '../archive/retention.ts';
import type { ArchivePauseView, ArchiveView } from '#lib/protocol/archive.ts';
import { authorize, type Actor } from './access.ts';

/** What the archive of logs holds, and whether it can be written. */
export class ArchiveService {
  readonly #store: LogStore;
  readonly #rule: RetentionRule;

  constructor(store: LogStore, rule: RetentionRule) {
    this.#store = store;
    this.#rule = rule;
  }

  status(actor: Actor | null): ArchiveView {
    authorize(actor, 'logs.see');
    const { archive, segments } = this.#store;
    const totals = segments.totals();
    const plainBytes = archive.plainBytes();
    return {
      bytes: totals.packedBytes + plainBytes,
      packedBytes: totals.packedBytes,
      plainBytes,
      lineBytes: totals.bytes + plainBytes,
      segments: totals.segments,
      oldest: totals.oldestAt === null ? null : new Date(totals.oldestAt).toISOString(),
      paused: this.paused(actor),
      keepDays: this.#rule.keepDays,
      maxBytes: this.#rule.maxBytes,
    };
  }

  paused(actor: Actor | null): ArchivePauseView | null {
    authorize(actor, 'logs.see');
    const { paused } = this.#store.health;
    return paused === null ? null : { reason: paused.reason, since: new Date(paused.since).toISOString() };
  }

  /** For the health check, which strangers may ask. */
  isWell(): boolean {
    return this.#store.health.paused === null;
  }
}
