/**
 * Fires rules on what lasts: figures of agents over a window, hosts that are down, disks that are full. Every ten seconds the readings that
 * came since are taken in. What was before the start counts for nothing, and a figure that stops coming ends what it held.
 */
import { isLive } from '#lib/domain/agent-state.ts';
import { metricHolds } from '#lib/domain/alert-metric.ts';
import {
  includesAgent,
  includesHost,
  subjectKey,
  type AlertSubject,
  type ConditionOf,
} from '#lib/domain/alert-rule.ts';
import { isDue, standingAfter, type Reading, type Standing } from '#lib/domain/alert-standing.ts';
import { ARCHIVE_TEXT, diskText, hostDownText, metricText } from '#lib/domain/alert-text.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AlertFiring } from '../services/alert-firing.ts';
import type { AgentRecords } from '../services/agent-records.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AlertRuleRepository, AlertRuleRow } from '../storage/alert-rules.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';

const EVERY_MS = 10_000;
/** A figure that did not come for so long is not known. */
const STALE_MS = 60_000;

export interface AlertFiguresParts {
  readonly rules: AlertRuleRepository;
  readonly firing: Pick<AlertFiring, 'fire'>;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  /** How full the disk with a host's data is, percent; null: not known. */
  readonly diskPercent: (hostId: string) => number | null;
  /** The archive of logs had to stop for want of room. */
  readonly archivePaused: () => boolean;
  /** Milliseconds since 1970; tests drive it. */
  readonly now?: () => number;
}

interface Told {
  readonly subject: AlertSubject;
  readonly text: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export class AlertFigures {
  readonly #parts: AlertFiguresParts;
  readonly #now: () => number;
  /** By rule with its version, and subject. */
  #standings = new Map<string, Standing>();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: AlertFiguresParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.tick();
    }, EVERY_MS);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** One look at everything. */
  tick(): void {
    const before = this.#standings;
    // what no rule asks for any more is forgotten
    this.#standings = new Map();
    for (const rule of this.#parts.rules.list()) {
      if (!rule.enabled) continue;
      const { condition } = rule.spec;
      if (condition.when === 'metric') this.#metric(rule, condition, before);
      else if (condition.when === 'host-down') this.#hosts(rule, condition, before);
      else if (condition.when === 'disk') this.#disks(rule, condition, before);
    }
  }

  #metric(rule: AlertRuleRow, condition: ConditionOf<'metric'>, before: Standings): void {
    const { agents, records, pulses } = this.#parts;
    for (const row of agents.list()) {
      if (!includesAgent(rule.spec.scope, records.view(row))) continue;
      const subject = { kind: 'agent', id: row.id, name: row.name, hostId: row.hostId } as const;
      const key = keyOf(rule, subject);
      const known = before.get(key);
      const samples = pulses.samples(row.id);
      const { readings, value } = this.#readings(row, samples, condition, known);
      this.#step(rule, key, known, readings, condition.windowSeconds, () => ({
        subject,
        text: metricText(row.name, condition, value ?? condition.value),
        details: { metric: condition.metric, value: value ?? condition.value },
      }));
    }
  }

  /** Those that came since the last look; that nobody knows, when the newest is old or it does not run. */
  #readings(
    row: AgentRow,
    samples: ReturnType<PulseBoard['samples']>,
    condition: ConditionOf<'metric'>,
    known: Standing | undefined,
  ): { readonly readings: readonly Reading[]; readonly value: number | null } {
    const now = this.#now();
    const newest = samples.at(-1);
    if (!isLive(row.state) || newest === undefined || now - newest.at > STALE_MS)
      return { readings: [{ at: now, holds: null }], value: null };
    // the first look only notes where it begins
    if (known === undefined) return { readings: [{ at: newest.at, holds: null }], value: null };
    const first = samples.findLastIndex((each) => each.at <= known.lastAt) + 1;
    const fresh = samples.slice(first).map((each) => ({ at: each.at, ...metricHolds(condition, each) }));
    return { readings: fresh, value: fresh.at(-1)?.value ?? null };
  }

  #hosts(rule: AlertRuleRow, condition: ConditionOf<'host-down'>, before: Standings): void {
    for (const host of this.#parts.fleet.hosts()) {
      if (!includesHost(rule.spec.scope, host)) continue;
      const subject = subjectOf(host);
      const key = keyOf(rule, subject);
      const holds = host.state === 'offline' || host.state === 'connecting';
      const reading = { at: this.#now(), holds };
      this.#step(rule, key, before.get(key), [reading], condition.afterSeconds, () => ({
        subject,
        text: hostDownText(host.name, host.view().error?.message ?? null),
        details: { state: host.state },
      }));
    }
  }

  #disks(rule: AlertRuleRow, condition: ConditionOf<'disk'>, before: Standings): void {
    for (const host of this.#parts.fleet.hosts()) {
      if (!includesHost(rule.spec.scope, host)) continue;
      const subject = subjectOf(host);
      const key = keyOf(rule, subject);
      const percent = this.#parts.diskPercent(host.id);
      const holds = percent === null ? null : percent >= condition.percent;
      this.#step(rule, key, before.get(key), [{ at: this.#now(), holds }], 0, () => ({
        subject,
        text: diskText(host.name, percent ?? condition.percent),
        details: { value: Math.round(percent ?? condition.percent) },
      }));
    }
    if (rule.spec.scope.hosts.length > 0) return;
    const subject = { kind: 'archive' } as const;
    const key = keyOf(rule, subject);
    const reading = { at: this.#now(), holds: this.#parts.archivePaused() };
    this.#step(rule, key, before.get(key), [reading], 0, () => ({
      subject,
      text: ARCHIVE_TEXT,
      details: {},
    }));
  }

  #step(
    rule: AlertRuleRow,
    key: string,
    known: Standing | undefined,
    readings: readonly Reading[],
    windowSeconds: number,
    tell: () => Told,
  ): void {
    let standing = known;
    for (const reading of readings) {
      standing = standingAfter(standing, reading);
      if (!isDue(standing, windowSeconds * 1000)) continue;
      const fired = this.#parts.firing.fire(rule, { ...tell(), at: reading.at });
      // one that is quiet for now is asked again
      if (fired) standing = { ...standing, told: true };
    }
    if (standing !== undefined) this.#standings.set(key, standing);
  }
}

type Standings = ReadonlyMap<string, Standing>;

function keyOf(rule: AlertRuleRow, subject: AlertSubject): string {
  return `${rule.id} ${rule.version} ${subjectKey(subject)}`;
}

function subjectOf({ id, name }: Host): AlertSubject {
  return { kind: 'host', id, name };
}
