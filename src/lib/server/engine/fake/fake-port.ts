import type { Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../engine.ts';
import { FakeContentPort } from './content-port.ts';
import { EngineRefusal } from './refusal.ts';

/** The engine port onto a world in memory. FakeEngine adds the levers. */
export class FakePort extends FakeContentPort implements port.Engine {
  listNetworks(): Promise<readonly port.NetworkFacts[]> {
    return this.calls.make({ method: 'listNetworks', doing: 'network' }, () => this.world.networks.list());
  }

  createNetwork(name: string, labels: Labels): Promise<port.NetworkFacts> {
    return this.calls.make({ method: 'createNetwork', doing: 'network', subject: name }, () =>
      this.world.networks.create(name, labels),
    );
  }

  connectNetwork(
    network: string,
    containerId: string,
    endpoint: Endpoint,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.calls.make({ method: 'connectNetwork', doing: 'network', subject: network, signal }, () => {
      const name = this.world.networks.find(network)?.name ?? network;
      const container = this.world.containers.find(containerId);
      container.join(name, endpoint, container.alive);
    });
  }

  disconnectNetwork(
    network: string,
    containerId: string,
    options: { readonly force: boolean },
  ): Promise<void> {
    return this.calls.make({ method: 'disconnectNetwork', doing: 'network', subject: network }, () => {
      const name = this.world.networks.find(network)?.name ?? network;
      const container = this.world.containers.lookUp(containerId);
      if (container === undefined && options.force) return;
      if (container === undefined) throw new EngineRefusal(404, `No such container: ${containerId}`);
      if (container.networks.includes(name)) container.leave(name, container.alive);
    });
  }

  removeNetwork(id: string): Promise<void> {
    return this.calls.make({ method: 'removeNetwork', doing: 'network' }, () =>
      this.world.networks.remove(id, (name) => this.world.containers.isInUse(name)),
    );
  }

  listVolumes(): Promise<readonly port.VolumeFacts[]> {
    return this.calls.make({ method: 'listVolumes', doing: 'volume' }, () => this.world.volumes.list());
  }

  inspectVolume(name: string): Promise<port.VolumeFacts | null> {
    return this.calls.make(
      { method: 'inspectVolume', doing: 'volume', subject: name },
      () => this.world.volumes.find(name) ?? null,
    );
  }

  createVolume(name: string, labels: Labels, signal?: AbortSignal): Promise<port.VolumeFacts> {
    return this.calls.make({ method: 'createVolume', doing: 'volume', subject: name, signal }, () =>
      this.world.volumes.create(name, labels),
    );
  }

  removeVolume(name: string): Promise<void> {
    return this.calls.make({ method: 'removeVolume', doing: 'volume', subject: name }, () => {
      if (this.world.volumes.find(name) === undefined) return;
      this.world.volumes.remove(name, this.world.containers.userOf(name));
    });
  }

  close(): void {
    this.conditions.breakStreams();
  }
}
