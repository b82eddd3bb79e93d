import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteWord, splitCommand } from './split.ts';

const words = (text: string) => {
  const split = splitCommand(text);
  return 'words' in split ? split.words : split.refusal;
};

describe('a pasted command', () => {
  it.each([
    ['docker run nginx', ['docker', 'run', 'nginx']],
    ['  a\tb  ', ['a', 'b']],
    ['', []],
    [`'a b' "c d"`, ['a b', 'c d']],
    [`a'b'"c"d`, ['abcd']],
    [`''`, ['']],
    [`"" x`, ['', 'x']],
    [String.raw`a\ b \$HOME \\`, ['a b', '$HOME', '\\']],
    [String.raw`"a\"b\$c\\d\n"`, [String.raw`a"b$c\d\n`]],
    [String.raw`'a\b$c'`, [String.raw`a\b$c`]],
    ['a \\\n  b \\\r\n c', ['a', 'b', 'c']],
    ['"a\\\nb"', ['ab']],
    ['"two\nlines"', ['two\nlines']],
    ['a # a comment', ['a']],
    ['# first\na', ['a']],
    ['a#b', ['a#b']],
    ['a\n\n  \n', ['a']],
    ['5$ $', ['5$', '$']],
    ['"5$"', ['5$']],
    ['*.txt [ab] {x,y} ~ !', ['*.txt', '[ab]', '{x,y}', '~', '!']],
  ])('%j splits into words', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['a; b', 1, ';', 'only one command can be given: nothing may follow a semicolon'],
    [
      'a &',
      2,
      '&',
      'only one command can be given, and an agent runs in the background anyway: leave out "&"',
    ],
    ['a | b', 2, '|', 'a pipe has no place here: give the docker command alone'],
    ['a > f', 2, '>', 'a redirection has no place here: give the docker command alone'],
    [
      'a $HOME',
      2,
      '$HOME',
      '$HOME is not filled in here: write its value, or put a real dollar sign in single quotes',
    ],
    [
      'a "${X:-1}"',
      3,
      '${X:-1}',
      '${X:-1} is not filled in here: write its value, or put a real dollar sign in single quotes',
    ],
    ['a "$(pwd):/x"', 3, '$(', 'a command in $( ) is not run here: write what it would give'],
    ['a `pwd`', 2, '`', 'a command in backticks is not run here: write what it would give'],
    ['a "`pwd`"', 3, '`', 'a command in backticks is not run here: write what it would give'],
    [`a $'x'`, 2, `$'`, 'this kind of quotes is of bash only: use plain quotes'],
    [`a 'x`, 2, `'`, 'the single quote is not closed'],
    ['a "x', 2, '"', 'the double quote is not closed'],
    ['a \\', 2, '\\', 'nothing follows the backslash at the end'],
    ['a\nb', 1, 'a new line', 'only one command can be given: end each line but the last with a backslash'],
    ['a\0', 1, 'NUL', 'a NUL character cannot be part of a command'],
    ['(a)', 0, '(', 'a subshell has no place here: quote the parenthesis if it belongs to a value'],
  ])('%j is refused with the place and the reason', (text, at, found, rule) => {
    expect(words(text)).toEqual({ at, found, rule });
  });

  it('splits whatever words were quoted back into them', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word), (list) => {
        expect(words(list.map(quoteWord).join(' '))).toEqual(list);
      }),
    );
  });

  it('splits as the shell of this machine does', () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[a-z0-9=:,.%/#-]{1,4}$/),
      fc.constantFrom(
        ' ',
        '\t',
        "'a b'",
        '"c \\" \\\\ \\x"',
        '\\ ',
        '\\"',
        '\\\n',
        "''",
        '""',
        '"$ "',
        "'$x'",
      ),
    );
    const texts = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''));
    // one shell for all: each command on a line of its own file would cost a process each
    for (const text of fc.sample(texts, { numRuns: 60, seed: 7 })) {
      const output = execFileSync(
        '/bin/sh',
        ['-fc', `count() { for each in "$@"; do printf '%s\\0' "$each"; done; }; count ${text}\n`],
        { encoding: 'utf8' },
      );
      expect([text, words(text)]).toEqual([text, output.split('\0').slice(0, -1)]);
    }
  });

  it('is never thrown at', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof splitCommand(text) === 'object'));
  });
});
