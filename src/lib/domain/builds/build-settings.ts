import type { Labels } from '../labels.ts';

/** How a build is done, whatever its files come from; what fields and flags of docker build can say. */
export interface BuildSettings {
  /** Names that the result gets; none: what asked for it has one. */
  readonly tags: readonly string[];
  /** The name of the Dockerfile in the context; null is `Dockerfile`. */
  readonly file: string | null;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly target: string | null;
  readonly noCache: boolean;
  /** Asks the registry for newer base images. */
  readonly pull: boolean;
  readonly platform: string | null;
  readonly network: string | null;
  /** `name:address`. */
  readonly extraHosts: readonly string[];
}

export const PLAIN_SETTINGS: BuildSettings = {
  tags: [],
  file: null,
  args: {},
  labels: {},
  target: null,
  noCache: false,
  pull: false,
  platform: null,
  network: null,
  extraHosts: [],
};

/** What was said; the rest is as it would be without. */
export type SaidSettings = { readonly [Key in keyof BuildSettings]?: BuildSettings[Key] };

/** `over` wins; args and labels merge by key, names of hosts and of the result are all kept. */
export function mergeSettings(under: BuildSettings, over: SaidSettings): BuildSettings {
  return {
    ...under,
    ...over,
    tags: [...new Set([...under.tags, ...(over.tags ?? [])])],
    args: { ...under.args, ...over.args },
    labels: { ...under.labels, ...over.labels },
    extraHosts: [...under.extraHosts, ...(over.extraHosts ?? [])],
  };
}

/** As flags of docker build, for people to read. */
export function settingsAsFlags(settings: BuildSettings): readonly string[] {
  const one = (flag: string, value: string | null) => (value === null ? [] : [`--${flag}=${value}`]);
  const pairs = (flag: string, map: Readonly<Record<string, string>>) =>
    Object.entries(map).map(([key, value]) => `--${flag}=${key}=${value}`);
  return [
    ...one('file', settings.file),
    ...pairs('build-arg', settings.args),
    ...pairs('label', settings.labels),
    ...one('target', settings.target),
    ...(settings.noCache ? ['--no-cache'] : []),
    ...(settings.pull ? ['--pull'] : []),
    ...one('platform', settings.platform),
    ...one('network', settings.network),
    ...settings.extraHosts.map((each) => `--add-host=${each}`),
  ];
}
