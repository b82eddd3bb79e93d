import { commandOf, pairsOf, wordsOf, type Instruction } from './dockerfile.ts';
import type { ImageContent } from './image.ts';
import { ownPrograms } from './images.ts';
import { EngineRefusal } from './refusal.ts';

/** What instructions settle that touch no files. */
export type Settings = Pick<ImageContent, 'env' | 'labels' | 'cmd' | 'entrypoint' | 'config' | 'commands'>;

type Settle = (settings: Settings, rest: string) => Partial<Settings>;

const SETTLED: Readonly<Record<string, Settle>> = {
  ENV: ({ env }, rest) => ({ env: pairsOf(rest).reduce(withEnv, env) }),
  LABEL: ({ labels }, rest) => ({ labels: { ...labels, ...Object.fromEntries(pairsOf(rest)) } }),
  CMD: (settings, rest) => withPrograms(settings, { cmd: commandOf(rest) }),
  ENTRYPOINT: (settings, rest) => withPrograms(settings, { entrypoint: commandOf(rest) }),
  WORKDIR: ({ config }, rest) => ({ config: { ...config, workdir: rest } }),
  USER: ({ config }, rest) => ({ config: { ...config, user: rest } }),
  EXPOSE: ({ config }, rest) => {
    const ports = wordsOf(rest).map((port) => (port.includes('/') ? port : `${port}/tcp`));
    return { config: { ...config, exposedPorts: [...config.exposedPorts, ...ports] } };
  },
  VOLUME: ({ config }, rest) => ({
    config: { ...config, volumes: [...config.volumes, ...wordsOf(rest)] },
  }),
};

/** null for an instruction that does something else. */
export function settle<Content extends Settings>(
  content: Content,
  { name, rest }: Instruction,
): Content | null {
  const change = SETTLED[name];
  return change === undefined ? null : { ...content, ...change(content, rest) };
}

/** The lines that a commit lays over what the image gets from its container. */
export function settleChange(settings: Settings, line: string): Settings {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const settled = settle(settings, { name: word.toUpperCase(), rest });
  if (settled === null) throw new EngineRefusal(400, `${word.toLowerCase()} is not a valid change command`);
  return settled;
}

function withEnv(env: readonly string[], [key, value]: readonly [string, string]): readonly string[] {
  return [...env.filter((each) => !each.startsWith(`${key}=`)), `${key}=${value}`];
}

function withPrograms(
  { entrypoint, cmd, commands }: Settings,
  change: Partial<Pick<Settings, 'entrypoint' | 'cmd'>>,
): Partial<Settings> {
  const own = ownPrograms(change.entrypoint ?? entrypoint, change.cmd ?? cmd);
  return { ...change, commands: { ...own, ...commands } };
}
