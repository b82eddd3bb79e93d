import { EngineRefusal } from './refusal.ts';

const NAMES = 'FROM RUN COPY ENV LABEL CMD ENTRYPOINT WORKDIR USER EXPOSE VOLUME ARG'.split(' ');

export interface Instruction {
  /** In capitals. */
  readonly name: string;
  readonly rest: string;
}

/** The instructions that the fake builder knows; it refuses others as the engine refuses what is none. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  let open = '';
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const whole = `${open}${line}`;
    open = whole.endsWith('\\') ? whole.slice(0, -1) : '';
    if (open === '') instructions.push(instruction(whole, index + 1));
  }
  if (instructions.length === 0) throw new EngineRefusal(400, 'the Dockerfile (Dockerfile) cannot be empty');
  return instructions;
}

function instruction(line: string, number: number): Instruction {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const name = word.toUpperCase();
  if (!NAMES.includes(name))
    throw new EngineRefusal(400, `dockerfile parse error line ${number}: unknown instruction: ${name}`);
  return { name, rest };
}

/** The instructions of the stages up to this one; without a target all of them. */
export function untilTarget(
  instructions: readonly Instruction[],
  target: string | undefined,
): readonly Instruction[] {
  if (target === undefined) return instructions;
  const start = instructions.findIndex(
    ({ name, rest }) => name === 'FROM' && wordsOf(rest)[2]?.toLowerCase() === target.toLowerCase(),
  );
  if (start === -1) throw new EngineRefusal(400, `failed to reach build target ${target} in Dockerfile`);
  const next = instructions.findIndex(({ name }, index) => index > start && name === 'FROM');
  return next === -1 ? instructions : instructions.slice(0, next);
}

/** `$NAME` and `${NAME}` by what is known; what is not known is empty. */
export function substitute(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    return known[braced ?? bare ?? ''] ?? '';
  });
}

/** Words with their quotes taken off, or the strings of a JSON list. */
export function wordsOf(rest: string): readonly string[] {
  return jsonWords(rest) ?? (rest.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map(unquoted);
}

/** A command line: a JSON list is one, anything else is given to a shell. */
export function commandOf(rest: string): readonly string[] {
  return jsonWords(rest) ?? ['/bin/sh', '-c', rest];
}

/** `A=1 B="two words"`, or `A one value with spaces`. */
export function pairsOf(rest: string): readonly (readonly [string, string])[] {
  const words = wordsOf(rest);
  if (!(words[0] ?? '').includes('=')) {
    const [, key = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(rest) ?? [];
    return [[key, value]];
  }
  return words.map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)];
  });
}

function jsonWords(rest: string): readonly string[] | null {
  if (!rest.startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(rest);
    return Array.isArray(list) ? list.map(String) : null;
  } catch {
    return null;
  }
}

function unquoted(word: string): string {
  return word.replaceAll(
    /"([^"]*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}
