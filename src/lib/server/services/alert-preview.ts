/**
 * What a rule would have said in the last two hours, from what is kept: changes of state, lives, figures, lines. The same steps as the loops
 * take, with the cooldown.
 */
import { isOwnEnd } from '#lib/domain/agent-state.ts';
import { metricHolds } from '#lib/domain/alert-metric.ts';
import {
  hasCode,
  includesAgent,
  includesHost,
  subjectKey,
  type AlertEvent,
  type AlertRuleSpec,
  type ConditionOf,
} from '#lib/domain/alert-rule.ts';
import { isDue, standingAfter, type Reading, type Standing } from '#lib/domain/alert-standing.ts';
import { diskText, exitText, hostDownText, metricText, stateText } from '#lib/domain/alert-text.ts';
import { HOST_STEPS } from '#lib/domain/metric-steps.ts';
import type { AlertPreviewView } from '#lib/protocol/alerts.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { HostChange } from '../storage/host-past.ts';
import type { Journal } from '../storage/journal.ts';
import type { MetricRepository } from '../storage/metrics.ts';
import type { AgentRecords } from './agent-records.ts';
import { linesInPast, type PastLines } from './alert-past-lines.ts';

const PAST_MS = 2 * 3_600_000;
const FIGURE_STEP = 10;
const HOST_STEP = HOST_STEPS[0].step;
const SHOWN = 100;
const CHANGES = 500;

export interface AlertPreviewParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly journal: Journal;
  readonly metrics: MetricRepository;
  readonly fleet: Fleet;
  readonly hostChanges: (since: number) => readonly HostChange[];
  readonly pastLines: PastLines;
  readonly now?: () => number;
}

export type PreviewWish = Pick<AlertRuleSpec, 'scope' | 'condition' | 'cooldownSeconds'>;

interface Found {
  readonly events: readonly AlertEvent[];
  readonly notes: readonly string[];
}

export class AlertPreview {
  readonly #parts: AlertPreviewParts;
  readonly #now: () => number;

