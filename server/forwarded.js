/**
 * What `x-forwarded-*` says is believed by Kit and by the app, so only a trusted proxy may set it; for anyone else it is replaced by what
 * the connection itself shows.
 */
import { BlockList, isIP } from 'node:net';
import { StartError } from './start-error.js';

/**
 * @param {readonly string[]} entries addresses and networks (`10.0.0.0/8`)
 * @returns {(address: string) => boolean} whether that peer is one of them
 * @throws {StartError} naming the entry that is neither
 */
export function trustedProxies(entries) {
  const blocks = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.trim().split('/');
    try {
      if (prefix === undefined) blocks.addAddress(address, familyOf(address));
      else blocks.addSubnet(address, Number(prefix), familyOf(address));
    } catch {
      throw new StartError(
        `SLIPWAY_TRUSTED_PROXIES: "${entry}" is neither an address nor a network such as 10.0.0.0/8.`,
      );
    }
  }
  return (address) => isIP(address) !== 0 && blocks.check(address, familyOf(address));
}

/**
 * Leaves exactly one value in x-forwarded-proto and x-forwarded-for, and in Host the one that the browser asked for.
 * @param {import('node:http').IncomingMessage} request its headers are changed
 * @param {(address: string) => boolean} isTrusted
 */
export function settleForwarded(request, isTrusted) {
  const { headers, socket } = request;
  const peer = plainAddress(socket.remoteAddress ?? '');
  const ownProtocol = 'encrypted' in socket ? 'https' : 'http';
  const host = list(headers['x-forwarded-host']).at(-1);
  delete headers['x-forwarded-host'];
  delete headers['x-forwarded-port'];
  if (!isTrusted(peer)) {
    headers['x-forwarded-proto'] = ownProtocol;
    headers['x-forwarded-for'] = peer;
    return;
  }
  // each proxy appends, so the value of the nearest one is the last
  const protocol = list(headers['x-forwarded-proto']).at(-1)?.toLowerCase();
  headers['x-forwarded-proto'] = protocol === 'https' || protocol === 'http' ? protocol : ownProtocol;
  if (host !== undefined) headers.host = host;
  const chain = list(headers['x-forwarded-for']).map(plainAddress);
  headers['x-forwarded-for'] =
    chain.findLast((address) => isIP(address) !== 0 && !isTrusted(address)) ?? peer;
}

/** @param {string | string[] | undefined} value */
function list(value) {
  return String(value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** @param {string} address */
function familyOf(address) {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/**
 * An IPv4 peer on a dual-stack socket shows as ::ffff:a.b.c.d.
 * @param {string} address
 */
function plainAddress(address) {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
