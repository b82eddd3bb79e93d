/** Networks: `--network` in its short and long form, and what belongs to the container's place in its first network. */
import { readInteger } from './amounts.ts';
import { readAnyIp, readIpv4, readIpv6, readMac } from './addresses.ts';
import type { Endpoint } from './create-body.ts';
import { formatCsv, readCsv } from './csv.ts';
import { accept, cut, isRefused, put, refuse, type Read, type Reader } from './read.ts';

/** A network to attach to, with its place there. */
export interface NetworkAttachment {
  readonly name: string;
  readonly endpoint: Endpoint;
}

interface Draft {
  name: string;
  aliases: string[];
  ip?: string;
  ip6?: string;
  mac?: string;
  linkLocalIps: string[];
  driverOpts: Record<string, string>;
  priority?: number;
}

type Put = (draft: Draft, value: string) => Read<unknown>;

function field<T>(reader: Reader<T>, set: (draft: Draft, value: T) => void): Put {
  return (draft, value) => {
    const read = reader(value);
    if (!isRefused(read)) set(draft, read.value);
    return read;
  };
}

const readWord: Reader<string> = (text) => (text === '' ? refuse('must not be empty') : accept(text));

const FIELDS: Readonly<Record<string, Put>> = {
  name: field(readWord, (draft, value) => {
    draft.name = value;
  }),
  alias: field(readWord, (draft, value) => {
    draft.aliases.push(value);
  }),
  ip: field(readIpv4, (draft, value) => {
    draft.ip = value;
  }),
  ip6: field(readIpv6, (draft, value) => {
    draft.ip6 = value;
  }),
  'mac-address': field(readMac, (draft, value) => {
    draft.mac = value;
  }),
  'link-local-ip': field(readAnyIp, (draft, value) => {
    draft.linkLocalIps.push(value);
  }),
  'driver-opt': field(readDriverOption, (draft, [key, value]) => {
    put(draft.driverOpts, key, value);
  }),
  'gw-priority': field(readInteger(-(2 ** 31), 2 ** 31 - 1), (draft, value) => {
    draft.priority = value;
  }),
};

function readDriverOption(text: string): Read<readonly [string, string]> {
  const [key, value] = cut(text, '=');
  return value === null || key === '' ? refuse('must be key=value') : accept([key.trim(), value.trim()]);
}

/** `name`, or `name=net,alias=web,ip=10.0.0.5,mac-address=…,driver-opt=key=value,gw-priority=1`. */
export const readNetwork: Reader<NetworkAttachment> = (text) => {
  // the CLI's own test for the long form
  if (!/\w+=\w+/.test(text)) return text.trim() === '' ? refuse('must name a network') : readShort(text);
  const fields = readCsv(text);
  if (isRefused(fields)) return fields;
  const draft: Draft = { name: '', aliases: [], linkLocalIps: [], driverOpts: {} };
  for (const each of fields.value) {
    const [key, value] = cut(each, '=').map((part) => part?.trim() ?? null);
    const take = key && Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (take === undefined || value === null || value === undefined) {
      return refuse(`must have fields of ${Object.keys(FIELDS).join(', ')} as key=value; "${each}" is none`);
    }
    const read = take(draft, value);
    if (isRefused(read)) return refuse(`has a wrong "${key ?? ''}", which ${read.rule}`);
  }
  return draft.name === ''
    ? refuse('must have the network as name=...')
    : accept({ name: draft.name, endpoint: endpointOf(draft) });
};

function readShort(text: string): Read<NetworkAttachment> {
  if (/[\s,"]/.test(text)) return refuse('must name a network without white space and commas');
  return text === 'container:'
    ? refuse('must name the container behind "container:"')
    : accept({ name: text, endpoint: {} });
}

function endpointOf(draft: Draft): Endpoint {
  const addresses = {
    ...(draft.ip === undefined ? {} : { IPv4Address: draft.ip }),
    ...(draft.ip6 === undefined ? {} : { IPv6Address: draft.ip6 }),
    ...(draft.linkLocalIps.length === 0 ? {} : { LinkLocalIPs: draft.linkLocalIps }),
  };
  return {
    ...(draft.aliases.length === 0 ? {} : { Aliases: draft.aliases }),
    ...(Object.keys(addresses).length === 0 ? {} : { IPAMConfig: addresses }),
    ...(draft.mac === undefined ? {} : { MacAddress: draft.mac }),
    ...(Object.keys(draft.driverOpts).length === 0 ? {} : { DriverOpts: draft.driverOpts }),
    ...(draft.priority === undefined ? {} : { GwPriority: draft.priority }),
  };
}

/** The attachment as the value of `--network`. Links have no place in the long form: they are `--link`. */
export function formatNetwork({ name, endpoint }: NetworkAttachment): string {
  const fields = [
    ...(endpoint.Aliases ?? []).map((alias) => `alias=${alias}`),
    ...(endpoint.IPAMConfig?.IPv4Address ? [`ip=${endpoint.IPAMConfig.IPv4Address}`] : []),
    ...(endpoint.IPAMConfig?.IPv6Address ? [`ip6=${endpoint.IPAMConfig.IPv6Address}`] : []),
    ...(endpoint.IPAMConfig?.LinkLocalIPs ?? []).map((ip) => `link-local-ip=${ip}`),
    ...(endpoint.MacAddress ? [`mac-address=${endpoint.MacAddress}`] : []),
    ...Object.entries(endpoint.DriverOpts ?? {}).map(([key, value]) => `driver-opt=${key}=${value}`),
    ...(endpoint.GwPriority ? [`gw-priority=${endpoint.GwPriority}`] : []),
  ];
  return fields.length === 0 ? name : formatCsv([`name=${name}`, ...fields]);
}

/** `container[:alias]`. Kept as written. */
export const readLink: Reader<string> = (text) =>
  /^[^:]+(?::[^:]+)?$/.test(text) ? accept(text) : refuse('must be container[:alias]');
