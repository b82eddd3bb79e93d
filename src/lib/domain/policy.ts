/** What people who are no admins may ask for. An admin may ask for anything. */
import { cleanPath } from './docker-run/paths.ts';
import type { Need, Right } from './docker-run/needs.ts';
import type { AgentSpec, SecurityProfile } from './agent-spec.ts';

export interface Policy {
  /** Folders of the host of which anything may be mounted. */
  readonly hostPaths: readonly string[];
  readonly profiles: readonly SecurityProfile[];
  /** Needs that are granted whatever their value. */
  readonly rights: readonly Right[];
}

/** Nothing of the host until an admin says so. */
export const DEFAULT_POLICY: Policy = { hostPaths: [], profiles: ['standard', 'hardened'], rights: [] };

/** What of it the policy does not give, in words: "mount /etc of the host". Empty: all is given. */
export function refusedBy(policy: Policy, spec: AgentSpec, needs: readonly Need[]): readonly string[] {
  const { profile } = spec.security;
  return [
    ...(policy.profiles.includes(profile) ? [] : [`use the security profile ${profile}`]),
    ...(spec.build?.context == null ? [] : [`build from the folder ${spec.build.context} of this machine`]),
    ...needs.filter((need) => !isGranted(policy, need)).map(inWords),
  ];
}

function isGranted(policy: Policy, { right, value }: Need): boolean {
  if (policy.rights.includes(right)) return true;
  if (right !== 'hostPath') return false;
  // through a link, a path with .. in it is somewhere else than it says
  if (value.split('/').includes('..')) return false;
  const path = cleanPath(value);
  return policy.hostPaths
    .map(cleanPath)
    .some((prefix) => path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`));
}

const WORDS: Readonly<Record<Right, (value: string) => string>> = {
  privileged: () => 'be privileged',
  hostNetwork: () => 'use the network of the host',
  hostPid: () => 'see the processes of the host',
  hostIpc: () => 'share the memory of the host',
  hostUts: () => 'share the name of the host',
  hostUserns: () => 'use the user ids of the host',
  hostCgroup: (value) => `use the cgroup ${value}`,
  engineSocket: (value) => `reach the engine through ${value}`,
  hostPath: (value) => `mount ${value} of the host`,
  device: (value) => `use the device ${value}`,
  capability: (value) => `have the capability ${value}`,
  security: (value) => `set the security option ${value}`,
  otherContainer: (value) => `share with the container ${value}`,
  volumeDriver: (value) => `use the volume driver ${value}`,
  oomProtection: (value) => `be spared when memory ends (${value})`,
  publicPort: (value) => `open the port ${value} to the network`,
  runtime: (value) => `use the runtime ${value}`,
};

function inWords({ right, value }: Need): string {
  return WORDS[right](value);
}
