import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import { toUpdateBody } from '../docker/update-body.ts';
import type * as port from '../facts.ts';
import { makeContainer } from '../make-container.ts';
import { Calls, type Call } from './calls.ts';
import { commit } from './commit.ts';
import type { Conditions } from './conditions.ts';
import type { FakeContainer } from './container.ts';
import { factsOf, summaryOf } from './container-facts.ts';
import { create } from './create.ts';
import { checkName } from './create-rules.ts';
import { processTable } from './process-table.ts';
import { refuseUnlessRunning } from './executions.ts';
import { EngineRefusal } from './refusal.ts';
import { attach, openExec } from './sessions.ts';
import { followLogs, sampleStats } from './streams.ts';
import type { World } from './world.ts';

/** The part of the engine port that is about the engine and its containers. */
export abstract class FakeContainerPort {
  protected readonly world: World;
  protected readonly conditions: Conditions;
  protected readonly calls: Calls;

  /** Of the other part: a container is joined to its networks when it is made. */
  abstract connectNetwork(
    network: string,
    containerId: string,
    endpoint: Endpoint,
    signal?: AbortSignal,
  ): Promise<void>;

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
    const { diskQuota: _disk, gpus: _gpus, ...host } = this.world.host;
    return this.calls.make({ method: 'info', doing: 'read' }, () => ({
      id: `FAKE:${host.name.toUpperCase()}`,
      ...host,
      os: 'Fake Linux',
      cgroupVersion: '1',
      storageDriver: 'overlay2',
      defaultRuntime: 'runc',
      warnings: [],
      time: this.world.clock.now(),
      kernel: 'fake',
      dataRoot: '/var/lib/fake-engine',
      containers: this.world.containers.all().length,
      containersRunning: this.world.containers.all().filter(({ alive }) => alive).length,
      images: this.world.images.all().length,
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
    return this.on('inspectContainer', 'read', id, factsOf, signal);
  }

  createContainer(
    name: string,
    body: CreateBody,
    { platform, signal }: port.CreateOptions = {},
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }> {
    const call = { method: 'createContainer', doing: 'create', subject: name, signal } as const;
    return makeContainer(body, this.world.host.apiVersion, {
      create: (first) => this.calls.make(call, () => create(this.world, name, first, platform)),
      connect: (network, id, endpoint) => this.connectNetwork(network, id, endpoint, signal),
      remove: (id) => this.removeContainer(id, { force: true }),
    });
  }

  startContainer(id: string, signal?: AbortSignal): Promise<void> {
    return this.on('startContainer', 'start', id, (container) => container.start(), signal);
  }

  stopContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.on(
      'stopContainer',
      'stop',
      id,
      (container) => container.stop(wholeSeconds(timeoutMs)),
      signal,
    );
  }

  restartContainer(id: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.on(
      'restartContainer',
      'start',
      id,
      (container) => container.restart(wholeSeconds(timeoutMs)),
      signal,
    );
  }

  killContainer(id: string, signalName: string): Promise<void> {
    return this.on('killContainer', 'kill', id, (container) => container.kill(signalName));
  }

  pauseContainer(id: string): Promise<void> {
    return this.on('pauseContainer', 'pause', id, (container) => container.pause());
  }

  unpauseContainer(id: string): Promise<void> {
    return this.on('unpauseContainer', 'pause', id, (container) => container.unpause());
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
      if (container !== undefined) this.world.containers.remove(container, options.force);
    });
  }

  execute(containerId: string, options: port.ExecOptions): Promise<port.ExecResult> {
    const work = (container: FakeContainer) => container.executions.run(this.world, container, options);
    return this.on('execute', 'exec', containerId, work, options.signal);
  }

  openExec(containerId: string, options: port.OpenExecOptions): Promise<port.ExecSession> {
    return this.on('openExec', 'exec', containerId, (container) =>
      openExec(this.calls, this.world, container, options),
    );
  }

  attach(containerId: string, options: port.AttachOptions): Promise<port.AttachSession> {
    return this.on('attach', 'exec', containerId, (container) => attach(this.calls, container, options));
  }

  resizeContainer(containerId: string, size: port.TerminalSize): Promise<void> {
    return this.on('resizeContainer', 'exec', containerId, (container) => {
      refuseUnlessRunning(container);
      if (container.terminal !== null) container.terminal.size = size;
    });
  }

  processes(containerId: string, signal?: AbortSignal): Promise<port.ProcessTable> {
    return this.on('processes', 'read', containerId, processTable, signal);
  }

  changes(containerId: string, signal?: AbortSignal): Promise<readonly port.PathChange[]> {
    return this.on('changes', 'read', containerId, (container) => container.changed, signal);
  }

  updateContainer(containerId: string, limits: port.ContainerLimits): Promise<void> {
    return this.on('updateContainer', 'update', containerId, (container) => {
      const present = { hostConfig: { ...container.plan.HostConfig }, cpus: this.world.host.cpus };
      const body = toUpdateBody(limits, present);
      if (Object.keys(body).length > 0) container.update(body);
    });
  }

  logs(id: string, options: port.LogOptions): AsyncGenerator<port.LogFrame> {
    return this.calls.stream<port.LogFrame>(
      { method: 'logs', doing: 'logs', signal: options.signal },
      (pipe) => followLogs(this.world.containers.find(id), options, pipe),
    );
  }

  stats(id: string, signal?: AbortSignal): Promise<port.RawStats | null> {
    return this.on(
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
    return this.on('containerSize', 'read', id, (container) => container.use.writableBytes, signal);
  }

  commitContainer(id: string, options: port.CommitOptions): Promise<{ readonly imageId: string }> {
    return this.on(
      'commitContainer',
      'commit',
      id,
      (container) => commit(this.world, container, options),
      options.signal,
    );
  }

  /** A call about one container. */
  protected on<Value>(
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
