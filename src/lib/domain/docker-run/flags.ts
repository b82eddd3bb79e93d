/**
 * Every flag of `docker run` and `docker create` of CLI 28 by its long name, with its fate: mapped to the engine's words, ignored, or
 * refused with the reason. docker-run.oracle.test.ts holds the table against the installed CLI.
 */
import { DECLINED_FLAGS } from './flags/declined.ts';
import type { Flag } from './flags/flag.ts';
import { ISOLATION_FLAGS } from './flags/isolation.ts';
import { NETWORK_FLAGS } from './flags/network.ts';
import { PROCESS_FLAGS } from './flags/process.ts';
import { RESOURCE_FLAGS } from './flags/resources.ts';
import { STORAGE_FLAGS } from './flags/storage.ts';

export const FLAGS: ReadonlyMap<string, Flag> = new Map(
  Object.entries({
    ...PROCESS_FLAGS,
    ...RESOURCE_FLAGS,
    ...NETWORK_FLAGS,
    ...STORAGE_FLAGS,
    ...ISOLATION_FLAGS,
    ...DECLINED_FLAGS,
  }).sort(([a], [b]) => (a < b ? -1 : 1)),
);

const SHORT: ReadonlyMap<string, string> = new Map(
  [...FLAGS].flatMap(([name, flag]) => (flag.short === undefined ? [] : [[flag.short, name] as const])),
);

/** The long name of a short one: `p` is `publish`. */
export function longName(short: string): string | undefined {
  return SHORT.get(short);
}

/** The known name that an unknown one was probably meant to be, or null. */
export function nearestFlag(name: string, names: Iterable<string> = FLAGS.keys()): string | null {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: readonly [string | null, number] = [null, limit + 1];
  for (const known of names) {
    const distance = editDistance(name, known, best[1]);
    if (distance < best[1]) best = [known, distance];
  }
  return best[0];
}

/** Insertions, deletions, replacements and swaps of neighbours; `limit` or more is `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const at = (list: readonly number[], index: number): number => list[index] ?? limit;
      next.push(
        Math.min(
          at(row, j) + 1,
          at(next, j - 1) + 1,
          at(row, j - 1) + (same ? 0 : 1),
          swapped ? at(before, j - 2) + 1 : limit,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return Math.min(row[b.length] ?? limit, limit);
}
