import { expect, it } from 'vitest';
import { keepChoices, readChoices } from './log-choices.ts';
import { logAction } from './log-keys.ts';
import { wantedOf } from './log-wanted.ts';

function storage(text: string | null = null) {
  let kept = text;
  return { getItem: () => kept, setItem: (_: string, value: string) => (kept = value) };
}

it('choices come back as they were kept', () => {
  const store = storage();
  keepChoices(store, { wrap: true, time: 'relative', levels: ['warn', 'error'] });
  expect(readChoices(store)).toEqual({ wrap: true, time: 'relative', levels: ['warn', 'error'] });
});

it.each([null, '', '{', '7', '{"time":"soon","wrap":"yes","levels":["loud"]}'])('%j is no choice', (text) => {
  expect(readChoices(storage(text))).toEqual({ wrap: false, time: 'local', levels: [] });
});

it('a browser that keeps nothing is no reason to fail', () => {
  const full = {
    setItem: () => {
      throw new Error('quota');
    },
  };
  expect(() => {
    keepChoices(full, { wrap: false, time: 'utc', levels: [] });
  }).not.toThrow();
});

it('an address says what is looked for and where the log opens', () => {
  expect(
    wantedOf(new URLSearchParams('q=a b&mode=only&level=warn&level=error&line=1763717727123000')),
  ).toEqual({
    text: 'a b',
    mode: 'only',
    levels: ['warn', 'error'],
    line: 1763717727123000,
  });
  expect(wantedOf(new URLSearchParams('at=2026-11-21T09:41:00Z')).at).toBe('2026-11-21T09:41:00.000Z');
});

it('what an address says that cannot be read is not asked for', () => {
  expect(wantedOf(new URLSearchParams('mode=loud&level=all&line=-3&at=soon'))).toEqual({
    text: '',
    mode: 'find',
    levels: [],
  });
});

it('keys with Ctrl, Cmd or Alt belong to the browser', () => {
  const key = { key: 'n', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  expect(logAction(key)).toBe('next');
  expect(logAction({ ...key, ctrlKey: true })).toBeNull();
  expect(logAction({ ...key, key: 'End', shiftKey: true })).toBeNull();
});
