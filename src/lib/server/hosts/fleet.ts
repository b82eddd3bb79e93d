import { AppError, notFound } from '#lib/domain/errors.ts';
import type { HostId } from '#lib/domain/ids.ts';
import type { HostView } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';
import { Host, type HostListener, type HostOptions } from './host.ts';

/** All hosts. A dead or hung one never holds up the others: nothing here waits for an engine but what asks that engine. */
export class Fleet {
  readonly #hosts = new Map<HostId, Host>();
  readonly #listeners: HostListener[] = [];

  /** Listeners hear of every host, also of those that were there before. */
  listen(listener: HostListener): void {
    this.#listeners.push(listener);
  }

  add(options: HostOptions): Host {
    const host = new Host(options, {
      changed: (changed) => {
        for (const each of this.#listeners) each.changed(changed);
      },
      online: (online, engine, signal) => {
        for (const each of this.#listeners) each.online(online, engine, signal);
      },
    });
    this.#hosts.set(host.id, host);
    return host;
  }

  /** Connects to all; resolves when each has answered or failed once, or after `patienceMs`. */
  async start(patienceMs: number): Promise<void> {
    const patience = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      patience.resolve(undefined);
    }, patienceMs);
    await Promise.race([Promise.all(this.hosts().map((host) => host.start())), patience.promise]);
    clearTimeout(timer);
  }

  hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  find(id: string): Host | undefined {
    for (const host of this.#hosts.values()) if (host.id === id) return host;
    return undefined;
  }

  /** By id. Throws NOT_FOUND. */
  get(id: string): Host {
    const host = this.find(id);
    if (host === undefined) throw notFound('host', id);
    return host;
  }

  /** The engine of a host. Throws NOT_FOUND, SOCKET_ERROR or HOST_UNREACHABLE. */
  engine(id: string): Engine {
    return this.get(id).engine();
  }

  /**
   * Where a new agent goes: the named host, or for `auto` the reachable one with most memory. Throws NOT_FOUND for an unknown name and
   * SOCKET_ERROR when none is reachable.
   */
  place(wish: string): Host {
    if (wish !== 'auto') {
      const named = this.hosts().find((host) => host.name === wish || host.id === wish);
      if (named === undefined) throw notFound('host', wish);
      named.engine();
      return named;
    }
    const reachable = this.hosts().filter((host) => host.state === 'online' || host.state === 'degraded');
    const best = reachable.toSorted((a, b) => (b.info?.memory ?? 0) - (a.info?.memory ?? 0))[0];
    if (best !== undefined) return best;
    this.hosts()[0]?.engine();
    throw new AppError('SOCKET_ERROR', 'No host is reachable');
  }

  views(): HostView[] {
    return this.hosts().map((host) => host.view());
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts().map((host) => host.close()));
  }
}
