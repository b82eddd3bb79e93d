/** A rule as the texts of its form, and the form as the API's input. Pure. */
import { ALERT_WHENS } from '#lib/domain/alert-rule.ts';
import { formatSeconds, parseBytes } from '#lib/domain/quantities.ts';
import type { AlertCondition, AlertRuleView } from '#lib/protocol/alerts.ts';
import { listIn, numberIn, ticked, tickedIn, type FormTexts } from '../../form-text.ts';

export type When = AlertCondition['when'];

/** Where what the schema refuses stands in the form. */
export const RULE_PLACES: Readonly<Record<string, string>> = {
  'condition.codes': 'codes',
  'condition.states': 'states',
  'condition.pattern': 'pattern',
  'condition.count': 'count',
  'condition.windowSeconds': 'window',
  'condition.value': 'value',
  'condition.afterSeconds': 'after',
  'condition.percent': 'percent',
  'scope.agents': 'agents',
  'scope.types': 'types',
  'scope.tags': 'tags',
  'scope.hosts': 'hosts',
  cooldownSeconds: 'cooldown',
};

export function whenIn(text: string | null): When {
  return ALERT_WHENS.find((when) => when === text) ?? 'exit';
}

export function emptyRule(channels: readonly string[]): FormTexts {
  return {
    ...{ name: '', enabled: 'on', agents: '', types: '', tags: '', hosts: '', cooldown: '15m' },
    ...{ codes: 'failure', pattern: '', count: '1', metric: 'memoryPercent', above: 'true', value: '90' },
    ...{ window: '5m', after: '1m', percent: '90' },
    ...ticked('state', ['crashed', 'failed']),
    ...ticked('channel', channels),
  };
}

export function fieldsOf(rule: AlertRuleView): FormTexts {
  const { scope, condition, cooldownSeconds, channels } = rule;
  return {
    ...emptyRule([]),
    'state.crashed': '',
    'state.failed': '',
    ...conditionFields(condition),
    name: rule.name,
    enabled: rule.enabled ? 'on' : '',
    agents: scope.agents.join(', '),
    types: scope.types.join(', '),
    tags: scope.tags.join(', '),
    hosts: scope.hosts.join(', '),
    cooldown: formatSeconds(cooldownSeconds),
    ...ticked('channel', channels),
  };
}

/** A box that is not ticked sends nothing. */
export function ruleInput(texts: FormTexts): Readonly<Record<string, unknown>> {
  const of = (name: string) => listIn(texts[name] ?? '');
  return {
    name: (texts['name'] ?? '').trim(),
    enabled: (texts['enabled'] ?? '') !== '',
    condition: conditionIn(texts),
    scope: { agents: of('agents'), types: of('types'), tags: of('tags'), hosts: of('hosts') },
    cooldownSeconds: (texts['cooldown'] ?? '').trim(),
    channels: tickedIn(texts, 'channel'),
  };
}

function conditionFields(condition: AlertCondition): FormTexts {
  switch (condition.when) {
    case 'state':
      return ticked('state', condition.states);
    case 'exit':
      return { codes: typeof condition.codes === 'string' ? condition.codes : condition.codes.join(', ') };
    case 'log':
      return {
        pattern: condition.pattern,
        count: String(condition.count),
        window: formatSeconds(condition.windowSeconds),
      };
    case 'metric':
      return {
        metric: condition.metric,
        above: String(condition.above),
        value: String(condition.value),
        window: formatSeconds(condition.windowSeconds),
      };
    case 'host-down':
      return { after: formatSeconds(condition.afterSeconds) };
    case 'disk':
      return { percent: String(condition.percent) };
  }
}

function conditionIn(texts: FormTexts): Readonly<Record<string, unknown>> {
  const when = whenIn(texts['when'] ?? null);
  const text = (name: string) => (texts[name] ?? '').trim();
  switch (when) {
    case 'state':
      return { when, states: tickedIn(texts, 'state') };
    case 'exit': {
      const codes = text('codes');
      return { when, codes: codes === 'any' || codes === 'failure' ? codes : listIn(codes).map(numberIn) };
    }
    case 'log':
      return {
        when,
        pattern: texts['pattern'] ?? '',
        count: numberIn(text('count')),
        windowSeconds: text('window'),
      };
    case 'metric':
      return {
        when,
        metric: text('metric'),
        above: text('above') !== 'false',
        value: amountIn(text('metric'), text('value')),
        windowSeconds: text('window'),
      };
    case 'host-down':
      return { when, afterSeconds: text('after') };
    case 'disk':
      return { when, percent: numberIn(text('percent')) };
  }
}

/** `2g` where the figure is bytes. */
function amountIn(metric: string, text: string): number | string {
  const inBytes = metric === 'memory' || metric === 'netRx' || metric === 'netTx';
  return inBytes ? (parseBytes(text) ?? text) : numberIn(text);
}
