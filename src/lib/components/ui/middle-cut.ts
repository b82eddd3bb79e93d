/** Where a long name may be cut: its beginning gives way, its end stays, since names differ at the end. */
const KEPT = 7;
const SHORT = 16;

/** `[text, '']` for a name that needs no cut. */
export function splitName(name: string, short = SHORT): readonly [head: string, tail: string] {
  return name.length <= short ? [name, ''] : [name.slice(0, -KEPT), name.slice(-KEPT)];
}
