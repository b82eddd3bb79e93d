import { settingsAsFlags } from './build-settings.ts';
import type { BuildWish } from './build-input.ts';

/** The input that asks for the same build again; null for an upload, whose bytes are kept nowhere. */
export function wishAsInput(wish: BuildWish): Readonly<Record<string, unknown>> | null {
  const { source, settings } = wish;
  if (source.kind === 'upload') return null;
  const from = {
    dockerfile: source.kind === 'dockerfile' ? source.text : undefined,
    context: source.kind === 'context' ? source.path : undefined,
    git: source.kind === 'git' ? source.url : undefined,
  };
  const flags = [...settings.tags.map((tag) => `--tag=${tag}`), ...settingsAsFlags(settings)];
  const said = {
    ...from,
    tag: wish.tag,
    buildArgs: flags.length === 0 ? undefined : flags,
    host: wish.host === 'auto' ? undefined : wish.host,
    timeout: wish.timeout,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
