/**
 * The networks of a body after the flags. `--network` replaces those that the fields gave; names that the container had in all of them (an
 * agent's name) it keeps in each network that has names. `--ip`, `--network-alias` and their like belong to the first network, whoever
 * gave it.
 */
import { isUserDefinedNetwork, type CreateBody, type Endpoint, type HostConfig } from './create-body.ts';
import type { Writable } from './merge.ts';
import type { NetworkAttachment } from './networks.ts';
import type { RunOptions } from './run-options.ts';

type Outcome = { readonly body: CreateBody } | { readonly flag: string; readonly rule: string };

export function applyNetworks(base: CreateBody, options: RunOptions): Outcome {
  const flat = options.endpoint;
  const links = options.host.Links ?? [];
  const attached = attachmentsOf(base);
  const networks =
    options.networks.length === 0
      ? attached
      : options.networks.map((each) => withNames(each, commonNames(attached)));
  const first = networks[0] ?? { name: base.HostConfig.NetworkMode ?? 'default', endpoint: {} };
  const named = isUserDefinedNetwork(first.name);
  if (flat.Aliases !== undefined && !named) {
    return {
      flag: '--network-alias',
      rule: '--network-alias is for networks of your own only: give one with --network',
    };
  }
  const endpoint = mergeEndpoint(first.endpoint, {
    ...flat,
    ...(named && links.length > 0 ? { Links: links } : {}),
  });
  const endpoints = [{ name: first.name, endpoint }, ...networks.slice(1)];
  // one network without anything said about it needs no endpoint: the engine makes it
  const plain = endpoints.length === 1 && Object.keys(endpoint).length === 0;
  const body: CreateBody = {
    ...giveWay(base, first.name, options),
    ...(plain
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: Object.fromEntries(endpoints.map((each) => [each.name, each.endpoint])),
          },
        }),
  };
  const unsaid = base.HostConfig.NetworkMode === undefined && options.networks.length === 0 && plain;
  return { body: unsaid ? body : { ...body, HostConfig: { ...body.HostConfig, NetworkMode: first.name } } };
}

/** The networks that a body names, the one of NetworkMode first. */
export function attachmentsOf(body: CreateBody): readonly NetworkAttachment[] {
  const endpoints = body.NetworkingConfig?.EndpointsConfig ?? {};
  const mode = body.HostConfig.NetworkMode ?? 'default';
  const main = Object.hasOwn(endpoints, mode) || body.HostConfig.NetworkMode !== undefined ? [mode] : [];
  const names = [...main, ...Object.keys(endpoints).filter((name) => name !== mode)];
  return names.map((name) => ({ name, endpoint: endpoints[name] ?? {} }));
}

function commonNames(attached: readonly NetworkAttachment[]): readonly string[] {
  const [first, ...others] = attached;
  const everywhere = (alias: string): boolean =>
    others.every((each) => each.endpoint.Aliases?.includes(alias) === true);
  return (first?.endpoint.Aliases ?? []).filter(everywhere);
}

function withNames({ name, endpoint }: NetworkAttachment, names: readonly string[]): NetworkAttachment {
  if (names.length === 0 || !isUserDefinedNetwork(name)) return { name, endpoint };
  return { name, endpoint: { ...endpoint, Aliases: [...new Set([...names, ...(endpoint.Aliases ?? [])])] } };
}

function mergeEndpoint(own: Endpoint, flat: Endpoint): Endpoint {
  const aliases = [...new Set([...(own.Aliases ?? []), ...(flat.Aliases ?? [])])];
  const addresses = { ...own.IPAMConfig, ...flat.IPAMConfig };
  return {
    ...own,
    ...flat,
    ...(aliases.length > 0 && { Aliases: aliases }),
    ...(Object.keys(addresses).length > 0 && { IPAMConfig: addresses }),
  };
}

/** What the fields set and the chosen network or UTS namespace has no room for. What the flags say themselves comes later, and stays. */
function giveWay(base: CreateBody, network: string, { host, networks }: RunOptions): CreateBody {
  const body: Writable<CreateBody> = { ...base };
  const config: Writable<HostConfig> = { ...base.HostConfig };
  delete body.NetworkingConfig;
  const chosen = networks.length > 0;
  const joined = chosen && network.startsWith('container:');
  if (joined || host.UTSMode === 'host') {
    delete body.Hostname;
    delete body.Domainname;
  }
  if (joined || (chosen && (network === 'host' || network === 'none'))) {
    delete config.PortBindings;
    delete config.PublishAllPorts;
    delete config.Links;
  }
  if (joined) {
    delete body.ExposedPorts;
    delete config.ExtraHosts;
    delete config.Dns;
    delete config.DnsOptions;
    delete config.DnsSearch;
  }
  return { ...body, HostConfig: config };
}
