import type { ContainerPlan } from '#lib/domain/container-plan.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type * as port from '../engine.ts';
import { Calls, type Call } from './calls.ts';
import { commit } from './commit.ts';
import type { Conditions } from './conditions.ts';
import { FakeContainer } from './container.ts';
import { factsOf, summaryOf } from './container-facts.ts';
import { checkName, checkPlan } from './create-rules.ts';
import { toFacts } from './images.ts';
import { EngineRefusal } from './refusal.ts';
import { commandLine } from './launch.ts';
import { followLogs, sampleStats } from './streams.ts';
import type { World } from './world.ts';

/** The engine port onto a world in memory. FakeEngine adds the levers. */
export class FakePort implements port.Engine {
  protected readonly world: World;
  protected readonly conditions: Conditions;
  protected readonly calls: Calls;

  constructor(world: World, conditions: Conditions) {
    this.world = world;
    this.conditions = conditions;
    this.calls = new Calls(conditions);
  }

  async ping(timeoutMs: number): Promise<void> {
    await this.calls.make({ method: 'ping', doing: 'ping', deadlineMs: timeoutMs }, () => undefined);
  }

  version(): Promise<port.EngineVersion> {
    return Promise.resolve({
      version: this.world.host.version,
      apiVersion: this.world.host.apiVersion,
      flavour: 'docker',
    });
  }

  info(): Promise<port.EngineInfo> {
    return this.calls.make({ method: 'info', doing: 'read' }, () => ({
      id: `FAKE:${this.world.host.name.toUpperCase()}`,
      ...this.world.host,
      os: 'Fake Linux',
      cgroupVersion: '1',
      storageDriver: 'overlay2',
      runtimes: ['runc'],
      warnings: [],
      time: this.world.clock.now(),
    }));
  }

  events({
    since,
    signal,
  }: {
    readonly since?: number;
    readonly signal: AbortSignal;
  }): AsyncGenerator<port.EngineEvent> {
    return this.calls.stream<port.EngineEvent>({ method: 'events', doing: 'events', signal }, (pipe) =>
      this.world.events.listen(since, (event) => pipe.push(event)),
    );
  }

