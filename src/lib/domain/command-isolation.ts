/** The networks and the security flags of a docker run command, as fields where fields say the same. */
import { PROFILES } from './container-plan.ts';
import type { HostConfig } from './docker-run/create-body.ts';
import { capabilityName } from './docker-run/isolation.ts';
import { omit } from './docker-run/merge.ts';
import { cleanPath } from './docker-run/paths.ts';
import type { RunOptions } from './docker-run/run-options.ts';
import { bindTarget } from './docker-run/volumes.ts';
import { networksInput } from './inputs/spec-fields.ts';
import { defined, type PlainInput } from './spec-input.ts';

type Host = RunOptions['host'];

export function networkFields(
  { networks, endpoint }: RunOptions,
  name: string | null,
): {
  readonly networks: readonly string[] | null;
  readonly security: { readonly hostNetwork?: true };
  readonly endpoint: RunOptions['endpoint'];
} {
  const own = (aliases: readonly string[] | undefined) => (aliases ?? []).filter((alias) => alias !== name);
  const aliases = own(endpoint.Aliases);
  const flat = { ...omit(endpoint, ['Aliases']), ...(aliases.length === 0 ? {} : { Aliases: aliases }) };
  const names = networksInput.safeParse(networks.map((each) => each.name));
  const plain = networks.every(({ endpoint: each }) => {
    const { Aliases, ...others } = each;
    return own(Aliases).length === 0 && Object.keys(others).length === 0;
  });
  // addresses and further names belong to the first network: they stay together
  if (networks.length === 0 || !plain || !names.success || Object.keys(flat).length > 0)
    return { networks: null, security: {}, endpoint: flat };
  if (names.data.join() === 'host') return { networks: null, security: { hostNetwork: true }, endpoint: {} };
  return { networks: names.data, security: {}, endpoint: {} };
}

/**
 * A profile when the flags say all that it does: what they say beyond it stays beside it. Flags that say less stay flags, over the standard
 * profile, and win over it.
 */
export function securityFields({ host, config }: RunOptions): {
  readonly fields: PlainInput;
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly rest: HostConfig;
} {
  const profile = (['standard', 'hardened'] as const).find((each) => saysAll(host, config, PROFILES[each]));
  const given: HostConfig = profile === undefined ? {} : PROFILES[profile];
  const beyond = (list: readonly string[] = [], taken: readonly string[] = []) =>
    list.filter((each) => !taken.map(capabilityName).includes(capabilityName(each)));
  const lists = {
    CapDrop: beyond(host.CapDrop, given.CapDrop),
    CapAdd: beyond(host.CapAdd, given.CapAdd),
    SecurityOpt: beyond(host.SecurityOpt, given.SecurityOpt),
  };
  const { Privileged, PidMode, ReadonlyRootfs } = host;
  return {
    fields: defined({
      profile: profile === 'hardened' ? profile : undefined,
      privileged: Privileged === true ? true : undefined,
      hostPid: PidMode === 'host' ? true : undefined,
    }),
    tmpfs: Object.fromEntries(
      Object.entries(host.Tmpfs ?? {}).filter(([path, options]) => given.Tmpfs?.[path] !== options),
    ),
    rest: {
      ...(PidMode === undefined || PidMode === 'host' ? {} : { PidMode }),
      ...(ReadonlyRootfs === undefined || ReadonlyRootfs === given.ReadonlyRootfs ? {} : { ReadonlyRootfs }),
      ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    },
  };
}

function saysAll(host: Host, config: RunOptions['config'], profile: HostConfig): boolean {
  const has = (list: readonly string[] = [], wanted: readonly string[] = []): boolean =>
    wanted.every((each) => list.map(capabilityName).includes(capabilityName(each)));
  const targets = new Set([
    ...Object.keys(host.Tmpfs ?? {}).map(cleanPath),
    ...Object.keys(config.Volumes ?? {}).map(cleanPath),
    ...(host.Binds ?? []).map(bindTarget),
    ...(host.Mounts ?? []).map((mount) => cleanPath(mount.Target)),
  ]);
  return (
    has(host.CapDrop, profile.CapDrop) &&
    has(host.CapAdd, profile.CapAdd) &&
    has(host.SecurityOpt, profile.SecurityOpt) &&
    (profile.ReadonlyRootfs !== true || host.ReadonlyRootfs === true) &&
    Object.keys(profile.Tmpfs ?? {}).every((path) => targets.has(path))
  );
}
