/**
 * How the value of a flag is read: a reader gives the value in the engine's form, or the rule that the text breaks, as a sentence that
 * goes on from the flag's name ("must be a number of cores such as 0.5"). Readers never throw and never look at the machine.
 */
export type Read<T> = { readonly value: T } | { readonly rule: string };
export type Reader<T> = (text: string) => Read<T>;

export function accept<T>(value: T): Read<T> {
  return { value };
}

export function refuse(rule: string): { readonly rule: string } {
  return { rule };
}

export function isRefused<T>(read: Read<T>): read is { readonly rule: string } {
  return 'rule' in read;
}

/** Splits at the first separator; `null` behind it when there is none. */
export function cut(text: string, separator: string): readonly [string, string | null] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Sets a key that a person chose: an assignment of `__proto__` would be lost. */
export function put<T>(map: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

/** One of a fixed set of words. */
export function readOneOf<const Word extends string>(words: readonly Word[]): Reader<Word> {
  const list = words.filter((word) => word !== '').join(', ');
  return (text) => {
    const found = words.find((word) => word === text);
    return found === undefined ? refuse(`must be one of ${list}`) : accept(found);
  };
}

export function readMatching(pattern: RegExp, rule: string): Reader<string> {
  return (text) => (pattern.test(text) ? accept(text) : refuse(rule));
}

/** Go's strconv.ParseBool, which the docker CLI uses. */
export const readBool: Reader<boolean> = (text) => {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return accept(true);
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return accept(false);
  return refuse('must be true or false');
};

/** `key=value`; a key alone has an empty value, as for labels and log options. */
export const readPair: Reader<readonly [string, string]> = (text) => {
  const [key, value] = cut(text, '=');
  return key === '' ? refuse('must be key=value with a key') : accept([key, value ?? '']);
};

/** `key=value` where the equals sign must be there. */
export const readFullPair: Reader<readonly [string, string]> = (text) =>
  text.includes('=') ? readPair(text) : refuse('must be key=value');

/** One word, or nothing: the engine's default. */
export const readWord = readMatching(/^[^\0\s]*$/, 'must be one word');