  listContainers(
    options: { readonly labels?: Labels; readonly signal?: AbortSignal } = {},
  ): Promise<readonly port.ContainerSummary[]> {
    const wanted = Object.entries(options.labels ?? {});
    return this.calls.make({ method: 'listContainers', doing: 'read', signal: options.signal }, () =>
      this.world.containers
        .all()
        .toReversed()
        .filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value))
        .map((container) => summaryOf(this.world, container)),
    );
  }

  inspectContainer(id: string, signal?: AbortSignal): Promise<port.ContainerFacts> {
    return this.#on('inspectContainer', 'read', id, factsOf, signal);
  }

  createContainer(
    name: string,
    plan: ContainerPlan,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    return this.calls.make({ method: 'createContainer', doing: 'create', subject: name, signal }, () => {
      checkPlan(plan, this.world.host);
      const image = this.world.images.find(plan.Image);
      if (image === undefined) throw new EngineRefusal(404, `No such image: ${plan.Image}`);
      if (commandLine(plan, image).length === 0) throw new EngineRefusal(400, 'No command specified');
      checkName(name, (taken) => this.world.containers.named(taken)?.id);
      const container = new FakeContainer(this.world, name, plan, image);
      this.world.containers.add(container);
      return { id: container.id, warnings: [] };
    });
  }

  startContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.#on('startContainer', 'start', id, (container) => container.start(), signal);
  }

  stopContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#on(
      'stopContainer',
      'stop',
      id,
      (container) => container.stop(wholeSeconds(timeoutMs)),
      signal,
    );
  }

  restartContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#on(
      'restartContainer',
      'start',
      id,
      (container) => container.restart(wholeSeconds(timeoutMs)),
      signal,
    );
  }

  killContainer(id: string, signalName: string): Promise<void> {
    return this.#on('killContainer', 'kill', id, (container) => container.kill(signalName));
  }

  pauseContainer(id: string): Promise<void> {
    return this.#on('pauseContainer', 'pause', id, (container) => container.pause());
  }

  unpauseContainer(id: string): Promise<void> {
    return this.#on('unpauseContainer', 'pause', id, (container) => container.unpause());
  }

  renameContainer(id: string, name: string): Promise<void> {
    return this.calls.make({ method: 'renameContainer', doing: 'rename', subject: name }, () => {
      const container = this.world.containers.find(id);
      if (container.name === name) {
        throw new EngineRefusal(400, 'Renaming a container with the same name as its current name');
      }
      checkName(name, (taken) => this.world.containers.named(taken)?.id);
      container.rename(name);
    });
  }

  removeContainer(id: string, options: { readonly force: boolean }): Promise<void> {
    return this.calls.make({ method: 'removeContainer', doing: 'remove' }, () => {
      const container = this.world.containers.lookUp(id);
      if (container === undefined) return;
      container.giveUp(options.force);
      this.world.containers.delete(container);
    });
  }

  logs(id: string, options: port.LogOptions): AsyncGenerator<port.LogFrame> {
    return this.calls.stream<port.LogFrame>(
      { method: 'logs', doing: 'logs', signal: options.signal },
      (pipe) => followLogs(this.world.containers.find(id), options, pipe),
    );
  }

  stats(id: string, signal?: AbortSignal): Promise<port.RawStats | null> {
    return this.#on(
      'stats',
      'stats',
      id,
      (container) => (container.alive ? container.use.read() : null),
      signal,
    );
  }

  statsStream(id: string, signal: AbortSignal): AsyncGenerator<port.RawStats> {
    return this.calls.stream<port.RawStats>({ method: 'statsStream', doing: 'stats', signal }, (pipe) =>
      sampleStats(this.world.clock, this.world.containers.find(id), pipe),
    );
  }

  containerSize(id: string, signal?: AbortSignal): Promise<number | null> {
    return this.#on('containerSize', 'read', id, (container) => container.use.writableBytes, signal);
  }

  commitContainer(id: string, options: port.CommitOptions): Promise<{ readonly imageId: string }> {
    return this.#on(
      'commitContainer',
      'commit',
      id,
      (container) => commit(this.world, container, options),
      options.signal,
    );
  }

  inspectImage(reference: string, signal?: AbortSignal): Promise<port.ImageFacts | null> {
    return this.calls.make({ method: 'inspectImage', doing: 'image', subject: reference, signal }, () => {
      const image = this.world.images.find(reference);
      return image === undefined ? null : toFacts(image);
    });
  }

  listImages(): Promise<readonly port.ImageFacts[]> {
    return this.calls.make({ method: 'listImages', doing: 'read' }, () => this.world.images.list());
  }

  pullImage(
    reference: string,
    options: { readonly signal: AbortSignal; readonly onProgress?: (progress: port.PullProgress) => void },
  ): Promise<void> {
    const { signal, onProgress = () => undefined } = options;
    return this.calls.make({ method: 'pullImage', doing: 'pull', subject: reference, signal }, async () => {
      const found = await this.world.registry.pull(reference, signal, onProgress);
      const image = this.world.images.add(reference, found);
      this.world.events.emit('image', 'pull', reference, { ...image.labels, name: reference });
    });
  }

  removeImage(reference: string, options: { readonly force: boolean }): Promise<void> {
    return this.calls.make({ method: 'removeImage', doing: 'image', subject: reference }, () => {
      if (this.world.images.find(reference) === undefined) return;
      this.world.images.remove(reference, options.force, (image) => this.world.containers.madeFrom(image));
    });
  }

  listNetworks(): Promise<readonly port.NetworkFacts[]> {
    return this.calls.make({ method: 'listNetworks', doing: 'network' }, () => this.world.networks.list());
  }

  createNetwork(name: string, labels: Labels): Promise<port.NetworkFacts> {
    return this.calls.make({ method: 'createNetwork', doing: 'network', subject: name }, () =>
      this.world.networks.create(name, labels),
    );
  }

  connectNetwork(network: string, containerId: string): Promise<void> {
    return this.calls.make({ method: 'connectNetwork', doing: 'network', subject: network }, () => {
      // one that is not there is refused at start, not here
      const name = this.world.networks.find(network)?.name ?? network;
      this.world.containers.find(containerId).join(name);
    });
  }

  removeNetwork(id: string): Promise<void> {
    return this.calls.make({ method: 'removeNetwork', doing: 'network' }, () =>
      this.world.networks.remove(id, (name) => this.world.containers.isInUse(name)),
    );
  }

  close(): void {
    this.conditions.breakStreams();
  }

  /** A call about one container. */
  #on<Value>(
    method: Call['method'],
    doing: Call['doing'],
    id: string,
    work: (container: FakeContainer) => Value | Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    return this.calls.make({ method, doing, signal }, () => work(this.world.containers.find(id)));
  }
}

/** The engine takes whole seconds. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
