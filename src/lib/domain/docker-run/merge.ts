/** How lists of the engine are laid over one another: what says the same thing again replaces what said it before. */

/** The list with the later items behind; an earlier item goes when a later one has the same key. */
export function replaceByKey<T>(
  earlier: readonly T[],
  later: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const said = new Set(later.map(keyOf));
  return [...earlier.filter((item) => !said.has(keyOf(item))), ...later];
}

/** The map without the keys. */
export function without<T>(
  map: Readonly<Record<string, T>>,
  drop: (key: string) => boolean,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !drop(key)));
}

/** Both lists, one behind the other. */
export function joined<T>(earlier: readonly T[] | undefined, later: readonly T[]): readonly T[] {
  return [...(earlier ?? []), ...later];
}

/** A copy that may be changed, one level deep. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The object without the keys, for one whose keys are known. */
export function omit<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  keys: readonly Key[],
): Omit<Whole, Key> {
  const left = Object.entries(whole).filter(([key]) => !(keys as readonly PropertyKey[]).includes(key));
  return Object.fromEntries(left) as Omit<Whole, Key>;
}
