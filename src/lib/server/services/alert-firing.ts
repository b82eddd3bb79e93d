/**
 * What happens when a rule fires: one row for the alert and one for each channel, in one transaction, unless the rule was told about the same
 * thing within its cooldown. When it last fired is read from the rows at the start, so a restart brings nothing twice.
 */
import { subjectKey, type AlertEvent, type AlertSubject } from '#lib/domain/alert-rule.ts';
import { newId, type AlertChannelId, type AlertId, type DeliveryId } from '#lib/domain/ids.ts';
import type { AlertChannelRepository } from '../storage/alert-channels.ts';
import type { DeliveryRepository } from '../storage/alert-deliveries.ts';
import type { AlertRuleRow } from '../storage/alert-rules.ts';
import type { AlertRepository } from '../storage/alerts.ts';
import type { Journal } from '../storage/journal.ts';

export interface AlertFiringParts {
  readonly alerts: AlertRepository;
  readonly channels: AlertChannelRepository;
  readonly deliveries: DeliveryRepository;
  readonly journal: Journal;
  /** Takes the values of secrets out: what is told leaves the server. */
  readonly mask: <Value>(value: Value) => Value;
  /** Milliseconds since 1970; tests drive it. */
  readonly now?: () => number;
}

export class AlertFiring {
  readonly #parts: AlertFiringParts;
  readonly #now: () => number;
  /** By rule and subject. */
  readonly #last = new Map<string, number>();

  constructor(parts: AlertFiringParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    for (const { ruleId, agentId, hostId, at } of parts.alerts.lastFired()) {
      // an alert about an agent says its host too
      const key = agentId === null ? (hostId === null ? 'archive' : `host ${hostId}`) : `agent ${agentId}`;
      if (at !== null) this.#last.set(`${ruleId} ${key}`, Math.max(at, this.#lastOf(ruleId, key) ?? 0));
    }
  }

  /** Milliseconds; null: never. */
  lastAt(ruleId: string, subject: AlertSubject): number | null {
    return this.#lastOf(ruleId, subjectKey(subject));
  }

  /** Of whatever it was about. */
  lastOfRule(ruleId: string): number | null {
    const times = [...this.#last].flatMap(([key, at]) => (key.startsWith(`${ruleId} `) ? [at] : []));
    return times.length === 0 ? null : Math.max(...times);
  }

  /** False: it is quiet about this for now. */
  fire(rule: AlertRuleRow, event: AlertEvent): boolean {
    const { subject } = event;
    const now = this.#now();
    const last = this.lastAt(rule.id, subject);
    if (last !== null && now - last < rule.spec.cooldownSeconds * 1000) return false;
    const { alerts, channels, deliveries, journal, mask } = this.#parts;
    const { text, details } = mask({ text: event.text, details: event.details });
    const id = newId<AlertId>(now);
    journal.commit((tell) => {
      alerts.insert({
        id,
        ruleId: rule.id,
        ruleName: rule.name,
        agentId: subject.kind === 'agent' ? subject.id : null,
        hostId: subject.kind === 'agent' ? subject.hostId : subject.kind === 'host' ? subject.id : null,
        text,
        details: {
          ...details,
          when: rule.spec.condition.when,
          ...('name' in subject ? { subject: subject.name } : {}),
        },
        at: now,
        seenAt: null,
      });
      for (const channelId of rule.spec.channels) {
        if (channels.byId(channelId) === undefined) continue;
        deliveries.insert({
          id: newId<DeliveryId>(now),
          alertId: id,
          channelId: channelId as AlertChannelId,
          state: 'waiting',
          tries: 0,
          nextTryAt: now,
          answer: null,
          at: now,
        });
      }
      tell({ kind: 'changed', what: 'alerts', subject: id, by: `alert rule ${rule.name}` });
    });
    this.#last.set(`${rule.id} ${subjectKey(subject)}`, now);
    return true;
  }

  #lastOf(ruleId: string, key: string): number | null {
    return this.#last.get(`${ruleId} ${key}`) ?? null;
  }
}
