import type { Labels } from '#lib/domain/labels.ts';
import type { NetworkFacts } from '../facts.ts';
import type { EventLog } from './event-log.ts';
import { EngineRefusal } from './refusal.ts';

/** Networks that every engine has. Nothing in them has a DNS name of its own. */
export const PREDEFINED = { bridge: 'bridge', host: 'host', none: 'null' } as const;

export class Networks {
  readonly #events: EventLog;
  readonly #newId: () => string;
  readonly #networks = new Map<string, NetworkFacts>();

  constructor(events: EventLog, newId: () => string) {
    this.#events = events;
    this.#newId = newId;
    for (const [name, driver] of Object.entries(PREDEFINED))
      this.#add({ id: newId(), name, driver, labels: {} });
  }

  list(): readonly NetworkFacts[] {
    return [...this.#networks.values()];
  }

  /** By name or id. */
  find(nameOrId: string): NetworkFacts | undefined {
    return this.#networks.get(nameOrId) ?? this.list().find((network) => network.name === nameOrId);
  }

  create(name: string, labels: Labels): NetworkFacts {
    if (name.trim() === '') throw new EngineRefusal(500, `invalid name: ${name}`);
    if (this.find(name) !== undefined)
      throw new EngineRefusal(409, `network with name ${name} already exists`);
    const network = this.#add({ id: this.#newId(), name, driver: 'bridge', labels });
    this.#events.emit('network', 'create', network.id, { name, type: network.driver });
    return network;
  }

  remove(nameOrId: string, inUse: (name: string) => boolean): void {
    const network = this.find(nameOrId);
    if (network === undefined) throw new EngineRefusal(404, `network ${nameOrId} not found`);
    const { id, name, driver } = network;
    if (name in PREDEFINED)
      throw new EngineRefusal(403, `${name} is a pre-defined network and cannot be removed`);
    if (inUse(name))
      throw new EngineRefusal(
        403,
        `error while removing network: network ${name} id ${id} has active endpoints`,
      );
    this.#networks.delete(id);
    this.#events.emit('network', 'destroy', id, { name, type: driver });
  }

  #add(network: NetworkFacts): NetworkFacts {
    this.#networks.set(network.id, network);
    return network;
  }
}
