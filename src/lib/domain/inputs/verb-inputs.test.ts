import { describe, expect, it } from 'vitest';
import { problemsOf } from '../testing/specs.ts';
import { apiTokenInput } from './account-inputs.ts';
import { logQuery } from './log-query.ts';
import { parseInput } from './parse-input.ts';
import {
  bulkInput,
  cloneInput,
  killInput,
  pruneInput,
  recreateInput,
  removeInput,
  snapshotInput,
  stopInput,
  updateInput,
} from './verb-inputs.ts';

describe('verbs', () => {
  it('have defaults for everything', () => {
    expect(parseInput(stopInput, {})).toMatchObject({ timeout: 10_000 });
    expect(parseInput(removeInput, {})).toEqual({ force: false, timeout: 10_000, grace: 0 });
    expect(parseInput(killInput, {})).toEqual({ signal: 'SIGKILL' });
    expect(parseInput(snapshotInput, {})).toEqual({ comment: '', pause: true, volumes: false });
    expect(parseInput(apiTokenInput, { name: 'ci' })).toEqual({ name: 'ci', expiresInDays: 90 });
  });

  it.each(['SIGKILL', 'HUP', 'SIGRTMIN+3', '9'])('a signal may be %s', (signal) => {
    expect(parseInput(killInput, { signal })).toEqual({ signal });
  });

  it.each(['', 'sigkill', 'KILL; rm', 'SIG KILL'])('a signal may not be "%s"', (signal) => {
    expect(problemsOf(() => parseInput(killInput, { signal }))).toHaveLength(1);
  });

  it.each([-1, 1.5, 3_600_001, '10'])('a timeout of %j is refused', (timeout) => {
    expect(problemsOf(() => parseInput(stopInput, { timeout }))[0]?.field).toBe('timeout');
  });

  it.each(['Big', 'a b', '', '../a'])('a snapshot may not be called "%s"', (name) => {
    expect(problemsOf(() => parseInput(snapshotInput, { name }))[0]?.field).toBe('name');
  });

  it.each([
    [{ verb: 'stop', agents: ['a'] }, []],
    [{ verb: 'stop', filter: { status: 'ready', type: ['shell', 'claude'] } }, []],
    [{ verb: 'stop' }, ['agents']],
    [{ verb: 'stop', agents: ['a'], filter: {} }, ['agents']],
    [{ verb: 'explode', agents: ['a'] }, ['verb']],
    [{ verb: 'stop', agents: [''] }, ['agents.0']],
  ])('a bulk names agents or a filter, and not both: %j', (input, fields) => {
    const parse = () => parseInput(bulkInput, input);
    if (fields.length === 0) expect(parse()).toMatchObject({ dryRun: false, input: {} });
    else expect(problemsOf(parse).map(({ field }) => field)).toEqual(fields);
  });

  it('an update takes what can change while it runs, and a tag only to refuse it in its own words', () => {
    expect(
      parseInput(updateInput, { resources: { memory: '1g' }, restart: 'always', ttl: 0, color: null }),
    ).toEqual({
      resources: { memory: 1_073_741_824 },
      restart: { name: 'always', maximumRetryCount: 0 },
      ttl: null,
      color: null,
    });
    expect(parseInput(updateInput, { tags: 7 })).toEqual({ tags: 7 });
    expect(problemsOf(() => parseInput(updateInput, { image: 'x' }))[0]?.field).toBe('image');
  });

  it('a recreate and a clone take the fields of a spec', () => {
    expect(parseInput(recreateInput, { tty: false })).toEqual({ tty: false, timeout: 10_000 });
    expect(parseInput(cloneInput, { name: 'b', ports: ['80'] })).toEqual({ name: 'b', ports: ['80'] });
  });

  it('a prune does nothing unless told to', () => {
    expect(parseInput(pruneInput, {})).toEqual({
      images: false,
      networks: false,
      volumes: false,
      dryRun: true,
    });
    expect(parseInput(pruneInput, { agentsOlderThan: '7d' }).agentsOlderThan).toBe(604_800);
  });
});

describe('the query of a log', () => {
  const PLAIN = { limit: 500, gzip: false, regex: false, inverse: false };

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
      ...PLAIN,
    });
    expect(parseInput(logQuery, { tail: 'all' }).tail).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('is the last 100 lines without one', () => {
    expect(parseInput(logQuery, {})).toEqual({ tail: 100, follow: false, format: 'text', ...PLAIN });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['tail', { tail: '' }],
    ['tail', { tail: 'most' }],
    ['tail', { tail: '-1' }],
    ['tail', { tail: '1.5' }],
    ['limit', { limit: '10001' }],
    ['since', { since: 'yesterday' }],
    ['since', { since: '2026-03-01' }],
    ['follow', { follow: 'perhaps' }],
    ['stream', { stream: 'both' }],
    ['lines', { lines: '5' }],
  ])('is refused by the name of the field %s: %j', (field, query) => {
    expect(problemsOf(() => parseInput(logQuery, query))[0]?.field).toBe(field);
  });
});
