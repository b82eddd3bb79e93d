import { describe, expect, it } from 'vitest';
import { makeAlertWorld } from '../testing/alert-world.ts';
import { person } from '../testing/world.ts';

const RULE = { name: 'crashes', condition: { when: 'exit' } };

describe('a rule of alerts', () => {
  it('is kept with what is usual where nothing is said', async () => {
    const { alertRules, admin } = await makeAlertWorld();
    expect(alertRules.create(admin, RULE)).toMatchObject({
      name: 'crashes',
      enabled: true,
      scope: { agents: [], types: [], tags: [], hosts: [] },
      condition: { when: 'exit', codes: 'failure' },
      cooldownSeconds: 900,
      channels: [],
      version: 1,
      lastFiredAt: null,
    });
  });

  it.each([
    [
      'a pattern that is none',
      { when: 'log', pattern: '(' },
      'condition.pattern: must be a regular expression',
    ],
    [
      'a pattern that looks back',
      { when: 'log', pattern: '(a)\\1' },
      'condition.pattern: must be a regular expression',
    ],
    ['a state that there is not', { when: 'state', states: ['lost'] }, 'condition.states.0: must be queued'],
    [
      'a window of a day',
      { when: 'metric', metric: 'cpu', value: 90, windowSeconds: '1d' },
      'must be from 10 to 7200 seconds',
    ],
    ['codes that are none', { when: 'exit', codes: [256] }, 'condition.codes.0: must be at most 255'],
    ['a run', { when: 'run-failed' }, 'must have "when": state, exit, log, metric, host-down, disk'],
    ['a channel that there is not', { when: 'disk' }, 'is no channel that there is', ['nobody']],
  ])('about %s is refused', async (_what, condition, words, channels: readonly string[] = []) => {
    const { alertRules, admin } = await makeAlertWorld();
    expect(() => alertRules.create(admin, { name: 'x', condition, channels })).toThrow(words);
  });

  it('has a name of its own', async () => {
    const { alertRules, admin } = await makeAlertWorld();
    alertRules.create(admin, RULE);
    expect(() => alertRules.create(admin, RULE)).toThrow(expect.objectContaining({ code: 'NAME_TAKEN' }));
  });

  it('that was changed meanwhile is not overwritten', async () => {
    const { alertRules, admin } = await makeAlertWorld();
    const { id, version } = alertRules.create(admin, RULE);
    expect(alertRules.enable(admin, id, false)).toMatchObject({ enabled: false, version: 2 });
    expect(() => alertRules.update(admin, id, RULE, version)).toThrow(/changed by somebody else/);
    expect(alertRules.update(admin, id, { ...RULE, version: 2 })).toMatchObject({
      enabled: true,
      version: 3,
    });
  });

  it('is for admins to make, and for all to see and try', async () => {
    const { alertRules, admin } = await makeAlertWorld();
    const { id } = alertRules.create(admin, RULE);
    const operator = person('operator');
    for (const change of [
      () => alertRules.create(operator, RULE),
      () => alertRules.update(operator, id, RULE),
      () => alertRules.enable(operator, id, false),
      () => {
        alertRules.delete(operator, id);
      },
    ])
      expect(change).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(alertRules.list(person('viewer'))).toHaveLength(1);
    await expect(alertRules.preview(person('viewer'), RULE)).resolves.toMatchObject({ count: 0 });
    expect(() => alertRules.get(null, id)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    alertRules.delete(admin, id);
    expect(() => alertRules.get(admin, id)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
