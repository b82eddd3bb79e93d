/** What can be done with many agents at once, and what of it waits in case it is taken back. Pure. */
import { REMOVE_GRACE_MS, STOP_DELAY_MS } from '#lib/protocol/stop-delay.ts';
import type { AgentView, BulkResult } from '#lib/protocol/views.ts';

export const BULK_BUTTONS = ['stop', 'start', 'restart', 'pause', 'resume', 'snapshot', 'remove'] as const;
export type BulkVerb = (typeof BULK_BUTTONS)[number];

export const BULK_ICONS = {
  stop: 'stop',
  start: 'start',
  restart: 'restart',
  pause: 'pause',
  resume: 'start',
  snapshot: 'snapshot',
  remove: 'delete',
} as const satisfies Record<BulkVerb, string>;

/** Milliseconds that the bar counts down before anything is sent; 0: at once. */
export function waitOf(verb: BulkVerb): number {
  if (verb === 'remove') return REMOVE_GRACE_MS;
  return verb === 'stop' ? STOP_DELAY_MS : 0;
}

/** What the verb takes besides the agents. */
export function inputOf(verb: BulkVerb): Readonly<Record<string, unknown>> {
  return verb === 'remove' ? { force: true } : {};
}

export function isBulkVerb(value: unknown): value is BulkVerb {
  return BULK_BUTTONS.some((each) => each === value);
}

/** The verbs that at least one of the agents allows; a preview tells which of them cannot. */
export function offeredVerbs(agents: readonly Pick<AgentView, 'can'>[]): readonly BulkVerb[] {
  return BULK_BUTTONS.filter((verb) => agents.some((agent) => agent.can.includes(verb)));
}

/** The answer of `POST /api/bulk`. */
export interface BulkAnswer {
  readonly dryRun: boolean;
  readonly results: readonly BulkResult[];
  readonly failed: number;
}

export function splitResults(results: readonly BulkResult[]): {
  readonly good: readonly BulkResult[];
  readonly bad: readonly BulkResult[];
} {
  return { good: results.filter((each) => each.ok), bad: results.filter((each) => !each.ok) };
}
