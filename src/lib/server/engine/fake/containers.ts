import { FakeContainer } from './container.ts';
import type { Image } from './image.ts';
import { EngineRefusal } from './refusal.ts';

/** The containers of one fake engine, oldest first. */
export class Containers {
  readonly #byId = new Map<string, FakeContainer>();

  all(): readonly FakeContainer[] {
    return [...this.#byId.values()];
  }

  add(container: FakeContainer): void {
    this.#byId.set(container.id, container);
  }

  /** Takes it away with its anonymous volumes. Refuses one that runs, unless by force. */
  remove(container: FakeContainer, force: boolean): void {
    container.giveUp(force);
    this.#byId.delete(container.id);
    container.dropVolumes();
  }

  /** A container that has a volume, whether it runs or not. */
  userOf(volume: string): string | undefined {
    return this.all().find(({ mounts }) =>
      mounts.some(({ type, source }) => type === 'volume' && source === volume),
    )?.id;
  }

  /** By id, name, or the beginning of an id that only one has. */
  lookUp(id: string): FakeContainer | undefined {
    const exact = this.#byId.get(id) ?? this.named(id);
    if (exact !== undefined) return exact;
    const alike = this.all().filter((container) => id !== '' && container.id.startsWith(id));
    return alike.length === 1 ? alike[0] : undefined;
  }

  find(id: string): FakeContainer {
    const container = this.lookUp(id);
    if (container === undefined) throw new EngineRefusal(404, `No such container: ${id}`);
    return container;
  }

  /** For levers: throws a plain Error, since it is the test that is wrong. */
  running(id: string): FakeContainer {
    const container = this.lookUp(id);
    if (container?.alive !== true) throw new Error(`there is no fake container ${id} that runs`);
    return container;
  }

  named(name: string): FakeContainer | undefined {
    return this.all().find((container) => container.name === name);
  }

  madeFrom(image: Image): readonly FakeContainer[] {
    return this.all().filter((container) => container.image === image);
  }

  isInUse(network: string): boolean {
    return this.all().some((container) => container.alive && container.networks.includes(network));
  }

  /** Who holds a port of the host. */
  holderOf(ip: string, port: number): FakeContainer | undefined {
    const anywhere = '0.0.0.0';
    return this.all().find((container) =>
      container.ports.some(
        (each) => each.host === port && (each.ip === ip || each.ip === anywhere || ip === anywhere),
      ),
    );
  }

  freePort(ip: string): number {
    let port = 32_768;
    while (this.holderOf(ip, port) !== undefined) port += 1;
    return port;
  }
}
