import { expect, it } from 'vitest';
import { keepSent, sentBefore } from './sent-before.ts';

function store(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

it('what was sent is kept for each agent, the newest 50, and the same text once', () => {
  const storage = store();
  for (let n = 0; n < 60; n += 1) keepSent('a', `text ${n}`, storage);
  keepSent('a', 'text 30', storage);
  keepSent('a', '  ', storage);
  expect(sentBefore('a', storage)).toHaveLength(50);
  expect(sentBefore('a', storage).at(-1)).toBe('text 30');
  expect(sentBefore('b', storage)).toEqual([]);
});

it('what cannot be read is as if nothing was kept', () => {
  expect(sentBefore('a', { getItem: () => '{"not": "a list"}' })).toEqual([]);
  expect(sentBefore('a', { getItem: () => 'broken' })).toEqual([]);
});
