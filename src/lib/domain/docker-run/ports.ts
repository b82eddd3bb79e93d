/** Ports as `-p`, `--expose` and the spec's `ports` give them, with ranges, addresses and protocols as Docker reads them. */
import { canonicalIp } from './addresses.ts';
import type { CreateBody, PortBinding } from './create-body.ts';
import { accept, cut, isRefused, refuse, type Read, type Reader } from './read.ts';

/** One published port. */
export interface PublishedPort {
  readonly container: number;
  readonly protocol: Protocol;
  /** As written; empty: every address of the host. */
  readonly hostIp: string;
  /** Empty: any free port; `8000-8010`: any free one of these. */
  readonly hostPort: string;
}

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;
type Protocol = (typeof PROTOCOLS)[number];

const FORM = 'must be [ip:][host:]container[/protocol], where host and container are a port or a range';

/** `[ip:]host:container[/protocol]` or `container`; a range gives a port each. */
export const readPort: Reader<readonly PublishedPort[]> = (text) => {
  const [address, slash] = splitLast(text, '/');
  const parts = address.split(':');
  const containerText = parts.pop() ?? '';
  const hostText = parts.pop() ?? '';
  const ip = parts.join(':').replace(/^\[(.*)\]$/, '$1');
  const protocol = PROTOCOLS.find((each) => each === (slash || 'tcp').toLowerCase());
  if (protocol === undefined) return refuse(`must have a protocol of ${PROTOCOLS.join(', ')}`);
  if (parts.length > 0 && ip !== '' && canonicalIp(ip) === null)
    return refuse(`must have an IP address before the ports; "${ip}" is none`);
  const container = parseRange(containerText);
  const host = hostText === '' ? null : parseRange(hostText);
  if (container === null || (hostText !== '' && host === null)) return refuse(`${FORM}, from 0 to 65535`);
  const count = container[1] - container[0];
  if (host !== null && count > 0 && host[1] - host[0] !== count)
    return refuse('must have ranges of the same length on both sides');
  return accept(
    Array.from({ length: count + 1 }, (_, index) => ({
      container: container[0] + index,
      protocol,
      hostIp: ip,
      hostPort: hostPortAt(host, index, count === 0),
    })),
  );
};

/** A range on the host side for a single port of the container: any free one of the range. */
function hostPortAt(host: Range | null, index: number, single: boolean): string {
  if (host === null) return '';
  return single && host[0] !== host[1] ? `${host[0]}-${host[1]}` : String(host[0] + index);
}

/** `-p`: also the long form `published=8080,target=80,protocol=tcp`. */
export const readPublish: Reader<readonly PublishedPort[]> = (text) => {
  if (!text.includes('=')) return readPort(text);
  const params: Record<string, string> = { protocol: 'tcp', published: '', target: '' };
  for (const param of text.split(',')) {
    const [key, value] = cut(param, '=');
    if (value === null || !Object.hasOwn(params, key))
      return refuse('must be published=port,target=port,protocol=tcp in its long form');
    params[key] = value;
  }
  return readPort(`${params['published'] ?? ''}:${params['target'] ?? ''}/${params['protocol'] ?? ''}`);
};

/** `--expose`: `80`, `80/udp`, `7000-7010/tcp`. Gives the engine's names of the ports. */
export const readExpose: Reader<readonly string[]> = (text): Read<readonly string[]> => {
  if (text.includes(':') || text.includes('='))
    return refuse('must be port[/protocol] or a range of ports; a host port belongs to --publish');
  const ports = readPort(text);
  return isRefused(ports) ? ports : accept(ports.value.map(portKey));
};

export function portKey(port: { readonly container: number; readonly protocol: string }): string {
  return `${port.container}/${port.protocol}`;
}

export function portBinding(port: PublishedPort): PortBinding {
  return { HostIp: port.hostIp, HostPort: port.hostPort };
}

type Range = readonly [number, number];

function parseRange(text: string): Range | null {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text);
  if (match === null) return null;
  const start = Number(match[1]);
  const end = Number(match[2] ?? match[1]);
  return start <= end && end <= 65_535 ? [start, end] : null;
}

function splitLast(text: string, separator: string): readonly [string, string | null] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

/** Gives published ports without an address the one given: the rule that nothing is open to the network unless somebody says so. */
export function publishOn(body: CreateBody, ip: string): CreateBody {
  const bindings = Object.entries(body.HostConfig.PortBindings ?? {}).map(
    ([port, list]) => [port, list.map((each) => (each.HostIp ? each : { ...each, HostIp: ip }))] as const,
  );
  if (bindings.length === 0) return body;
  return { ...body, HostConfig: { ...body.HostConfig, PortBindings: Object.fromEntries(bindings) } };
}

/** The bindings as values of `--publish`; neighbours with neighbouring host ports become a range. */
export function formatPorts(bindings: Readonly<Record<string, readonly PortBinding[]>>): readonly string[] {
  const ports = Object.entries(bindings)
    .flatMap(([key, list]) => {
      const [port = '', protocol = 'tcp'] = key.split('/');
      return list.map((each) => ({
        container: Number(port),
        protocol,
        ip: each.HostIp ?? '',
        host: each.HostPort ?? '',
      }));
    })
    .sort((a, b) =>
      a.protocol === b.protocol ? a.container - b.container : a.protocol < b.protocol ? -1 : 1,
    );
  const runs: { readonly first: Flat; last: Flat }[] = [];
  for (const port of ports) {
    const run = runs.find((each) => continues(each.last, port));
    if (run === undefined) runs.push({ first: port, last: port });
    else run.last = port;
  }
  return runs.map(formatRunOfPorts);
}

interface Flat {
  readonly container: number;
  readonly protocol: string;
  readonly ip: string;
  readonly host: string;
}

function continues(last: Flat, next: Flat): boolean {
  const follows = /^\d+$/.test(last.host) && last.host !== '0' && Number(next.host) === Number(last.host) + 1;
  return (
    last.protocol === next.protocol && last.ip === next.ip && next.container === last.container + 1 && follows
  );
}

function formatRunOfPorts({ first, last }: { readonly first: Flat; readonly last: Flat }): string {
  const span = (from: string | number, to: string | number): string =>
    from === to ? String(from) : `${from}-${to}`;
  const ip = first.ip.includes(':') ? `[${first.ip}]:` : first.ip === '' ? '' : `${first.ip}:`;
  const host = first.host === '' && ip === '' ? '' : `${span(first.host, last.host)}:`;
  return `${ip}${host}${span(first.container, last.container)}${first.protocol === 'tcp' ? '' : `/${first.protocol}`}`;
}
