/**
 * Sends what waits to be sent. At most one at a time to each channel and eight in all, so that a slow server holds up only itself. What was
 * waiting when Slipway ended is sent after its start; what was on its way then may arrive twice, and carries the same delivery id.
 */
import type { AppBus } from '../messages.ts';
import type { Log } from '../log.ts';
import type { AlertOutbox } from '../services/alert-outbox.ts';
import type { DeliveryRow } from '../storage/alert-deliveries.ts';

const AT_ONCE = 8;
/** A timer of Node cannot be longer than 24 days; nothing here waits that long. */
const LONGEST_SLEEP_MS = 60_000;

export interface AlertDeliveriesParts {
  readonly outbox: Pick<AlertOutbox, 'due' | 'waitMs' | 'deliver'>;
  readonly bus: AppBus;
  readonly log: Log;
}

export class AlertDeliveries {
  readonly #parts: AlertDeliveriesParts;
  readonly #closed = new AbortController();
  /** By channel. */
  readonly #underWay = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #unheard: (() => void) | null = null;

  constructor(parts: AlertDeliveriesParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#unheard = this.#parts.bus.on('facts', (facts) => {
      if (facts.some((fact) => fact.kind === 'changed' && fact.what === 'alerts')) this.#wakeIn(0);
    });
    this.#wakeIn(0);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#unheard?.();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.allSettled(this.#underWay.values());
  }

  #wakeIn(ms: number): void {
    if (this.#closed.signal.aborted) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#work();
    }, ms);
  }

  #work(): void {
    const free = this.#parts.outbox.due().filter((each) => !this.#underWay.has(each.channelId));
    for (const delivery of free.slice(0, AT_ONCE - this.#underWay.size)) this.#send(delivery);
    // those under way wake it when they end
    if (this.#underWay.size > 0) return;
    const wait = this.#parts.outbox.waitMs();
    if (wait !== null) this.#wakeIn(Math.min(wait, LONGEST_SLEEP_MS));
  }

  #send(delivery: DeliveryRow): void {
    const sent = this.#parts.outbox
      .deliver(delivery, this.#closed.signal)
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error, delivery: delivery.id }, 'an alert could not be sent');
      })
      .finally(() => {
        this.#underWay.delete(delivery.channelId);
        this.#wakeIn(0);
      });
    this.#underWay.set(delivery.channelId, sent);
  }
}
