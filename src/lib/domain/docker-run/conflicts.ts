/** Flags that are right each and wrong together. Each row is one rule of the CLI or of the engine. */
import { isUserDefinedNetwork } from './create-body.ts';
import { cleanPath } from './paths.ts';
import type { RunOptions } from './run-options.ts';
import { bindTarget } from './volumes.ts';

export interface Conflict {
  /** Long names; the problem is shown at the last of them. */
  readonly flags: readonly string[];
  readonly rule: string;
}

type Rule = (options: RunOptions, given: (flag: string) => boolean) => Conflict | null;

const HEALTH = [
  'health-cmd',
  'health-interval',
  'health-timeout',
  'health-retries',
  'health-start-period',
  'health-start-interval',
];

const RULES: readonly Rule[] = [
  ({ config: { Healthcheck: check } }) =>
    check?.Test?.[0] === 'NONE' && (check.Test.length > 1 || Object.keys(check).length > 1)
      ? { flags: ['no-healthcheck', ...HEALTH], rule: '--no-healthcheck conflicts with --health-*' }
      : null,
  ({ host }) =>
    host.LogConfig?.Type === 'none' && host.LogConfig.Config !== undefined
      ? { flags: ['log-driver', 'log-opt'], rule: '--log-opt has no meaning with the log driver none' }
      : null,
  ({ host }, given) => {
    const period = given('cpu-period') && host.CpuPeriod !== 0;
    const quota = given('cpu-quota') && host.CpuQuota !== 0;
    return given('cpus') && host.NanoCpus !== 0 && (period || quota)
      ? {
          flags: ['cpus', 'cpu-period', 'cpu-quota'],
          rule: '--cpus says the same as --cpu-period and --cpu-quota: give one of them',
        }
      : null;
  },
  ({ networks }) => {
    const names = networks.map((network) => network.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined ? null : { flags: ['network'], rule: `--network names "${twice}" twice` };
  },
  ({ networks }) => {
    const userDefined = networks.filter((network) => isUserDefinedNetwork(network.name)).length;
    return userDefined > 0 && userDefined < networks.length
      ? {
          flags: ['network'],
          rule: '--network cannot mix networks of your own with host, none, bridge or container:',
        }
      : null;
  },
  ({ networks }) => {
    const wrong = networks.find(
      ({ name, endpoint }) => !isUserDefinedNetwork(name) && (endpoint.Aliases?.length ?? 0) > 0,
    );
    return wrong === undefined
      ? null
      : {
          flags: ['network'],
          rule: `--network has aliases for "${wrong.name}": only networks of your own have names`,
        };
  },
  ({ networks, endpoint: flat }) => {
    const own = networks[0]?.endpoint;
    if (own === undefined) return null;
    const both: readonly (readonly [string, unknown, unknown])[] = [
      ['network-alias', own.Aliases, flat.Aliases],
      ['ip', own.IPAMConfig?.IPv4Address, flat.IPAMConfig?.IPv4Address],
      ['ip6', own.IPAMConfig?.IPv6Address, flat.IPAMConfig?.IPv6Address],
      ['link-local-ip', own.IPAMConfig?.LinkLocalIPs, flat.IPAMConfig?.LinkLocalIPs],
      ['mac-address', own.MacAddress, flat.MacAddress],
    ];
    const twice = both.find(([, long, short]) => long !== undefined && short !== undefined);
    return twice === undefined
      ? null
      : { flags: ['network', twice[0]], rule: `--${twice[0]} is in --network already: give it once` };
  },
  ({ networks, endpoint }) => {
    const name = networks[0]?.name;
    return name !== undefined && !isUserDefinedNetwork(name) && (endpoint.Aliases?.length ?? 0) > 0
      ? { flags: ['network-alias'], rule: '--network-alias is for networks of your own only' }
      : null;
  },
  ({ networks }, given) => {
    const name = networks[0]?.name ?? '';
    const joined = [
      'hostname',
      'publish',
      'publish-all',
      'expose',
      'dns',
      'add-host',
      'link',
      'mac-address',
    ].filter(given);
    return name.startsWith('container:') && joined.length > 0
      ? { flags: joined, rule: `--${joined[0] ?? ''} belongs to the container whose network is shared` }
      : null;
  },
  ({ networks }, given) =>
    networks[0]?.name === 'host' && (given('link') || given('mac-address'))
      ? {
          flags: ['link', 'mac-address'],
          rule: '--link and --mac-address have no meaning in the network of the host',
        }
      : null,
  ({ host }, given) =>
    host.UTSMode === 'host' && given('hostname')
      ? { flags: ['uts', 'hostname'], rule: '--hostname would rename the host with --uts host' }
      : null,
  ({ host }) => {
    const targets = [
      ...(host.Binds ?? []).map(bindTarget),
      ...(host.Mounts ?? []).map((mount) => cleanPath(mount.Target)),
      ...new Set(Object.keys(host.Tmpfs ?? {}).map(cleanPath)),
    ];
    const twice = targets.find((target, index) => targets.indexOf(target) !== index);
    return twice === undefined
      ? null
      : { flags: ['volume', 'mount', 'tmpfs'], rule: `two mounts have the target ${twice}` };
  },
];

export function findConflicts(options: RunOptions, given: (flag: string) => boolean): readonly Conflict[] {
  return RULES.map((rule) => rule(options, given)).filter((conflict) => conflict !== null);
}
