/**
 * Where alerts may be sent: anywhere on the internet, and to private addresses only where an admin allows it. Whoever may make a channel would
 * otherwise reach what only the server reaches: databases, metadata of clouds, Slipway itself. A name is resolved once, every address of it
 * is held against the rule, and the connection goes to those very addresses, so that a second answer of the name server changes nothing.
 */
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { privateTargetsInput } from '#lib/domain/inputs/alert-channel-input.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { within } from './within.ts';

export interface TargetAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const KEY = 'alerts.privateTargets';
const RESOLVE_MS = 5_000;

export class AlertTargets {
  readonly #settings: SettingsRepository;
  readonly #journal: Journal;
  readonly #resolve: Resolve;

  constructor(
    settings: SettingsRepository,
    journal: Journal,
    resolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' }),
  ) {
    this.#settings = settings;
    this.#journal = journal;
    this.#resolve = resolve;
  }

  list(actor: Actor | null): { readonly allowed: readonly string[] } {
    authorize(actor, 'alerts.see');
    return { allowed: this.#allowed() };
  }

  /** The whole list anew. Throws VALIDATION. */
  put(actor: Actor | null, raw: unknown): { readonly allowed: readonly string[] } {
    const who = authorize(actor, 'alerts.change');
    const { allowed } = parseInput(privateTargetsInput, raw);
    const broken = allowed.findIndex((entry) => entry.includes('/') && !ipaddr.isValidCIDR(entry));
    if (broken !== -1)
      throw validationError([
        { field: `allowed.${broken}`, value: allowed[broken], rule: 'must be a network such as 10.0.0.0/8' },
      ]);
    const kept = [...new Set(allowed.map((entry) => entry.toLowerCase()))];
    this.#journal.commit((tell) => {
      this.#settings.set(KEY, JSON.stringify(kept));
      tell({ kind: 'changed', what: 'settings', subject: KEY, by: asReason(who) });
    });
    return { allowed: kept };
  }

  /** The addresses to connect to. Throws FORBIDDEN that says what to do, HOST_UNREACHABLE for a name that is not known. */
  async addressesOf(host: string): Promise<readonly [TargetAddress, ...TargetAddress[]]> {
    const name = host.replace(/^\[|\]$/g, '').toLowerCase();
    const found = ipaddr.isValid(name) ? [{ address: name }] : await this.#lookUp(name);
    const allowed = this.#allowed();
    const addresses = found.map(({ address }) => {
      if (!allowed.includes(name) && !isPublic(address) && !isListed(address, allowed))
        throw refused(name, address);
      return { address, family: address.includes(':') ? 6 : 4 } as const;
    });
    const [first, ...rest] = addresses;
    if (first === undefined) throw unknownName(name);
    return [first, ...rest];
  }

  async #lookUp(name: string): Promise<readonly { readonly address: string }[]> {
    try {
      return await within(RESOLVE_MS, this.#resolve(name), `The name ${name} was not found in time`);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw unknownName(name);
    }
  }

  #allowed(): readonly string[] {
    const kept: unknown = JSON.parse(this.#settings.get(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }
}

/** An address that belongs to the internet: not this machine, its networks, nor one that another address hides in. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = plain(address);
  if (parsed.range() !== 'unicast') return false;
  // all that is given out of IPv6 so far; the rest holds IPv4 addresses in old ways
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3'));
}

function isListed(address: string, allowed: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = plain(address);
  return allowed.some((entry) => {
    if (ipaddr.isValidCIDR(entry)) {
      const network = ipaddr.parseCIDR(entry);
      return network[0].kind() === parsed.kind() && parsed.match(network);
    }
    return ipaddr.isValid(entry) && plain(entry).toNormalizedString() === parsed.toNormalizedString();
  });
}

/** An IPv4 address that is written as IPv6 is the IPv4 address. */
function plain(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(address);
}

function refused(name: string, address: string): AppError {
  const what = name === address ? name : `${name} (${address})`;
  return new AppError('FORBIDDEN', `${what} is a private address, and alerts are not sent there`, {
    hint: 'If it is meant, an admin lists it under "Private targets" of Settings, Alerts.',
  });
}

function unknownName(name: string): AppError {
  return new AppError('HOST_UNREACHABLE', `The name ${name} is not known`, {
    hint: 'Check the address of the channel.',
  });
}
