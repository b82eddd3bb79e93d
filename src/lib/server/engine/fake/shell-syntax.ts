/**
 * The few words of sh that tests need: commands with quotes, `;`, newline, `&&`, `||`, `>&2` and `while …; do …; done`.
 * Anything else (variables, pipes, files) throws a plain Error: a script that the fake cannot run is a fault of the test.
 */
type Joiner = ';' | '&&' | '||';

export type Statement = { readonly after: Joiner } & (
  | { readonly kind: 'call'; readonly words: readonly string[]; readonly toStderr: boolean }
  | { readonly kind: 'while'; readonly condition: readonly Statement[]; readonly body: readonly Statement[] }
);

interface Token {
  readonly text: string;
  readonly operator: boolean;
}

const TOKEN =
  /[^\S\n]+|(?<operator>&&|\|\||1?>&2|[;\n])|(?<word>(?:'[^']*'|"[^"$`\\]*"|\\.|[^\s;&|<>'"\\$`*?(){}])+)|(?<unknown>.)/gs;

export function parseScript(script: string): readonly Statement[] {
  const tokens = [...script.matchAll(TOKEN)].flatMap((match): Token[] => {
    const { operator, word, unknown } = match.groups ?? {};
    if (unknown !== undefined) throw new Error(`the fake shell does not know "${unknown}" in: ${script}`);
    if (operator !== undefined) return [{ text: operator, operator: true }];
    return word === undefined ? [] : [{ text: word, operator: false }];
  });
  return parseList(tokens, []);
}

/** Takes statements off the front of `tokens`, up to one of the words in `end`, which it takes too. */
function parseList(tokens: Token[], end: readonly string[]): readonly Statement[] {
  const statements: Statement[] = [];
  let after: Joiner = ';';
  for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
    if (token.operator) {
      if (token.text === '&&' || token.text === '||') after = token.text;
      else after = ';';
    } else if (end.includes(token.text)) {
      return statements;
    } else if (token.text === 'while') {
      const condition = parseList(tokens, ['do']);
      statements.push({ kind: 'while', after, condition, body: parseList(tokens, ['done']) });
    } else {
      statements.push({ kind: 'call', after, ...parseCall(token, tokens) });
    }
  }
  if (end.length > 0) throw new Error(`the fake shell misses "${end.join(' ')}"`);
  return statements;
}

function parseCall(
  first: Token,
  tokens: Token[],
): { readonly words: readonly string[]; readonly toStderr: boolean } {
  const words = [unquoted(first.text)];
  let toStderr = false;
  for (let next = tokens[0]; next !== undefined; next = tokens[0]) {
    if (next.operator && !next.text.endsWith('>&2')) break;
    tokens.shift();
    if (next.operator) toStderr = true;
    else words.push(unquoted(next.text));
  }
  return { words, toStderr };
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"([^"]*)"|\\(.)/gs,
    (_, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? '',
  );
}
