import { expect, it } from 'vitest';
import { ruleFrom, ruleWords, spanField, spanWords } from './snapshot-rule.ts';

const NONE = { beforeStop: false, beforeRemove: false, every: null, keep: null };

it('says the rule as a sentence', () => {
  expect(ruleWords({ beforeStop: true, beforeRemove: false, every: 21_600, keep: 5 })).toBe(
    'One is taken before each stop, every 6 h while it runs. The newest 5 of these stay.',
  );
  expect(ruleWords({ ...NONE, beforeRemove: true })).toBe(
    'One is taken before its removal. All of these stay.',
  );
  expect(ruleWords({ ...NONE, keep: 3 })).toBe('None is taken by itself.');
});

it.each([
  [60, '1 min', '1m'],
  [5_400, '90 min', '90m'],
  [172_800, '2 d', '2d'],
  [61, '61 s', '61s'],
])('%i seconds are %s, and %s in a field', (seconds, words, field) => {
  expect([spanWords(seconds), spanField(seconds)]).toEqual([words, field]);
});

it('what a form leaves empty takes that part away', () => {
  const form = new FormData();
  form.set('beforeStop', 'on');
  form.set('every', ' ');
  form.set('keep', '3');
  expect(ruleFrom(form)).toEqual({ beforeStop: true, beforeRemove: false, every: null, keep: 3 });
});
