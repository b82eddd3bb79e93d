/** What an alert says, in one line: the same in every channel, in the list and in a preview. */
import type { AgentState } from './agent-state.ts';
import type { AlertMetric, ConditionOf } from './alert-rule.ts';
import { formatBytes, formatSeconds } from './quantities.ts';

const SHOWN_CHARACTERS = 300;

export function stateText(name: string, to: AgentState, reason: string | null): string {
  return `${name} is ${to}${reason === null ? '' : ` (${reason})`}`;
}

export function exitText(name: string, exitCode: number, oom: boolean): string {
  return `${name} ended with exit code ${exitCode}${oom ? ', out of memory' : ''}`;
}

export function logText(name: string, line: string, count: number): string {
  const times = count > 1 ? `${count} lines, the last one: ` : '';
  return `${name} said: ${times}${line.slice(0, SHOWN_CHARACTERS)}`;
}

export function metricText(name: string, condition: ConditionOf<'metric'>, value: number): string {
  const { metric, above, windowSeconds } = condition;
  const limit = figureText(metric, condition.value);
  return `${name}: ${METRIC_WORDS[metric]} ${figureText(metric, value)}, ${above ? 'above' : 'below'} ${limit} for ${formatSeconds(windowSeconds)}`;
}

export function hostDownText(name: string, why: string | null): string {
  return `The host ${name} does not answer${why === null ? '' : `: ${why}`}`;
}

export function diskText(name: string, percent: number): string {
  return `The disk of the host ${name} is ${Math.round(percent)} % full`;
}

export const ARCHIVE_TEXT = 'The archive of logs is paused: the disk with the data of Slipway is full';

const METRIC_WORDS: Readonly<Record<AlertMetric, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  memoryPercent: 'memory',
  pids: 'processes',
  netRx: 'network in',
  netTx: 'network out',
};

export function figureText(metric: AlertMetric, value: number): string {
  if (metric === 'cpu') return `${rounded(value)} % of a core`;
  if (metric === 'memoryPercent') return `${rounded(value)} % of its limit`;
  if (metric === 'pids') return String(Math.round(value));
  return metric === 'memory' ? formatBytes(value) : `${formatBytes(value)}/s`;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
