/**
 * Splits a pasted command into words as a POSIX shell would, and expands nothing: what a shell would fill in or do besides (variables,
 * command substitution, pipes, redirections, several commands) is refused by name, because it would mean something else here.
 */
export type Split = { readonly words: readonly string[] } | { readonly refusal: SplitRefusal };

/** `at` is the index of the character in the text, from 0. */
interface SplitRefusal {
  readonly at: number;
  readonly found: string;
  readonly rule: string;
}

const OPERATORS: Readonly<Record<string, string>> = {
  ';': 'only one command can be given: nothing may follow a semicolon',
  '&': 'only one command can be given, and an agent runs in the background anyway: leave out "&"',
  '|': 'a pipe has no place here: give the docker command alone',
  '<': 'a redirection has no place here: give the docker command alone',
  '>': 'a redirection has no place here: give the docker command alone',
  '(': 'a subshell has no place here: quote the parenthesis if it belongs to a value',
  ')': 'a subshell has no place here: quote the parenthesis if it belongs to a value',
  '`': 'a command in backticks is not run here: write what it would give',
};

export function splitCommand(text: string): Split {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  const refuse = (found: string, rule: string): Split => ({ refusal: { at, found, rule } });
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\0') return refuse('NUL', 'a NUL character cannot be part of a command');
    if (/[ \t\r]/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else if (char === '\n' || (char === '#' && word === null)) {
      const end = char === '\n' ? at : text.indexOf('\n', at);
      const rest = end === -1 ? '' : text.slice(end);
      if (word !== null) words.push(word);
      word = null;
      if (words.length > 0 && !/^(?:\s|#[^\n]*(?:\n|$))*$/.test(rest)) {
        return refuse(
          'a new line',
          'only one command can be given: end each line but the last with a backslash',
        );
      }
      at = end === -1 ? text.length : end + 1;
    } else if (char === '\\') {
      const continuation = /^\\\r?\n/.exec(text.slice(at, at + 3));
      if (continuation === null && at + 1 === text.length)
        return refuse('\\', 'nothing follows the backslash at the end');
      if (continuation === null) word = (word ?? '') + text.charAt(at + 1);
      at += continuation?.[0].length ?? 2;
    } else if (char === "'") {
      const close = text.indexOf("'", at + 1);
      if (close === -1) return refuse("'", 'the single quote is not closed');
      word = (word ?? '') + text.slice(at + 1, close);
      at = close + 1;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(text, at);
      if ('refusal' in quoted) return quoted;
      word = (word ?? '') + quoted.value;
      at = quoted.end;
    } else {
      const expansion = char === '$' ? expansionAt(text, at, false) : null;
      if (expansion !== null) return refuse(expansion.found, expansion.rule);
      const rule = OPERATORS[char];
      if (rule !== undefined) return refuse(char, rule);
      word = (word ?? '') + char;
      at += 1;
    }
  }
  if (word !== null) words.push(word);
  return { words };
}

type Quoted = { readonly value: string; readonly end: number } | { readonly refusal: SplitRefusal };

/** Inside double quotes a backslash counts before `$`, a backtick, `"`, `\` and a line end only. */
function readDoubleQuoted(text: string, open: number): Quoted {
  let value = '';
  let at = open + 1;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') return { value, end: at + 1 };
    if (char === '\0')
      return { refusal: { at, found: 'NUL', rule: 'a NUL character cannot be part of a command' } };
    if (char === '`') return { refusal: { at, found: char, rule: OPERATORS['`'] ?? '' } };
    const expansion = char === '$' ? expansionAt(text, at, true) : null;
    if (expansion !== null) return { refusal: { at, ...expansion } };
    const escaped = char === '\\' ? /^\\(?:\r?\n|([$`"\\]))/.exec(text.slice(at, at + 3)) : null;
    value += escaped === null ? char : (escaped[1] ?? '');
    at += escaped?.[0].length ?? 1;
  }
  return { refusal: { at: open, found: '"', rule: 'the double quote is not closed' } };
}

/** What a shell would expand at this dollar sign, or null when the sign stands for itself. */
function expansionAt(text: string, at: number, quoted: boolean): { found: string; rule: string } | null {
  const rest = text.slice(at);
  if (rest.startsWith('$('))
    return { found: '$(', rule: 'a command in $( ) is not run here: write what it would give' };
  if (!quoted && /^\$['"]/.test(rest))
    return { found: rest.slice(0, 2), rule: 'this kind of quotes is of bash only: use plain quotes' };
  const variable = /^\$(?:\{[^}]*\}?|\w+|[@*#?$!-])/.exec(rest)?.[0].slice(0, 40);
  if (variable === undefined) return null;
  return {
    found: variable,
    rule: `${variable} is not filled in here: write its value, or put a real dollar sign in single quotes`,
  };
}

/** The word as a POSIX shell reads it back. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
