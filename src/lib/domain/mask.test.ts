import { expect, it } from 'vitest';
import { MASK, maskSecrets } from './mask.ts';

it('values of secrets are replaced wherever a text holds them, in keys and lists too', () => {
  const seen = { Env: ['A=1', 'KEY=hunter2'], deep: { 'hunter2!': 'x hunter2 hunter2' }, n: 7, none: null };
  expect(maskSecrets(seen, ['hunter2'])).toEqual({
    Env: ['A=1', `KEY=${MASK}`],
    deep: { [`${MASK}!`]: `x ${MASK} ${MASK}` },
    n: 7,
    none: null,
  });
});

it('a secret that begins with another one leaves nothing of itself', () => {
  expect(maskSecrets('abcd1234', ['abcd', 'abcd1234'])).toBe(MASK);
});

it('very short ones are left, since they stand in any text', () => {
  expect(maskSecrets('a b c', ['a', ''])).toBe('a b c');
});
