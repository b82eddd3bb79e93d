/** A rule of alerts as people and scripts write it. Its pattern is compiled by the service: this part knows no RE2. */
import { z } from 'zod';
import { AGENT_STATES } from '../agent-state.ts';
import { ALERT_METRICS, ALERT_WHENS } from '../alert-rule.ts';
import { line, secondsInput, wholeNumber } from './primitives.ts';

const HOUR = 3600;
const WEEK_SECONDS = 7 * 24 * HOUR;

const seconds = (min: number, max: number) =>
  secondsInput.refine((value) => value >= min && value <= max, `must be from ${min} to ${max} seconds`);
const names = (max: number) => z.array(line(max).min(1, 'must not be empty')).max(100).default([]);
const exitCode = z.number().int().min(0).max(255);

const stateCondition = z.strictObject({
  when: z.literal('state'),
  states: z.array(z.enum(AGENT_STATES)).min(1).max(AGENT_STATES.length),
});
const exitCondition = z.strictObject({
  when: z.literal('exit'),
  codes: z
    .union(
      [z.enum(['any', 'failure']), z.array(exitCode).min(1).max(64)],
      'must be any, failure or a list of codes from 0 to 255',
    )
    .default('failure'),
});
const logCondition = z.strictObject({
  when: z.literal('log'),
  pattern: line(500).min(1, 'must not be empty'),
  count: wholeNumber.pipe(z.number().min(1).max(1000)).default(1),
  windowSeconds: seconds(1, HOUR).default(60),
});
const metricCondition = z.strictObject({
  when: z.literal('metric'),
  metric: z.enum(ALERT_METRICS),
  above: z.boolean().default(true),
  value: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  windowSeconds: seconds(10, 2 * HOUR).default(300),
});
const hostDownCondition = z.strictObject({
  when: z.literal('host-down'),
  afterSeconds: seconds(1, 24 * HOUR).default(60),
});
const diskCondition = z.strictObject({
  when: z.literal('disk'),
  percent: z.number().min(1).max(100).default(90),
});

const condition = z.discriminatedUnion(
  'when',
  [stateCondition, exitCondition, logCondition, metricCondition, hostDownCondition, diskCondition],
  `must have "when": ${ALERT_WHENS.join(', ')}`,
);

const scope = z
  .strictObject({ agents: names(128), types: names(63), tags: names(300), hosts: names(63) })
  .default({ agents: [], types: [], tags: [], hosts: [] });

/** What a preview needs. */
const watched = { scope, condition, cooldownSeconds: seconds(1, WEEK_SECONDS).default(15 * 60) };

/** What else a rule has is read and not looked at: a form sends all of it. */
export const alertPreviewInput = z.object(watched);

const ruleFields = {
  name: line(100).min(1, 'must not be empty'),
  enabled: z.boolean().default(true),
  ...watched,
  /** Ids or names. */
  channels: names(100),
};

export const alertRuleInput = z.strictObject(ruleFields);
export type AlertRuleInput = z.output<typeof alertRuleInput>;

/** `version`: of what was read; another one by now is a conflict. */
export const alertRuleUpdateInput = z.strictObject({ ...ruleFields, version: z.number().int().optional() });
