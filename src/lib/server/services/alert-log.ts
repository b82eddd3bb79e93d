/** What was told: each time that a rule fired, and how it reached its channels. */
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import type { AlertView, DeliveryView } from '#lib/protocol/alerts.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { AlertChannelRepository } from '../storage/alert-channels.ts';
import type { DeliveryRepository, DeliveryRow } from '../storage/alert-deliveries.ts';
import type { AlertFilter, AlertRepository, AlertRow } from '../storage/alerts.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';

export interface AlertLogParts {
  readonly alerts: AlertRepository;
  readonly deliveries: DeliveryRepository;
  readonly channels: AlertChannelRepository;
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly journal: Journal;
}

const LARGEST_PAGE = 200;

export class AlertLog {
  readonly #parts: AlertLogParts;

  constructor(parts: AlertLogParts) {
    this.#parts = parts;
  }

  /** Newest first. Throws VALIDATION for a limit out of 1 to 200. */
  list(actor: Actor | null, limit = 50, filter: AlertFilter = {}): readonly AlertView[] {
    authorize(actor, 'alerts.see');
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      throw validationError([
        { field: 'limit', value: limit, rule: `must be a whole number from 1 to ${LARGEST_PAGE}` },
      ]);
    const rows = this.#parts.alerts.list(limit, filter);
    const deliveries = this.#parts.deliveries.of(rows.map((row) => row.id));
    const names = new Map(this.#parts.channels.list().map(({ id, name }) => [id, name]));
    return rows.map((row) => ({
      ...this.#view(row),
      deliveries: deliveries
        .filter((each) => each.alertId === row.id)
        .map((each) => deliveryView(each, names.get(each.channelId) ?? null)),
    }));
  }

  unseen(actor: Actor | null): number {
    authorize(actor, 'alerts.see');
    return this.#parts.alerts.unseen();
  }

  /** All of them were looked at, for everybody. */
  markSeen(actor: Actor | null): void {
    const who = authorize(actor, 'alerts.change');
    const { alerts, journal } = this.#parts;
    journal.commit((tell) => {
      alerts.markSeen(Date.now());
      tell({ kind: 'changed', what: 'alerts', subject: 'all', by: asReason(who) });
    });
  }

  /** Tries a delivery again now, also one that was given up. Throws NOT_FOUND, or CONFLICT when it has arrived. */
  retry(actor: Actor | null, deliveryId: string): DeliveryView {
    const who = authorize(actor, 'alerts.change');
    const { deliveries, channels, journal } = this.#parts;
    const row = deliveries.byId(deliveryId);
    if (row === undefined) throw notFound('delivery', deliveryId);
    if (row.state === 'sent')
      throw new AppError('CONFLICT', 'This alert has arrived', { hint: 'Nothing is to be done.' });
    const channel = channels.byId(row.channelId);
    if (channel === undefined)
      throw new AppError('CONFLICT', 'The channel was deleted', { hint: 'Make it anew for what comes.' });
    const patch = { state: 'waiting', nextTryAt: Date.now() } as const;
    // one that was given up has all its tries before it again
    const tries = row.state === 'failed' ? 0 : row.tries;
    journal.commit((tell) => {
      deliveries.update(row.id, { ...patch, tries });
      tell({ kind: 'changed', what: 'alerts', subject: row.alertId, by: asReason(who) });
    });
    return deliveryView({ ...row, ...patch, tries }, channel.name);
  }

  #view(row: AlertRow): Omit<AlertView, 'deliveries'> {
    const { id, ruleId, ruleName, text, agentId, hostId } = row;
    const { subject, ...details } = row.details;
    const name = typeof subject === 'string' ? subject : null;
    return {
      ...{ id, ruleId, rule: ruleName, text, details },
      agent:
        agentId === null
          ? null
          : { id: agentId, name: this.#parts.agents.byId(agentId)?.name ?? name ?? agentId },
      host: hostId === null ? null : { id: hostId, name: this.#parts.fleet.find(hostId)?.name ?? hostId },
      at: new Date(row.at).toISOString(),
      seenAt: row.seenAt === null ? null : new Date(row.seenAt).toISOString(),
    };
  }
}

function deliveryView(row: DeliveryRow, channel: string | null): DeliveryView {
  const { id, channelId, state, tries, nextTryAt, answer } = row;
  const next = nextTryAt === null ? null : new Date(nextTryAt).toISOString();
  return { id, channelId, channel, state, tries, nextTryAt: next, answer };
}
