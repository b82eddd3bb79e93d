/** IP and MAC addresses as Go's net package reads and writes them, without touching the network. */
import { accept, cut, refuse, type Reader } from './read.ts';

/** The eight 16-bit groups of an IPv6 address; an IPv4 address is mapped (::ffff:a.b.c.d). null: no address. */
function parseGroups(text: string): readonly number[] | null {
  const v4 = parseV4(text);
  if (v4 !== null) return [0, 0, 0, 0, 0, 0xffff, ...v4];
  if (!/^[\da-fA-F:.]{2,45}$/.test(text)) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => parseHalf(half, index === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...Array<number>(missing).fill(0), ...tail];
}

function parseHalf(half: string, last: boolean): readonly number[] | null {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = last && index === parts.length - 1 ? parseV4(part) : null;
    if (v4 !== null) groups.push(...v4);
    else if (/^[\da-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function parseV4(text: string): readonly [number, number] | null {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256))
    return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function isMappedV4(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** Shortest form: the longest run of two or more zero groups becomes `::`; a mapped IPv4 address is written as IPv4. */
function format(groups: readonly number[]): string {
  if (isMappedV4(groups))
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.');
  const hex = groups.map((group) => group.toString(16)).join(':');
  const runs = [...hex.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort(
    (a, b) => groupsIn(b[0]) - groupsIn(a[0]) || a.index - b.index,
  );
  const run = runs[0];
  if (run === undefined) return hex;
  return `${hex.slice(0, run.index)}::${hex.slice(run.index + run[0].length).replace(/^:/, '')}`;
}

function groupsIn(run: string): number {
  return run.split(':').filter((group) => group !== '').length;
}

/** An IPv4 or IPv6 address in its canonical form, or null. */
export function canonicalIp(text: string): string | null {
  const groups = parseGroups(text);
  return groups === null ? null : format(groups);
}

export function isIpv4(text: string): boolean {
  const groups = parseGroups(text);
  return groups !== null && isMappedV4(groups);
}

/** `--dns`: canonical, white space around it is dropped. */
export const readIp: Reader<string> = (text) => {
  const ip = canonicalIp(text.trim());
  return ip === null ? refuse('must be an IP address such as 192.0.2.1 or 2001:db8::1') : accept(ip);
};

/** Either kind, kept as it was written. */
export const readAnyIp: Reader<string> = (text) =>
  canonicalIp(text) === null ? refuse('must be an IP address') : accept(text);

/** Kept as it was written; the engine wants an IPv4 address. */
export const readIpv4: Reader<string> = (text) =>
  isIpv4(text) ? accept(text) : refuse('must be an IPv4 address such as 172.30.100.104');

export const readIpv6: Reader<string> = (text) =>
  canonicalIp(text) !== null && !isIpv4(text)
    ? accept(text)
    : refuse('must be an IPv6 address such as 2001:db8::33');

const MAC = /^(?:[\da-f]{2}(?:([:-])[\da-f]{2})(?:\1[\da-f]{2}){4}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})$/i;

/** `02:42:ac:11:00:03`, also with hyphens or as three groups with dots. */
export const readMac: Reader<string> = (text) =>
  MAC.test(text.trim()) ? accept(text) : refuse('must be a MAC address such as 92:d0:c6:0a:29:33');

/** `name:ip`, `name=ip`, `name:[ipv6]` or `name:host-gateway`. Gives the engine's form `name:ip`. */
export const readExtraHost: Reader<string> = (text) => {
  const [name, address] = cut(text, text.includes('=') ? '=' : ':');
  if (address === null || name === '' || name.includes(':')) return refuse('must be name:address');
  if (address === 'host-gateway') return accept(`${name}:${address}`);
  const bare = /^\[.+\]$/.test(address) ? address.slice(1, -1) : address;
  if (canonicalIp(bare.trim()) === null)
    return refuse('must give an IP address or host-gateway behind the name');
  return accept(`${name}:${bare}`);
};

const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?)(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i;

/** A search domain; `.` alone means none. A dot at the end is dropped, as the CLI does. */
export const readSearchDomain: Reader<string> = (text) => {
  const domain = text.trim();
  if (domain === '.') return accept(domain);
  const plain = domain.replace(/\.$/, '');
  const valid = DOMAIN.test(plain) && /[a-z]/i.test(plain) && plain.length < 255;
  return valid ? accept(plain) : refuse('must be a domain such as example.com, or "." for none');
};
