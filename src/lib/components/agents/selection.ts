/** The ids from `from` to `to` in a list's order, both included; `to` alone when `from` is no longer there. */
export function rangeBetween(order: readonly string[], from: string, to: string): readonly string[] {
  const a = order.indexOf(from);
  const b = order.indexOf(to);
  return a === -1 || b === -1 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Names for the bulk bar, cut to `most` with the number of the rest. */
export function namesInShort(
  names: readonly string[],
  most = 3,
): { readonly shown: string; readonly more: number } {
  return { shown: names.slice(0, most).join(', '), more: Math.max(0, names.length - most) };
}