  constructor(parts: AlertPreviewParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  async of(wish: PreviewWish): Promise<AlertPreviewView> {
    const to = this.#now();
    const from = to - PAST_MS;
    const { events, notes } = await this.#find(wish, from, to);
    const fired = afterCooldown(events, wish.cooldownSeconds * 1000);
    return {
      count: fired.length,
      times: fired
        .slice(-SHOWN)
        .toReversed()
        .map(({ at, text }) => ({ at: new Date(at).toISOString(), text })),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      notes,
    };
  }

  async #find(wish: PreviewWish, from: number, to: number): Promise<Found> {
    const { condition } = wish;
    switch (condition.when) {
      case 'state':
        return {
          events: this.#agents(wish, from).flatMap((row) => this.#states(row, condition, from)),
          notes: [],
        };
      case 'exit':
        return {
          events: this.#agents(wish, from).flatMap((row) => this.#exits(row, condition, from)),
          notes: [],
        };
      case 'metric':
        return {
          events: this.#agents(wish, from).flatMap((row) => this.#figures(row, condition, from, to)),
          notes: [],
        };
      case 'host-down':
        return { events: this.#downs(wish, condition, from, to), notes: [] };
      case 'disk':
        return { events: this.#disks(wish, condition, from, to), notes: [] };
      case 'log':
        return linesInPast(this.#agents(wish, from), condition, { from, to }, this.#parts.pastLines);
    }
  }

  /** Those that are there, and those that were in these hours. */
  #agents({ scope }: PreviewWish, from: number): readonly AgentRow[] {
    const { agents, records } = this.#parts;
    const gone = agents.removed(CHANGES).filter((row) => row.since >= from);
    return [...agents.list(), ...gone].filter((row) => includesAgent(scope, records.view(row)));
  }

  #states(row: AgentRow, condition: ConditionOf<'state'>, from: number): readonly AlertEvent[] {
    return this.#parts.journal
      .history(row.id, CHANGES)
      .filter((each) => condition.states.includes(each.to) && Date.parse(each.at) >= from)
      .map(({ to, reason, at }) => ({
        subject: subjectOf(row),
        text: stateText(row.name, to, reason),
        at: Date.parse(at),
        details: { state: to },
      }));
  }

  #exits(row: AgentRow, condition: ConditionOf<'exit'>, from: number): readonly AlertEvent[] {
    return this.#parts.agents.lives(row.id, CHANGES).flatMap((life) => {
      const { endedAt, exitCode, reason } = life;
      if (endedAt === null || endedAt < from || exitCode === null || !isOwnEnd(reason)) return [];
      if (!hasCode(condition.codes, exitCode)) return [];
      const text = exitText(row.name, exitCode, reason === 'oom');
      return [{ subject: subjectOf(row), text, at: endedAt, details: { exitCode } }];
    });
  }

  #figures(row: AgentRow, condition: ConditionOf<'metric'>, from: number, to: number): readonly AlertEvent[] {
    const points = this.#parts.metrics.agent(row.id, FIGURE_STEP, seconds(from), seconds(to));
    const readings = points.map((point) => ({ at: point.at, ...metricHolds(condition, point) }));
    return firings(readings, condition.windowSeconds * 1000).map(({ at, value }) => ({
      subject: subjectOf(row),
      text: metricText(row.name, condition, value ?? condition.value),
      at,
      details: { value: value ?? condition.value },
    }));
  }

  /** A host tells when it changes; between two changes it is as it was. */
  #downs(
    { scope }: PreviewWish,
    condition: ConditionOf<'host-down'>,
    from: number,
    to: number,
  ): readonly AlertEvent[] {
    const changes = this.#parts.hostChanges(from);
    return this.#parts.fleet.hosts().flatMap((host) => {
      if (!includesHost(scope, host)) return [];
      const own = changes.filter((each) => each.hostId === host.id);
      return own.flatMap(({ state, at }, place) => {
        if (state !== 'offline' || own[place - 1]?.state === 'offline') return [];
        const back = own.find((each, later) => later > place && each.state !== 'offline')?.at ?? to;
        const told = at + condition.afterSeconds * 1000;
        if (told > back) return [];
        const subject = { kind: 'host', id: host.id, name: host.name } as const;
        return [{ subject, text: hostDownText(host.name, null), at: told, details: {} }];
      });
    });
  }

  #disks(
    { scope }: PreviewWish,
    condition: ConditionOf<'disk'>,
    from: number,
    to: number,
  ): readonly AlertEvent[] {
    return this.#parts.fleet.hosts().flatMap((host) => {
      if (!includesHost(scope, host)) return [];
      const readings = this.#parts.metrics
        .host(host.id, HOST_STEP, seconds(from), seconds(to))
        .map(({ at, disk, diskTotal }) => {
          const value =
            disk === null || diskTotal === null || diskTotal === 0 ? null : (disk / diskTotal) * 100;
          return { at, value, holds: value === null ? null : value >= condition.percent };
        });
      return firings(readings, 0).map(({ at, value }) => ({
        subject: { kind: 'host', id: host.id, name: host.name } as const,
        text: diskText(host.name, value ?? condition.percent),
        at,
        details: { value: value ?? condition.percent },
      }));
    });
  }
}

/** The readings at which a condition that lasts is told. */
function firings<Each extends Reading>(readings: readonly Each[], windowMs: number): readonly Each[] {
  let standing: Standing | undefined;
  return readings.filter((reading) => {
    standing = standingAfter(standing, reading);
    if (!isDue(standing, windowMs)) return false;
    standing = { ...standing, told: true };
    return true;
  });
}

function afterCooldown(events: readonly AlertEvent[], cooldownMs: number): readonly AlertEvent[] {
  const last = new Map<string, number>();
  return events
    .toSorted((a, b) => a.at - b.at)
    .filter(({ subject, at }) => {
      const before = last.get(subjectKey(subject));
      if (before !== undefined && at - before < cooldownMs) return false;
      last.set(subjectKey(subject), at);
      return true;
    });
}

function subjectOf({ id, name, hostId }: AgentRow) {
  return { kind: 'agent', id, name, hostId } as const;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
