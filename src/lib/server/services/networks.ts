import { AppError } from '#lib/domain/errors.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';

/**
 * Makes sure that networks exist before a container is made: the engine would only say so at start. The default network is created when it
 * is absent, any other has to be there.
 */
export class Networks {
  readonly #defaultName: string;
  readonly #instance: string;
  /** Names that were seen on an engine. Emptied when one of its networks goes. */
  readonly #known = new WeakMap<Engine, Set<string>>();
  readonly #creating = new WeakMap<Engine, Promise<string | null>>();

  constructor(defaultName: string, instance: string) {
    this.#defaultName = defaultName;
    this.#instance = instance;
  }

  forget(engine: Engine): void {
    this.#known.delete(engine);
  }

  /**
   * Throws NETWORK_ERROR when one of `names` is missing. Gives the id of the default network when this call made it, so that a failing
   * spawn can take it away again.
   */
  async ensure(engine: Engine, names: readonly string[]): Promise<string | null> {
    const known = this.#known.get(engine) ?? new Set();
    this.#known.set(engine, known);
    if (names.every((name) => known.has(name))) return null;
    known.clear();
    for (const network of await engine.listNetworks()) known.add(network.name);
    const missing = names.filter((name) => !known.has(name));
    const foreign = missing.find((name) => name !== this.#defaultName);
    if (foreign !== undefined) {
      throw new AppError('NETWORK_ERROR', `There is no network "${foreign}" on this host`, {
        hint: `Create it first: docker network create ${foreign}`,
      });
    }
    return missing.length === 0 ? null : this.#create(engine, known);
  }

  /** One creation at a time for each engine: names of networks are not unique by themselves. */
  async #create(engine: Engine, known: Set<string>): Promise<string | null> {
    const running = this.#creating.get(engine);
    if (running !== undefined) {
      await running;
      return null;
    }
    const creating = engine
      .createNetwork(this.#defaultName, { [LABEL.instance]: this.#instance })
      .then((network) => network.id)
      .finally(() => {
        this.#creating.delete(engine);
      });
    this.#creating.set(engine, creating);
    const id = await creating;
    known.add(this.#defaultName);
    return id;
  }
}
