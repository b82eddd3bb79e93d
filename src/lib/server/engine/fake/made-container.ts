import type { CreateBody, Endpoint } from '#lib/domain/docker-run/create-body.ts';
import type { Labels } from '#lib/domain/labels.ts';
import type { UpdateBody } from '../docker/update-body.ts';
import type { MountFacts, PathChange } from '../facts.ts';
import { checkLimits, checkRestart } from './create-rules.ts';
import type { Files } from './files.ts';
import type { Image } from './image.ts';
import { commandLine, endpointsOf, environment } from './launch.ts';
import { PREDEFINED } from './networks.ts';
import { EngineRefusal } from './refusal.ts';
import { ResourceUse } from './resource-use.ts';
import { Restarts } from './restarts.ts';
import type { World } from './world.ts';

/** What a container is made of, whether it runs or not: its body, image, networks and volumes. */
export class MadeContainer {
  readonly id: string;
  readonly image: Image;
  readonly labels: Labels;
  readonly createdAt: number;
  readonly mounts: readonly MountFacts[];
  /** Names of volumes that go with it. */
  readonly anonymous: readonly string[];
  /** Without what is mounted. */
  readonly files: Files;
  /** What differs from its image. */
  changed: readonly PathChange[] = [];
  readonly use: ResourceUse;
  readonly restarts: Restarts;
  protected readonly world: World;
  readonly #endpoints: Map<string, Endpoint>;
  #plan: CreateBody;
  name: string;

  constructor(world: World, name: string, plan: CreateBody, image: Image) {
    this.world = world;
    this.id = world.newId();
    this.name = name;
    this.#plan = plan;
    this.image = image;
    this.labels = { ...image.labels, ...plan.Labels };
    this.createdAt = world.clock.now();
    this.#endpoints = new Map(endpointsOf(plan));
    const { mounts, anonymous } = world.volumes.mount(plan, image.config.volumes);
    this.mounts = mounts;
    this.anonymous = anonymous;
    this.files = image.files.copy();
    this.use = new ResourceUse(world.clock, {
      memoryLimit: plan.HostConfig.Memory ?? world.host.memory,
      // the engine counts what goes through interfaces of the container's own
      hasNetwork: !['none', 'host'].includes(plan.HostConfig.NetworkMode ?? ''),
    });
    this.restarts = new Restarts(plan.HostConfig.RestartPolicy);
  }

  get plan(): CreateBody {
    return this.#plan;
  }

  get argv(): readonly string[] {
    return commandLine(this.plan, this.image);
  }

  get env(): Readonly<Record<string, string>> {
    return environment(this.plan, this.image);
  }

  get cwd(): string {
    return this.plan.WorkingDir ?? this.image.config.workdir ?? '/';
  }

  get user(): string {
    return this.plan.User ?? this.image.config.user ?? '';
  }

  get networks(): readonly string[] {
    return [...this.#endpoints.keys()];
  }

  get endpoints(): ReadonlyMap<string, Endpoint> {
    return this.#endpoints;
  }

  /** While it runs the network is looked at now, else at its start. */
  join(network: string, endpoint: Endpoint, runs: boolean): void {
    if (network === 'host') {
      throw new EngineRefusal(
        400,
        'container cannot be disconnected from host network or connected to host network',
      );
    }
    if (runs && this.#endpoints.has(network))
      throw new EngineRefusal(403, `endpoint with name ${this.name} already exists in network ${network}`);
    if (runs && this.world.networks.find(network) === undefined)
      throw new EngineRefusal(404, `network ${network} not found`);
    if (runs && network in PREDEFINED && (endpoint.Aliases ?? []).length > 0) {
      throw new EngineRefusal(
        400,
        'network-scoped alias is supported only for containers in user defined networks',
      );
    }
    this.#endpoints.set(network, endpoint);
    if (runs) this.tellNetwork('connect', network);
  }

  leave(network: string, runs: boolean): void {
    if (!this.#endpoints.delete(network))
      throw new EngineRefusal(500, `container ${this.id} is not connected to network ${network}`);
    if (runs) this.tellNetwork('disconnect', network);
  }

  /** Refuses all of it or does all of it. */
  update(body: UpdateBody): void {
    const { HostConfig } = this.#plan;
    checkRestart(body.RestartPolicy, false);
    checkLimits(body, this.world.host);
    const words = `Cannot update container ${this.id}: `;
    if (body.RestartPolicy !== undefined && HostConfig.AutoRemove === true) {
      throw new EngineRefusal(
        409,
        `${words}Restart policy cannot be updated because AutoRemove is enabled for the container`,
      );
    }
    this.#plan = { ...this.#plan, HostConfig: { ...HostConfig, ...body } };
    if (body.Memory !== undefined) this.use.limitMemory(Math.min(body.Memory, this.world.host.memory));
    if (body.RestartPolicy !== undefined) this.restarts.change(body.RestartPolicy);
    this.emit('update');
  }

  /** Files were written from outside: they and the folders above them differ now. */
  noteChanges({
    added,
    changed,
  }: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
  }): void {
    const known = new Map(this.changed.map((each) => [each.path, each]));
    for (const path of added) known.set(path, { path, kind: 'added' });
    for (const path of changed) if (!known.has(path)) known.set(path, { path, kind: 'changed' });
    this.changed = [...known.values()];
  }

  emit(action: string, more: Readonly<Record<string, string>> = {}): void {
    const attributes = { ...this.labels, image: this.plan.Image, name: this.name, ...more };
    this.world.events.emit('container', action, this.id, attributes);
  }

  /** After it was removed. */
  dropVolumes(): void {
    for (const name of this.anonymous) this.world.volumes.remove(name, undefined);
  }

  protected tellNetwork(action: 'connect' | 'disconnect', name: string): void {
    const network = this.world.networks.find(name);
    if (network === undefined) return;
    const attributes = { container: this.id, name: network.name, type: network.driver };
    this.world.events.emit('network', action, network.id, attributes);
  }
}
