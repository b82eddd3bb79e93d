import { describe, expect, it } from 'vitest';
import { problemsOf } from '../testing/specs.ts';
import { setupInput } from './account-inputs.ts';
import { parseInput } from './parse-input.ts';
import { spawnInput } from './spawn-input.ts';

const spawn = (more: Readonly<Record<string, unknown>>) => parseInput(spawnInput, { type: 'shell', ...more });
const refusedSpawn = (more: Readonly<Record<string, unknown>>) => problemsOf(() => spawn(more));

describe('a refusal', () => {
  it('repeats the value, but not at length', () => {
    expect(refusedSpawn({ name: '-'.repeat(1000) })[0]?.value).toBe(`${'-'.repeat(200)}…`);
    expect(refusedSpawn({ workdir: { deep: 1 } })[0]?.value).toBe('{…}');
    expect(refusedSpawn({ env: ['a'] })[0]).toMatchObject({ field: 'env' });
  });

  it('never repeats a password, a token or a value of the environment', () => {
    const setup = { token: 'x'.repeat(300), name: 'ada', password: 'short' };
    for (const problem of problemsOf(() => parseInput(setupInput, setup))) expect(problem.value).toBeNull();
    expect(refusedSpawn({ env: { 'A-KEY': 'sk-secret' } })).toEqual([
      expect.objectContaining({ field: 'env.A-KEY', value: null }),
    ]);
  });

  it('says the first field and its rule, or the whole message of what is required', () => {
    expect(() => spawn({ workdir: 'w' })).toThrow('workdir: must be an absolute path');
  });

  it('never repeats a secret that lies where it does not belong', () => {
    const said = (more: Readonly<Record<string, unknown>>) => JSON.stringify(refusedSpawn(more));
    expect(said({ password: 'hunter2' })).not.toContain('hunter2');
    expect(said({ token: { a: 'hunter2' } })).not.toContain('hunter2');
    expect(said({ env: ['TOKEN=hunter2'] })).not.toContain('hunter2');
    expect(said({ env: 'TOKEN=hunter2' })).not.toContain('hunter2');
    expect(refusedSpawn({ env: { 'TOKEN=hunter2': '' } })[0]?.field).toBe('env.TOKEN=…');
    expect(refusedSpawn({ startArgs: [`--env=TOKEN=hunter2${'x'.repeat(40_000)}`] })[0]).toMatchObject({
      field: 'startArgs.0',
      value: '--env=…',
    });
  });

  it('of a value that has several forms is that of the form that it has', () => {
    const rule = (more: Readonly<Record<string, unknown>>) =>
      refusedSpawn(more).map((each) => `${each.field} ${each.rule}`);
    expect(rule({ ttl: 'soon' })).toEqual([
      'ttl must be a time such as 90, 15m, 2h or 1d; a plain number is seconds',
    ]);
    expect(rule({ resources: { pids: '12' } })).toEqual([
      'resources.pids must be a whole number from 1, or 0 for unlimited',
    ]);
    expect(rule({ resources: { pids: -5 } })).toEqual([
      'resources.pids must be a whole number from 1, or 0 for unlimited',
    ]);
    expect(rule({ idle: { timeout: 0 } })[0]).toMatch(/^idle\.timeout must be a time/);
    expect(rule({ idle: 'never' })[0]).toMatch(/^idle must be {"mode", "timeout"}/);
    expect(rule({ idle: { mode: 'never' } })[0]).toMatch(/^idle\.mode /);
    expect(rule({ volumes: [{ source: 7, target: '/a' }] })[0]).toMatch(/^volumes\.0\.source /);
    expect(rule({ volumes: [7] })).toEqual([
      'volumes.0 must be source:target[:mode], or an object with source and target',
    ]);
  });
});
