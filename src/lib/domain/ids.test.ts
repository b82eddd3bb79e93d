import { describe, expect, it } from 'vitest';
import { newId, type AgentId } from './ids.ts';

describe('a new id', () => {
  it('has 20 characters that nobody mixes up', () => {
    expect(newId<AgentId>()).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
  });

  it('sorts by its time', () => {
    const times = [0, 1, 31, 32, Date.UTC(2026, 2), Date.UTC(2026, 2) + 1, Date.UTC(2300, 0)];
    const ids = times.map((time) => newId<AgentId>(time));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('is another one each time, also within a millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newId<AgentId>(1));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
