import { describe, expect, it } from 'vitest';
import { PLAIN_SPEC } from '#lib/domain/agent-spec.ts';
import { rulesFields, secondsText } from './rules-fields.ts';

describe('rulesFields', () => {
  it('writes amounts as they are typed, and no limit as a word', () => {
    const spec = {
      ...PLAIN_SPEC,
      resources: { ...PLAIN_SPEC.resources, memory: 512 * 1024 ** 2, cpu: 0.5, pids: null },
      idle: { mode: 'io', timeout: 1800 },
    } as const;
    expect(rulesFields(spec, { notes: 'n', color: null })).toEqual({
      memory: '512m',
      cpu: '0.5',
      pids: 'unlimited',
      restart: 'no',
      restartTries: '0',
      idleMode: 'io',
      idleTimeout: '30m',
      ttl: 'none',
      notes: 'n',
      color: '',
    });
  });

  it('writes seconds in the largest unit without a rest', () => {
    expect([45, 90, 800, 3600, 5400, 86_400, 90_000].map(secondsText)).toEqual([
      '45s',
      '90s',
      '800s',
      '1h',
      '90m',
      '1d',
      '25h',
    ]);
  });
});
