import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it.each([
  ['colours', '\u001b[1;31merror\u001b[0m: no', 'error: no'],
  ['a title with a bell', '\u001b]0;title\u0007words', 'words'],
  ['a link', '\u001b]8;;https://example.test\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['cursor moves', '\u001b[2K\u001b[1Gdone', 'done'],
  ['other escapes and control characters', '\u001bMa\u0000\u0008b\r', 'ab'],
  ['an escape that was cut off', 'words \u001b[', 'words'],
  ['space around', '  words\t', 'words'],
])('takes %s out', (_, line, words) => {
  expect(plainText(line)).toBe(words);
});

it('leaves text of any language as it is', () => {
  expect(plainText('Grüße 🦊 <b>&amp;</b>\ttab')).toBe('Grüße 🦊 <b>&amp;</b>\ttab');
});
