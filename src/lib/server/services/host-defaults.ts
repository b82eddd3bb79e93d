/** Defaults of single hosts, which lie over the instance's and under those of types. */
import { hostDefaultsInput, type HostDefaults } from '#lib/domain/inputs/host-defaults-input.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { HostDefaultsView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { InstanceDefaults } from './spec-maker.ts';

/** What is absent is the instance's. */
type Own = HostDefaultsView['own'];

export interface HostDefaultsParts {
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly settings: SettingsRepository;
  readonly defaults: InstanceDefaults;
}

export class HostDefaultsService {
  readonly #parts: HostDefaultsParts;
  /** Every spawn asks. */
  readonly #known = new Map<string, Own>();

  constructor(parts: HostDefaultsParts) {
    this.#parts = parts;
  }

  /** Throws NOT_FOUND. */
  get(actor: Actor | null, hostId: string): HostDefaultsView {
    authorize(actor, 'hosts.see');
    return this.#view(this.#parts.fleet.get(hostId).id);
  }

  /** Replaces all of them; what is left out is the instance's again. Throws NOT_FOUND, VALIDATION. */
  put(actor: Actor | null, hostId: string, raw: unknown): HostDefaultsView {
    const who = authorize(actor, 'hosts.change');
    const { fleet, journal, settings } = this.#parts;
    const host = fleet.get(hostId);
    const wish = given(parseInput(hostDefaultsInput, raw));
    journal.commit((tell) => {
      settings.set(keyOf(host.id), JSON.stringify(wish));
      tell({ kind: 'changed', what: 'settings', subject: `defaults of ${host.name}`, by: asReason(who) });
    });
    this.#known.set(host.id, wish);
    return this.#view(host.id);
  }

  /** Those of a host over the instance's; of the instance alone where no host is chosen yet. */
  of(hostId: string | null): InstanceDefaults {
    return hostId === null ? this.#parts.defaults : { ...this.#parts.defaults, ...this.#own(hostId) };
  }

  /** Whether what an agent leaves out may mean another thing on another host. */
  differ(): boolean {
    return this.#parts.fleet.hosts().some((host) => Object.keys(this.#own(host.id)).length > 0);
  }

  #own(hostId: string): Own {
    const known = this.#known.get(hostId);
    if (known !== undefined) return known;
    const kept = this.#parts.settings.get(keyOf(hostId));
    const read = kept === null ? {} : (JSON.parse(kept) as Own);
    this.#known.set(hostId, read);
    return read;
  }

  #view(hostId: string): HostDefaultsView {
    const { defaults } = this.#parts;
    return { own: this.#own(hostId), instance: defaults };
  }
}

function given({ memory, cpu, pids, network }: HostDefaults): Own {
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(pids === undefined ? {} : { pids }),
    ...(network === undefined ? {} : { network }),
  };
}

function keyOf(hostId: string): string {
  return `host-defaults.${hostId}`;
}
