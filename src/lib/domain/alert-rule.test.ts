import { describe, expect, it } from 'vitest';
import { hasCode, includesAgent, includesHost, type AlertScope } from './alert-rule.ts';
import { AlertWindow } from './alert-window.ts';
import { metricHolds } from './alert-metric.ts';

const ALL: AlertScope = { agents: [], types: [], tags: [], hosts: [] };
const agent = {
  id: 'a1',
  name: 'ember-fox',
  type: 'claude',
  host: 'local',
  hostId: 'h1',
  tags: { team: 'infra', env: 'test' },
};

describe('the scope of a rule', () => {
  it.each<[Partial<AlertScope>, boolean]>([
    [{}, true],
    [{ agents: ['ember-fox'] }, true],
    [{ agents: ['a1', 'other'] }, true],
    [{ agents: ['ember'] }, false],
    [{ types: ['claude', 'shell'] }, true],
    [{ types: ['shell'] }, false],
    [{ tags: ['team'] }, true],
    [{ tags: ['team=infra', 'env=test'] }, true],
    [{ tags: ['team=infra', 'env=prod'] }, false],
    [{ tags: ['toString'] }, false],
    [{ hosts: ['h1'] }, true],
    [{ hosts: ['remote'] }, false],
    [{ agents: ['a1'], types: ['shell'] }, false],
  ])('%j includes the agent: %s', (scope, included) => {
    expect(includesAgent({ ...ALL, ...scope }, agent)).toBe(included);
  });

  it('includes hosts by id and by name', () => {
    const host = { id: 'h1', name: 'local' };
    expect(
      [ALL, { ...ALL, hosts: ['local'] }, { ...ALL, hosts: ['h2'] }].map((each) => includesHost(each, host)),
    ).toEqual([true, true, false]);
  });
});

describe('what a condition means', () => {
  it('by exit codes', () => {
    expect([
      hasCode('any', 0),
      hasCode('failure', 0),
      hasCode('failure', 3),
      hasCode([3, 137], 137),
      hasCode([3], 4),
    ]).toEqual([true, false, true, true, false]);
  });

  it('counts lines within a window, and begins anew when there were enough', () => {
    const window = new AlertWindow(3, 10);
    expect([0, 5_000, 14_000, 14_500, 15_500].map((at) => window.add(at))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('knows nothing of a figure that is not there', () => {
    const figures = { cpu: null, memory: 50, memoryLimit: 200, pids: 3, netRx: null, netTx: null };
    const holds = (metric: 'cpu' | 'memoryPercent' | 'pids', above: boolean, value: number) =>
      metricHolds({ when: 'metric', metric, above, value, windowSeconds: 60 }, figures).holds;
    expect([holds('cpu', true, 1), holds('memoryPercent', true, 24), holds('pids', false, 3)]).toEqual([
      null,
      true,
      false,
    ]);
    expect(
      metricHolds(
        { when: 'metric', metric: 'memoryPercent', above: true, value: 1, windowSeconds: 60 },
        { ...figures, memoryLimit: null },
      ).holds,
    ).toBeNull();
  });
});
