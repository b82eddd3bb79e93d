/** Words that are looked for in lines: case counts only where a capital was written. Pure. */
export interface Words {
  readonly text: string;
  has(plain: string): boolean;
  /** Where they stand, from left to right, `[from, to)`; at most `most`. */
  ranges(plain: string, most?: number): readonly (readonly [number, number])[];
}

const MOST = 200;

/** null for nothing to look for. */
export function wordsOf(text: string): Words | null {
  if (text === '') return null;
  const ignoresCase = text === text.toLowerCase();
  const has = (plain: string) => (ignoresCase ? lower(plain) : plain).includes(text);
  return {
    text,
    has,
    ranges(plain, most = MOST) {
      const inside = ignoresCase ? lower(plain) : plain;
      const found: (readonly [number, number])[] = [];
      for (let at = inside.indexOf(text); at !== -1 && found.length < most; at = inside.indexOf(text, at)) {
        found.push([at, at + text.length]);
        at += text.length;
      }
      return found;
    },
  };
}

/** A few characters have a longer small form, and then places would be wrong: those keep theirs. */
function lower(plain: string): string {
  const small = plain.toLowerCase();
  return small.length === plain.length ? small : plain;
}
