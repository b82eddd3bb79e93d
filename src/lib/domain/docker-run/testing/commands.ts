/** Commands made of samples: each flag in one of the forms that the CLI reads, seeded. */
import fc from 'fast-check';
import { FLAGS } from '../flags.ts';
import type { Sample } from './samples.ts';

/** `--flag=value`, `--flag value`, `-fvalue`, `-f value`, `-f=value`; a switch also alone. */
export function formsOf({ flag, value }: Sample): readonly (readonly string[])[] {
  const { kind, short } = FLAGS.get(flag) ?? { kind: 'one' as const };
  const forms: (readonly string[])[] = [[`--${flag}=${value}`]];
  if (kind === 'switch') {
    if (value === 'true') forms.push([`--${flag}`], ...(short === undefined ? [] : [[`-${short}`]]));
    return forms;
  }
  forms.push([`--${flag}`, value]);
  if (short !== undefined) forms.push([`-${short}`, value]);
  if (short !== undefined && value !== '') forms.push([`-${short}=${value}`]);
  if (short !== undefined && /^[^=-]/.test(value)) forms.push([`-${short}${value}`]);
  return forms;
}

/** `count` commands of two to eight flags; the same seed gives the same commands. */
export function commandsOf(
  samples: readonly Sample[],
  count: number,
  seed: number,
): readonly (readonly string[])[] {
  const byFlag = Map.groupBy(samples, (sample) => sample.flag);
  const sample = fc
    .constantFrom(...byFlag.keys())
    .chain((flag) => fc.constantFrom(...(byFlag.get(flag) ?? [])));
  const words = sample.chain((each) => fc.constantFrom(...formsOf(each)));
  const command = fc.array(words, { minLength: 2, maxLength: 8 }).map((list) => list.flat());
  return fc.sample(command, { numRuns: count, seed });
}

/** All samples in few commands: each holds samples of different flags, so that a single one can be told from the others. */
export function packsOf(
  samples: readonly Sample[],
  size: number,
): readonly (readonly (readonly string[])[])[] {
  const rounds = [...Map.groupBy(samples, (sample) => sample.flag).values()];
  const longest = Math.max(0, ...rounds.map((list) => list.length));
  return Array.from({ length: longest }, (_, round) => {
    const words = rounds
      .flatMap((list) => list.slice(round, round + 1))
      .map((sample) => formsOf(sample)[0] ?? []);
    return Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
      words.slice(index * size, (index + 1) * size),
    );
  }).flat();
}

/** All at once, but only so many at a time. In the order given. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
