/** Delivers one alert to one channel, and writes down how it ended. */
import { nextTryAt } from '#lib/domain/alert-retry.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { AlertChannelRepository } from '../storage/alert-channels.ts';
import type { DeliveryRepository, DeliveryRow } from '../storage/alert-deliveries.ts';
import type { AlertRepository, AlertRow } from '../storage/alerts.ts';
import type { Journal } from '../storage/journal.ts';
import { openChannel } from './alert-channel-store.ts';
import type { ToldAlert } from './alert-messages.ts';
import type { AlertSender, Outcome } from './alert-sending.ts';
import type { Seal } from './seal.ts';

export interface AlertOutboxParts {
  readonly alerts: AlertRepository;
  readonly channels: AlertChannelRepository;
  readonly deliveries: DeliveryRepository;
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly seal: Seal;
  readonly sender: AlertSender;
  readonly now?: () => number;
}

export class AlertOutbox {
  readonly #parts: AlertOutboxParts;
  readonly #now: () => number;

  constructor(parts: AlertOutboxParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** One for each channel, whose time has come. */
  due(): readonly DeliveryRow[] {
    return this.#parts.deliveries.due(this.#now());
  }

  /** Milliseconds from now; null when nothing waits. */
  waitMs(): number | null {
    const at = this.#parts.deliveries.nextDue();
    return at === null ? null : Math.max(0, at - this.#now());
  }

  /** When `signal` ends it, nothing is written: it is sent again after the next start. */
  async deliver(delivery: DeliveryRow, signal: AbortSignal): Promise<void> {
    const outcome = await this.#send(delivery, signal);
    if (signal.aborted && !outcome.ok) return;
    const { deliveries, journal } = this.#parts;
    const tries = delivery.tries + 1;
    const next = outcome.ok ? null : nextTryAt(tries, this.#now(), outcome.retryAfterSeconds);
    const state = outcome.ok ? 'sent' : next === null ? 'failed' : 'waiting';
    journal.commit((tell) => {
      deliveries.update(delivery.id, { state, tries, nextTryAt: next, answer: outcome.answer });
      tell({ kind: 'changed', what: 'alerts', subject: delivery.alertId, by: 'alerts' });
    });
  }

  async #send(delivery: DeliveryRow, signal: AbortSignal): Promise<Outcome> {
    const { alerts, channels, seal, sender } = this.#parts;
    const alert = alerts.byId(delivery.alertId);
    const channel = channels.byId(delivery.channelId);
    if (alert === undefined || channel === undefined) return notSent('The channel was deleted');
    try {
      return await sender.send(openChannel(channel, seal), this.#told(alert), delivery.id, signal);
    } catch (error) {
      if (error instanceof AppError) return notSent(`${error.message}. ${error.hint}`);
      throw error;
    }
  }

  #told(row: AlertRow): ToldAlert {
    const { when, subject, ...details } = row.details;
    const agent = row.agentId === null ? undefined : this.#parts.agents.byId(row.agentId);
    const name = typeof subject === 'string' ? subject : '';
    const { agentId, hostId } = row;
    return {
      id: row.id,
      rule: { id: row.ruleId, name: row.ruleName },
      text: row.text,
      at: new Date(row.at).toISOString(),
      when: typeof when === 'string' ? when : '',
      agent:
        agentId === null
          ? null
          : {
              id: agentId,
              name: agent?.name ?? name,
              type: agent?.type ?? '',
              tags: agent?.spec.tags ?? {},
            },
      host: hostId === null ? null : { id: hostId, name: this.#parts.fleet.find(hostId)?.name ?? name },
      details,
      test: false,
    };
  }
}

function notSent(answer: string): Outcome {
  return { ok: false, answer, retryAfterSeconds: null };
}
