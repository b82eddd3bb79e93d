/** Other volumes in the place of those that a spec names, by the path inside, however it names them. Pure. */
import type { AgentSpec } from './agent-spec.ts';

/** Names of volumes by the path that they are mounted at. */
export type VolumesByTarget = ReadonlyMap<string, string>;

/** `was` are the volumes that are there now: words of the start args are changed where they name one of them at its path. */
export function replaceVolumes(spec: AgentSpec, now: VolumesByTarget, was: VolumesByTarget): AgentSpec {
  if (now.size === 0) return spec;
  const shared = spec.sharedVolumes.filter((each) => now.has(each.target));
  return {
    ...spec,
    volumes: [
      ...spec.volumes.map((each) => ({ ...each, source: now.get(each.target) ?? each.source })),
      ...shared.map(({ target }) => ({ source: now.get(target) ?? '', target, modes: [], create: false })),
    ],
    sharedVolumes: spec.sharedVolumes.filter((each) => !shared.includes(each)),
    startArgs: spec.startArgs.map((word) => replacedWord(word, now, was)),
  };
}

/** `-v`, `--volume` and `--mount`, with the value in the same word or the next one. */
function replacedWord(word: string, now: VolumesByTarget, was: VolumesByTarget): string {
  for (const [target, volume] of now) {
    const old = was.get(target);
    if (old === undefined) continue;
    const short = new RegExp(`(^|=|^-v)${escaped(old)}:(${escaped(target)})(?=/?(?::|$))`);
    if (short.test(word))
      return word.replace(short, (_, before: string, path: string) => `${before}${volume}:${path}`);
    const isMount = new RegExp(`(?:^|[=,])(?:target|dst|destination)=${escaped(target)}/?(?:,|$)`).test(word);
    const source = new RegExp(`(^|[=,])(source|src)=${escaped(old)}(?=,|$)`);
    if (isMount && source.test(word))
      return word.replace(source, (_, before: string, key: string) => `${before}${key}=${volume}`);
  }
  return word;
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
