import { describe, expect, it } from 'vitest';
import type { AlertCondition, AlertRuleView } from '#lib/protocol/alerts.ts';
import { channelInput } from './channels/[id]/channel-fields.ts';
import { problemsAt } from './form-text.ts';
import { fieldsOf, ruleInput, RULE_PLACES } from './rules/[id]/rule-fields.ts';
import { AppError } from '#lib/domain/errors.ts';

const CONDITIONS: readonly AlertCondition[] = [
  { when: 'state', states: ['crashed', 'paused'] },
  { when: 'exit', codes: [3, 137] },
  { when: 'exit', codes: 'any' },
  { when: 'log', pattern: ' two  spaces, and a comma', count: 3, windowSeconds: 90 },
  { when: 'metric', metric: 'memory', above: false, value: 2 * 1024 ** 3, windowSeconds: 300 },
  { when: 'host-down', afterSeconds: 60 },
  { when: 'disk', percent: 90 },
];

const rule = (condition: AlertCondition): AlertRuleView => ({
  ...{
    id: 'r1',
    name: 'a rule',
    enabled: true,
    version: 1,
    updatedBy: 'ada',
    updatedAt: '',
    lastFiredAt: null,
  },
  scope: { agents: ['one', 'two'], types: [], tags: ['team=infra'], hosts: [] },
  condition,
  cooldownSeconds: 900,
  channels: ['c1'],
  skippedLines: 0,
});

describe('the form of a rule', () => {
  it.each(CONDITIONS)('says the same as the rule about $when', (condition) => {
    const { cooldownSeconds, ...input } = ruleInput({ ...fieldsOf(rule(condition)), when: condition.when });
    const { name, enabled, scope, channels } = rule(condition);
    expect(input).toMatchObject({ name, enabled, scope, channels });
    expect(cooldownSeconds).toBe('15m');
    const said = JSON.stringify(input['condition']).replace(
      /"(\d+)s"|"(\d+)m"/g,
      (_whole, s?: string, m?: string) => String(s === undefined ? Number(m) * 60 : Number(s)),
    );
    expect(JSON.parse(said)).toEqual(condition);
  });

  it('has what is wrong at its field', () => {
    const fields = [
      { field: 'condition.codes.1', value: 999, rule: 'too big' },
      { field: 'scope.tags.0', value: '', rule: 'empty' },
    ];
    const refused = new AppError('VALIDATION', 'no', { details: { fields } }).toProblem();
    expect(problemsAt(refused, RULE_PLACES)).toEqual({ codes: 'too big', tags: 'empty' });
  });
});

describe('the form of a channel', () => {
  it('keeps secrets whose field is empty, and takes away those that are ticked', () => {
    const texts = {
      name: 'ops',
      template: '',
      secretUrl: '',
      secretHeaders: 'X-A: b: c\r\n\nX-D: e',
      'forget.signingKey': 'on',
    };
    expect(channelInput('webhook', texts)).toEqual({
      kind: 'webhook',
      name: 'ops',
      settings: { template: '' },
      secrets: { headers: { 'X-A': 'b: c', 'X-D': 'e' }, signingKey: null },
    });
  });
});
