import { describe, expect, it } from 'vitest';
import { problemsOf } from '../testing/specs.ts';
import { parseInput } from './parse-input.ts';
import { cpuInput, memoryInput } from './primitives.ts';
import { spawnInput } from './spawn-input.ts';

const spawn = (more: Readonly<Record<string, unknown>>) => parseInput(spawnInput, { type: 'shell', ...more });
const refusedSpawn = (more: Readonly<Record<string, unknown>>) => problemsOf(() => spawn(more));

describe('an agent to spawn', () => {
  it('needs only its type; what is left out stays out, for the type and the instance to give', () => {
    expect(spawn({})).toEqual({ type: 'shell', host: 'auto' });
  });

  it.each([{}, { type: '' }, { type: 7 }])('without a type is refused in these words: %j', (input) => {
    expect(() => parseInput(spawnInput, input)).toThrow('Agent type is required');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['name', { name: '-a' }],
    ['name', { name: 'a'.repeat(64) }],
    ['image', { image: '' }],
    ['image', { image: 'a\nb' }],
    ['pull', { pull: 'sometimes' }],
    ['command', { command: 'sh -c ls' }],
    ['command.1', { command: ['sh', 'a\0b'] }],
    ['workdir', { workdir: 'work' }],
    ['tty', { tty: 'yes' }],
    ['resources.memory', { resources: { memory: '5m' } }],
    ['resources.memory', { resources: { memory: -1 } }],
    ['resources.memory', { resources: { memory: 'much' } }],
    ['resources.memory', { resources: { memory: null } }],
    ['resources.memory', { resources: { memory: 1e9 + 0.5 } }],
    ['resources.cpu', { resources: { cpu: '0.001' } }],
    ['resources.cpu', { resources: { cpu: Number.NaN } }],
    ['resources.cpu', { resources: { cpu: {} } }],
    ['resources.pids', { resources: { pids: '0' } }],
    ['resources.more', { resources: { more: 1 } }],
    ['env.1A', { env: { '1A': 'x' } }],
    ['env.A B', { env: { 'A B': 'x' } }],
    ['env.A', { env: { A: 'x\0y' } }],
    ['env.A', { env: { A: 7 } }],
    ['networks.0', { networks: [''] }],
    ['security.profile', { security: { profile: 'none' } }],
    ['logging.maxSize', { logging: { maxSize: '0m' } }],
    ['logging.maxFile', { logging: { maxFile: 0 } }],
    ['tags.-a', { tags: { '-a': 'x' } }],
    ['tags.a', { tags: { a: 'two\nlines' } }],
    ['startArgs', { startArgs: '--privileged' }],
    ['startArgs.0', { startArgs: [7] }],
    ['user', { user: 'two words' }],
    ['runtime', { runtime: 'two words' }],
    ['env.__proto__', { env: JSON.parse('{"__proto__": "x"}') as unknown }],
    ['tags.__proto__', { tags: JSON.parse('{"__proto__": "x"}') as unknown }],
    ['__proto__', JSON.parse('{"__proto__": "x"}') as Readonly<Record<string, unknown>>],
    ['resources.cpu', { resources: { cpu: 1e300 } }],
    ['resources.pids', { resources: { pids: 1.5 } }],
    ['resources.pids', { resources: { pids: -1 } }],
    ['resources.shmSize', { resources: { shmSize: 0 } }],
    ['resources.diskQuota', { resources: { diskQuota: 'much' } }],
  ])('is refused by the name of the field %s: %j', (field, more) => {
    const [problem] = refusedSpawn(more);
    expect(problem?.field).toBe(field);
    expect(problem?.rule).not.toBe('Invalid input');
    expect(problem?.rule).not.toBe('');
  });

  it('names every refused field at once', () => {
    const fields = refusedSpawn({ name: '-', workdir: 'w', env: { '1': 'x' }, unknown: true }).map(
      ({ field }) => field,
    );
    expect(fields.sort()).toEqual(['env.1', 'name', 'unknown', 'workdir']);
  });

  it.each([null, 'text', 7, []])('that is no object is refused as a whole: %j', (input) => {
    expect(problemsOf(() => parseInput(spawnInput, input))[0]?.field).toBe('body');
  });

  it('takes names that every object has as plain keys', () => {
    const env: unknown = JSON.parse('{"constructor": "a", "toString": "b"}');
    expect(spawn({ env }).env).toEqual({ constructor: 'a', toString: 'b' });
    expect(refusedSpawn({ tags: JSON.parse('{"__proto__x": "a"}') as unknown })).toHaveLength(1);
  });
});

describe('memory and cores', () => {
  it.each<[unknown, number | null]>([
    ['512m', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['2Gi', 2_147_483_648],
    [6_291_456, 6_291_456],
    ['6291456', 6_291_456],
    [0, null],
    ['0', null],
    ['unlimited', null],
  ])('memory %j is %j', (input, bytes) => {
    expect(parseInput(memoryInput, input)).toBe(bytes);
  });

  it.each(['0m', '0.0', '6291455', 6_291_455, -1, '-1', 'Unlimited', '', ' '])(
    'memory %j is refused, never unlimited',
    (input) => {
      expect(problemsOf(() => parseInput(memoryInput, input))).toHaveLength(1);
    },
  );

  it.each<[unknown, number | null]>([
    [0.5, 0.5],
    ['0.5', 0.5],
    ['500m', 0.5],
    ['2', 2],
    [0, null],
    ['0', null],
    ['unlimited', null],
  ])('cores %j are %j', (input, cores) => {
    expect(parseInput(cpuInput, input)).toBe(cores);
  });

  it.each(['0m', '0.0', 0.001, -1, Number.POSITIVE_INFINITY, 'half', ''])(
    'cores %j are refused, never unlimited',
    (input) => {
      expect(problemsOf(() => parseInput(cpuInput, input))).toHaveLength(1);
    },
  );
});
