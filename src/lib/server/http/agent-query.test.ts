import { describe, expect, it } from 'vitest';
import { agentFilter, idempotencyKey, pageQuery, removalQuery } from './agent-query.ts';

const url = (query: string) => new URL(`http://127.0.0.1:3200/api/agents${query}`);
const VALIDATION = expect.objectContaining({ code: 'VALIDATION' }) as unknown;

describe('the filter of a list', () => {
  it('may repeat each word, with commas or without', () => {
    expect(
      agentFilter(
        url('?status=ready,paused&status=failed&type=shell&tag=team%3Dblue&host=local&role=x&q=fox'),
      ),
    ).toEqual({
      status: ['ready', 'paused', 'failed'],
      type: ['shell'],
      role: ['x'],
      host: ['local'],
      tag: ['team=blue'],
      q: 'fox',
    });
  });

  it('is empty without a query, and empty words do not count', () => {
    const nothing = { status: [], type: [], role: [], host: [], tag: [], q: null };
    expect(agentFilter(url(''))).toEqual(nothing);
    expect(agentFilter(url('?status=&type=,,&tag='))).toEqual(nothing);
  });
});

describe('a page of a list', () => {
  it('is the first thousand, unless told otherwise', () => {
    expect(pageQuery(url(''))).toEqual({ limit: 1000, cursor: null });
    expect(pageQuery(url('?limit=1&cursor=abc'))).toEqual({ limit: 1, cursor: 'abc' });
    expect(pageQuery(url('?limit=1000')).limit).toBe(1000);
  });

  it.each(['0', '-1', '1001', '1.5', 'ten', ''])('a limit of %j is refused', (limit) => {
    expect(() => pageQuery(url(`?limit=${limit}`))).toThrow(VALIDATION);
  });
});

describe('a removal', () => {
  it.each([
    ['', false],
    ['?force=false', false],
    ['?force=0', false],
    ['?force', true],
    ['?force=1', true],
    ['?force=true', true],
  ])('asked for with %j is by force: %s', (query, force) => {
    expect(removalQuery(url(query))).toEqual({ force });
  });

  it('may say how long to wait', () => {
    expect(removalQuery(url('?timeout=0'))).toEqual({ force: false, timeout: 0 });
    expect(removalQuery(url('?force&timeout=5000'))).toEqual({ force: true, timeout: 5000 });
  });

  it.each(['?force=yes', '?timeout=soon', '?timeout=-1', '?timeout=', '?timeout=1e3'])(
    '%s is refused',
    (query) => {
      expect(() => removalQuery(url(query))).toThrow(VALIDATION);
    },
  );
});

describe('an Idempotency-Key', () => {
  const sent = (key?: string) =>
    idempotencyKey(new Request(url(''), { headers: key === undefined ? {} : { 'Idempotency-Key': key } }));

  it('is what was sent, or none', () => {
    expect(sent()).toBeNull();
    expect(sent('k1')).toBe('k1');
    expect(sent('k'.repeat(255))).toHaveLength(255);
  });

  it('that is empty or too long is refused', () => {
    expect(() => sent('')).toThrow(VALIDATION);
    expect(() => sent('k'.repeat(256))).toThrow(VALIDATION);
  });
});
