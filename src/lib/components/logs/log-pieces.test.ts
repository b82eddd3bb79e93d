import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '#lib/domain/log-words.ts';
import { parseAnsi } from './ansi.ts';
import { piecesOf } from './log-pieces.ts';

function pieces(text: string, words = '') {
  const spans = parseAnsi(text);
  return piecesOf(spans, spans.map((span) => span.text).join(''), wordsOf(words));
}
const links = (text: string) => pieces(text).flatMap((piece) => piece.link ?? []);

describe('links in a line', () => {
  it.each([
    ['see https://example.com/a?b=c, and more', ['https://example.com/a?b=c']],
    ['(http://localhost:3000/)', ['http://localhost:3000/']],
    ['https://en.example.org/wiki/A_(b)', ['https://en.example.org/wiki/A_(b)']],
    ['"https://a.example/x" and https://b.example.', ['https://a.example/x', 'https://b.example']],
    ['javascript:alert(1) data:text/html,x file:///etc/passwd ftp://x', []],
    ['https:// http://', []],
    ['<a href="https://a.example">x</a>', ['https://a.example']],
  ])('%s', (text, found) => {
    expect(links(text)).toEqual(found);
  });

  it('stay whole over a change of colour', () => {
    expect(pieces('\u001b[31mhttps://a.ex\u001b[32mample/x').map(({ text, link }) => [text, link])).toEqual([
      ['https://a.ex', 'https://a.example/x'],
      ['ample/x', 'https://a.example/x'],
    ]);
  });
});

describe('what was looked for', () => {
  it('is marked, also over a change of colour and in a link', () => {
    expect(pieces('\u001b[31mre\u001b[32mname it', 'rename').map(({ text, found }) => [text, found])).toEqual(
      [
        ['re', true],
        ['name', true],
        [' it', false],
      ],
    );
    expect(pieces('https://a.example/x', 'example')[1]).toMatchObject({ text: 'example', found: true });
  });
});

it('pieces are always the text of the line, in its order', () => {
  const part = fc.constantFrom(
    'a',
    'https://x.y/',
    '\u001b[31m',
    '\u001b[0m',
    ' ',
    '(',
    ')',
    '.',
    'aa',
    '<b>',
  );
  fc.assert(
    fc.property(fc.array(part), fc.constantFrom('', 'a', 'x.y'), (parts, words) => {
      const text = parts.join('');
      const plain = parseAnsi(text)
        .map((span) => span.text)
        .join('');
      expect(
        pieces(text, words)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(plain);
    }),
  );
});
