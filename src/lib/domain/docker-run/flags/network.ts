/** Networks, addresses, names and ports. */
import {
  readAnyIp,
  readExtraHost,
  readIp,
  readIpv4,
  readIpv6,
  readMac,
  readSearchDomain,
} from '../addresses.ts';
import { readLink, readNetwork } from '../networks.ts';
import { portBinding, portKey, readExpose, readPublish, type PublishedPort } from '../ports.ts';
import type { OptionsDraft } from '../run-options.ts';
import { put, readMatching, readWord } from '../read.ts';
import { alias, each, guarded, list, one, toggle, type Flag } from './flag.ts';

const network = list(readNetwork, (draft) => draft.networks);
const networkAlias = list(
  readMatching(/^\S+$/, 'must be one word'),
  (draft) => (draft.endpoint.Aliases ??= []),
);
const dnsOption = list(readWord, (draft) => (draft.host.DnsOptions ??= []));

export const NETWORK_FLAGS: Readonly<Record<string, Flag>> = {
  'add-host': list(readExtraHost, (draft) => (draft.host.ExtraHosts ??= [])),
  dns: list(readIp, (draft) => (draft.host.Dns ??= [])),
  'dns-opt': alias('dns-option', dnsOption),
  'dns-option': dnsOption,
  'dns-search': list(readSearchDomain, (draft) => (draft.host.DnsSearch ??= [])),
  expose: each(readExpose, (draft, ports) => {
    for (const port of ports) put((draft.config.ExposedPorts ??= {}), port, {});
  }),
  ip: one(readIpv4, (draft, value) => ((draft.endpoint.IPAMConfig ??= {}).IPv4Address = value)),
  ip6: one(readIpv6, (draft, value) => ((draft.endpoint.IPAMConfig ??= {}).IPv6Address = value)),
  link: list(readLink, (draft) => (draft.host.Links ??= [])),
  'link-local-ip': list(readAnyIp, (draft) => ((draft.endpoint.IPAMConfig ??= {}).LinkLocalIPs ??= [])),
  'mac-address': one(readMac, (draft, value) => (draft.endpoint.MacAddress = value)),
  net: alias('network', network),
  'net-alias': alias('network-alias', networkAlias),
  network,
  'network-alias': networkAlias,
  publish: guarded(readPublish, publish, 'p'),
  'publish-all': toggle((draft, value) => (draft.host.PublishAllPorts = value), 'P'),
};

/** The engine runs a process for each published port: a slip of the pen must not ask for all of them many times over. */
const MAX_PUBLISHED_PORTS = 65_536;

function publish(draft: OptionsDraft, ports: readonly PublishedPort[]): string | null {
  const bindings = (draft.host.PortBindings ??= {});
  const total = Object.values(bindings).reduce((sum, list) => sum + list.length, ports.length);
  if (total > MAX_PUBLISHED_PORTS) return `must not publish more than ${MAX_PUBLISHED_PORTS} ports in all`;
  for (const port of ports) {
    const binding = portBinding(port);
    const known = (bindings[portKey(port)] ??= []);
    // the same port twice is once; two times any free port are two
    const same = (other: typeof binding) =>
      other.HostIp === binding.HostIp && other.HostPort === binding.HostPort;
    if (binding.HostPort === '' || !known.some(same)) known.push(binding);
    put((draft.config.ExposedPorts ??= {}), portKey(port), {});
  }
  return null;
}
