/** Rules that watch: what they are about, and what makes them fire. */
import type { AgentState } from './agent-state.ts';

export const ALERT_CHANNEL_KINDS = ['webhook', 'slack', 'discord', 'ntfy', 'email'] as const;
export type AlertChannelKind = (typeof ALERT_CHANNEL_KINDS)[number];

/** Which agents a rule is about, and for hosts the hosts; empty lists mean all. */
export interface AlertScope {
  /** Ids or names. */
  readonly agents: readonly string[];
  readonly types: readonly string[];
  /** `key` or `key=value`; all have to match. */
  readonly tags: readonly string[];
  /** Ids or names. */
  readonly hosts: readonly string[];
}

export const ALERT_METRICS = ['cpu', 'memory', 'memoryPercent', 'pids', 'netRx', 'netTx'] as const;
/** Percent of one core, bytes, percent of the limit, a number, bytes per second. */
export type AlertMetric = (typeof ALERT_METRICS)[number];

export const ALERT_WHENS = ['state', 'exit', 'log', 'metric', 'host-down', 'disk'] as const;

export type AlertCondition =
  | { readonly when: 'state'; readonly states: readonly AgentState[] }
  /** Ends that nobody asked for. `failure`: any code but 0. */
  | { readonly when: 'exit'; readonly codes: readonly number[] | 'any' | 'failure' }
  | {
      readonly when: 'log';
      /** RE2. */
      readonly pattern: string;
      /** So many matching lines within the window. */
      readonly count: number;
      readonly windowSeconds: number;
    }
  | {
      readonly when: 'metric';
      readonly metric: AlertMetric;
      readonly above: boolean;
      readonly value: number;
      /** For so long without a break. */
      readonly windowSeconds: number;
    }
  | { readonly when: 'host-down'; readonly afterSeconds: number }
  /** The disk with the engine's data; Slipway's own archive counts as full when it had to pause. */
  | { readonly when: 'disk'; readonly percent: number };

export type ConditionOf<When extends AlertCondition['when']> = Extract<
  AlertCondition,
  { readonly when: When }
>;

export interface AlertRuleSpec {
  readonly scope: AlertScope;
  readonly condition: AlertCondition;
  /** The same rule about the same thing is quiet for so long after it fired. */
  readonly cooldownSeconds: number;
  /** Ids of channels. */
  readonly channels: readonly string[];
}

/** What an alert is about. */
export type AlertSubject =
  | { readonly kind: 'agent'; readonly id: string; readonly name: string; readonly hostId: string }
  | { readonly kind: 'host'; readonly id: string; readonly name: string }
  | { readonly kind: 'archive' };

/** Something that makes a rule fire, unless it fired about the same thing a short while ago. */
export interface AlertEvent {
  readonly subject: AlertSubject;
  /** One line for people. */
  readonly text: string;
  /** Milliseconds. */
  readonly at: number;
  /** What a template can show: `state`, `exitCode`, `line`, `value` and the like. */
  readonly details: Readonly<Record<string, string | number>>;
}

/** Tells what one rule said about one thing from what it said about another. */
export function subjectKey(subject: AlertSubject): string {
  return subject.kind === 'archive' ? 'archive' : `${subject.kind} ${subject.id}`;
}

/** What a scope looks at. */
export interface ScopedAgent {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly host: string;
  readonly hostId: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function includesAgent(scope: AlertScope, agent: ScopedAgent): boolean {
  return (
    isAmong(scope.agents, agent.id, agent.name) &&
    isAmong(scope.types, agent.type) &&
    includesHost(scope, { id: agent.hostId, name: agent.host }) &&
    scope.tags.every((tag) => hasTag(agent.tags, tag))
  );
}

export function includesHost(
  scope: AlertScope,
  host: { readonly id: string; readonly name: string },
): boolean {
  return isAmong(scope.hosts, host.id, host.name);
}

function isAmong(wanted: readonly string[], ...names: readonly string[]): boolean {
  return wanted.length === 0 || names.some((name) => wanted.includes(name));
}

function hasTag(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const key = at === -1 ? wanted : wanted.slice(0, at);
  return Object.hasOwn(tags, key) && (at === -1 || tags[key] === wanted.slice(at + 1));
}

/** Whether a rule about exit codes means this one. */
export function hasCode(codes: readonly number[] | 'any' | 'failure', exitCode: number): boolean {
  if (codes === 'any') return true;
  return codes === 'failure' ? exitCode !== 0 : codes.includes(exitCode);
}
