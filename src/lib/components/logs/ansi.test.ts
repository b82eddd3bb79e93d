import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnsi } from './ansi.ts';

const ESC = '\u001b';
const text = (line: string) =>
  parseAnsi(line)
    .map((span) => span.text)
    .join('');

describe('parseAnsi', () => {
  it('gives a plain line as one span', () => {
    expect(parseAnsi('hello')).toEqual([{ text: 'hello', classes: '', style: '' }]);
    expect(parseAnsi('')).toEqual([{ text: '', classes: '', style: '' }]);
  });

  it('maps the 16 colours to our classes, bright ones in bold', () => {
    expect(parseAnsi(`${ESC}[31mred${ESC}[0m plain ${ESC}[94mblue`)).toEqual([
      { text: 'red', classes: 'a-red', style: '' },
      { text: ' plain ', classes: '', style: '' },
      { text: 'blue', classes: 'a-blue a-b', style: '' },
    ]);
  });

  it('knows grounds, weights and their ends', () => {
    expect(parseAnsi(`${ESC}[41;1m FAIL ${ESC}[22mx${ESC}[49my`).map((span) => span.classes)).toEqual([
      'b-red a-b',
      'b-red',
      '',
    ]);
  });

  it('turns inverse colours round, also without any', () => {
    expect(parseAnsi(`${ESC}[7mx`)[0]?.classes).toBe('a-ground b-ink');
    expect(parseAnsi(`${ESC}[32;7mx`)[0]?.classes).toBe('a-ground b-green');
  });

  it('keeps the value of 256 and true colours, in both ways to write them', () => {
    expect(parseAnsi(`${ESC}[38;5;208mx`)[0]).toMatchObject({
      classes: 'a-rgb',
      style: '--fg:rgb(255 135 0)',
    });
    expect(parseAnsi(`${ESC}[48;2;10;20;30mx`)[0]).toMatchObject({
      classes: 'b-rgb',
      style: '--bg:rgb(10 20 30)',
    });
    expect(parseAnsi(`${ESC}[38:5:1mx`)[0]).toMatchObject({ classes: 'a-red', style: '' });
    expect(parseAnsi(`${ESC}[38;5;244;1mx`)[0]).toMatchObject({
      classes: 'a-rgb a-b',
      style: '--fg:rgb(128 128 128)',
    });
  });

  it('ignores colours that do not exist', () => {
    expect(parseAnsi(`${ESC}[38;5;999mx`)[0]).toMatchObject({ classes: '', style: '' });
    expect(parseAnsi(`${ESC}[38;2;1;2mx`)[0]).toMatchObject({ classes: '', style: '' });
    expect(parseAnsi(`${ESC}[38;2;300;0;0mx`)[0]).toMatchObject({ classes: '', style: '' });
  });

  it('takes out titles, links, cursor moves and bells', () => {
    expect(
      text(`${ESC}]0;title\u0007a${ESC}[2Kb${ESC}[?25lc${ESC}(Bd\u0007e${ESC}]8;;http://x${ESC}\\f`),
    ).toBe('abcdef');
  });

  it('shows what a progress bar wrote last', () => {
    expect(text('10 %\r50 %\r100 %')).toBe('100 %');
    expect(text('done\r')).toBe('done');
  });

  it('keeps tabs, and markup as text', () => {
    expect(text('a\tb')).toBe('a\tb');
    expect(text(`${ESC}[31m<script>alert(1)</script>`)).toBe('<script>alert(1)</script>');
  });

  it('never lets a code of the line into a class or a style', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        `${ESC}[`,
        ';',
        ':',
        'm',
        '38;5;',
        '48;2;',
        '"',
        '<',
        'url(',
        '99',
        `${ESC}]`,
        '\u0007',
        '\r',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const span of parseAnsi(pieces.join(''))) {
          expect(span.classes).toMatch(/^(?:[ab]-[a-z]+(?: [ab]-[a-z]+)*)?$/);
          expect(span.style).toMatch(/^(?:--[fb]g:rgb\(\d+ \d+ \d+\);?)*$/);
          // eslint-disable-next-line no-control-regex -- none may be left
          expect(span.text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
