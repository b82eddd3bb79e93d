import { describe, expect, it } from 'vitest';
import { AppError, type FieldProblem } from './errors.ts';
import {
  apiTokenInput,
  cpuInput,
  killInput,
  logQuery,
  memoryInput,
  parseInput,
  removeInput,
  setupInput,
  snapshotInput,
  spawnInput,
  stopInput,
} from './inputs.ts';

function problems(work: () => unknown): readonly FieldProblem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION') return error.details?.fields ?? [];
    throw error;
  }
  throw new Error('it was not refused');
}
const spawn = (more: Readonly<Record<string, unknown>>) => parseInput(spawnInput, { type: 'shell', ...more });
const refusedSpawn = (more: Readonly<Record<string, unknown>>) => problems(() => spawn(more));

describe('an agent to spawn', () => {
  it('needs only its type; the rest has defaults', () => {
    expect(spawn({})).toEqual({
      type: 'shell',
      host: 'auto',
      tty: true,
      stdin: true,
      resources: {},
      env: {},
      security: { profile: 'standard' },
      logging: { maxSize: '10m', maxFile: 3 },
      tags: {},
      capabilities: [],
    });
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
    ['resources.pids', { resources: { pids: 0 } }],
    ['resources.gpus', { resources: { gpus: 'all' } }],
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
    ['startArgs', { startArgs: ['--privileged'] }],
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
    expect(problems(() => parseInput(spawnInput, input))[0]?.field).toBe('body');
  });

  it('takes names that every object has as plain keys', () => {
    const env: unknown = JSON.parse('{"constructor": "a", "toString": "b"}');
    expect(spawn({ env }).env).toEqual({ constructor: 'a', toString: 'b' });
    expect(refusedSpawn({ tags: JSON.parse('{"__proto__x": "a"}') as unknown })).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('repeats the value, but not at length', () => {
    expect(refusedSpawn({ name: '-'.repeat(1000) })[0]?.value).toBe(`${'-'.repeat(200)}…`);
    expect(refusedSpawn({ workdir: { deep: 1 } })[0]?.value).toBe('{…}');
    expect(refusedSpawn({ env: ['a'] })[0]).toMatchObject({ field: 'env' });
  });

  it('never repeats a password, a token or a value of the environment', () => {
    const setup = { token: 'x'.repeat(300), name: 'ada', password: 'short' };
    for (const problem of problems(() => parseInput(setupInput, setup))) expect(problem.value).toBeNull();
    expect(refusedSpawn({ env: { 'A-KEY': 'sk-secret' } })).toEqual([
      expect.objectContaining({ field: 'env.A-KEY', value: null }),
    ]);
  });

  it('says the first field and its rule, or the whole message of what is required', () => {
    expect(() => spawn({ workdir: 'w' })).toThrow('workdir: must be an absolute path');
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
      expect(problems(() => parseInput(memoryInput, input))).toHaveLength(1);
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
      expect(problems(() => parseInput(cpuInput, input))).toHaveLength(1);
    },
  );
});

describe('verbs', () => {
  it('have defaults for everything', () => {
    expect(parseInput(stopInput, {})).toMatchObject({ timeout: 10_000 });
    expect(parseInput(removeInput, {})).toEqual({ force: false, timeout: 10_000 });
    expect(parseInput(killInput, {})).toEqual({ signal: 'SIGKILL' });
    expect(parseInput(snapshotInput, {})).toEqual({ comment: '', pause: true });
    expect(parseInput(apiTokenInput, { name: 'ci' })).toEqual({ name: 'ci', expiresInDays: 90 });
  });

  it.each(['SIGKILL', 'HUP', 'SIGRTMIN+3', '9'])('a signal may be %s', (signal) => {
    expect(parseInput(killInput, { signal })).toEqual({ signal });
  });

  it.each(['', 'sigkill', 'KILL; rm', 'SIG KILL'])('a signal may not be "%s"', (signal) => {
    expect(problems(() => parseInput(killInput, { signal }))).toHaveLength(1);
  });

  it.each([-1, 1.5, 3_600_001, '10'])('a timeout of %j is refused', (timeout) => {
    expect(problems(() => parseInput(stopInput, { timeout }))[0]?.field).toBe('timeout');
  });

  it.each(['Big', 'a b', '', '../a'])('a snapshot may not be called "%s"', (name) => {
    expect(problems(() => parseInput(snapshotInput, { name }))[0]?.field).toBe('name');
  });
});

describe('the query of a log', () => {
  it('comes from a query string', () => {
    expect(
      parseInput(logQuery, {
        tail: '50',
        follow: 'true',
        stream: 'stderr',
        since: '2026-03-01T10:00:00.123456789Z',
      }),
    ).toEqual({
      tail: 50,
      follow: true,
      stream: 'stderr',
      since: '2026-03-01T10:00:00.123456789Z',
      format: 'text',
    });
  });

  it('is the last 100 lines without one', () => {
    expect(parseInput(logQuery, {})).toEqual({ tail: 100, follow: false, format: 'text' });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['tail', { tail: '' }],
    ['tail', { tail: 'all' }],
    ['tail', { tail: '-1' }],
    ['tail', { tail: '1.5' }],
    ['tail', { tail: '10001' }],
    ['since', { since: 'yesterday' }],
    ['since', { since: '2026-03-01' }],
    ['follow', { follow: 'perhaps' }],
    ['stream', { stream: 'both' }],
    ['lines', { lines: '5' }],
  ])('is refused by the name of the field %s: %j', (field, query) => {
    expect(problems(() => parseInput(logQuery, query))[0]?.field).toBe(field);
  });
});
