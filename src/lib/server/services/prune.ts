/** Cleaning up: stopped agents, images without a name, networks and volumes that Slipway made and nothing uses. Dry run first. */
import { AppError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { pruneInput, type PruneInput } from '#lib/domain/inputs/verb-inputs.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { OperationView, PruneItem } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { toProblem, type Operations } from './operations.ts';
import type { Removal } from './removal.ts';

export interface PruneParts {
  readonly instance: string;
  readonly defaultNetwork: string;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly operations: Operations;
  readonly removal: Removal;
}

export interface Pruned {
  readonly dryRun: boolean;
  readonly items: readonly PruneItem[];
  readonly count: number;
  /** What it frees, as far as the engine says. Bytes. */
  readonly size: number;
  readonly operation: OperationView | null;
}

interface Found extends PruneItem {
  readonly go: () => Promise<unknown>;
}

const ENDED = ['stopped', 'exited', 'crashed', 'failed'];

export class PruneService {
  readonly #parts: PruneParts;

  constructor(parts: PruneParts) {
    this.#parts = parts;
  }

  /**
   * Lists what would go; without `dryRun` it goes, each with its own result. Agents need their owner's right, the rest an admin's. Throws
   * NOT_FOUND for an unknown host. Hosts that do not answer are left out.
   */
  async prune(actor: Actor | null, raw: unknown): Promise<Pruned> {
    const wish = parseInput(pruneInput, raw);
    const who = authorize(
      actor,
      wish.images || wish.networks || wish.volumes ? 'host.prune' : 'agents.change',
    );
    const found = (await Promise.all(this.#hosts(wish).map((host) => this.#find(host, wish, who)))).flat();
    if (wish.dryRun || found.length === 0) return result(wish.dryRun, found.map(plain), null);
    const items: PruneItem[] = [];
    const started = this.#parts.operations.start(
      {
        kind: 'prune',
        agent: null,
        hostId: null,
        actor: asReason(who),
        steps: ['prune'],
        cancellable: true,
        request: { ...wish },
      },
      (operation) =>
        operation.step('prune', async (note) => {
          for (const [index, each] of found.entries()) {
            operation.signal.throwIfAborted();
            operation.progress('prune', Math.floor((index / found.length) * 100), each.name);
            const error = await each.go().then(
              () => null,
              (problem: unknown) => toProblem(problem),
            );
            items.push({ ...plain(each), error });
            operation.output(`${each.kind} ${each.name}: ${error === null ? 'gone' : error.message}`);
          }
          const failed = items.filter((each) => each.error !== null).length;
          note(`${items.length - failed} gone${failed === 0 ? '' : `, ${failed} not`}`);
        }),
    );
    await started.done;
    return result(false, items, this.#parts.operations.get(who, started.id));
  }

  #hosts({ host: name }: PruneInput): readonly Host[] {
    const { fleet } = this.#parts;
    return name === undefined ? fleet.hosts() : [fleet.place(name)];
  }

  async #find(host: Host, wish: PruneInput, actor: Actor): Promise<readonly Found[]> {
    try {
      // nothing can be removed there now, agents neither
      host.engine();
      return [
        ...this.#agents(host, wish, actor),
        ...(wish.images ? await this.#images(host) : []),
        ...(wish.networks ? await this.#networks(host) : []),
        ...(wish.volumes ? await this.#volumes(host) : []),
      ];
    } catch (error) {
      if (error instanceof AppError && (error.code === 'SOCKET_ERROR' || error.code === 'HOST_UNREACHABLE'))
        return [];
      throw error;
    }
  }

  #agents(host: Host, { agentsOlderThan }: PruneInput, actor: Actor): readonly Found[] {
    if (agentsOlderThan === undefined) return [];
    const before = Date.now() - agentsOlderThan * 1000;
    const endOf = (row: AgentRow) => row.endedAt ?? row.since;
    return this.#parts.agents
      .onHost(host.id)
      .filter(
        (row) => ENDED.includes(row.state) && endOf(row) <= before && !this.#parts.operations.isBusy(row.id),
      )
      .map((row) => ({
        ...item(host, 'agent', row.id, row.name, `${row.state} since ${new Date(endOf(row)).toISOString()}`),
        go: () => this.#removeEnded(row, actor),
      }));
  }

  /** Those before it take their time: it may have been started meanwhile. */
  async #removeEnded({ id, name }: AgentRow, actor: Actor): Promise<unknown> {
    const { agents, operations, removal } = this.#parts;
    const now = agents.byId(id);
    if (now === undefined || now.state === 'removed') return null;
    if (!ENDED.includes(now.state) || operations.isBusy(now.id))
      throw new AppError('CONFLICT', `${name} is ${now.state} again`);
    return removal.remove(now, asReason(actor), { timeoutMs: 10_000, graceMs: 0 }).done;
  }

  async #images(host: Host): Promise<readonly Found[]> {
    const engine = host.engine();
    const [images, containers] = await Promise.all([
      engine.listImages({ dangling: true }),
      engine.listContainers(),
    ]);
    const used = new Set(containers.map((each) => each.imageId));
    return images
      .filter((image) => !used.has(image.id))
      .map((image) => ({
        ...item(host, 'image', image.id, image.id.slice(7, 19), 'has no name and nothing uses it'),
        size: image.size,
        go: () => engine.removeImage(image.id, { force: false }),
      }));
  }

  async #networks(host: Host): Promise<readonly Found[]> {
    const engine = host.engine();
    const [networks, containers] = await Promise.all([engine.listNetworks(), engine.listContainers()]);
    const used = new Set(containers.flatMap((each) => each.networks));
    return networks
      .filter(
        (network) =>
          network.labels[LABEL.instance] === this.#parts.instance &&
          !used.has(network.name) &&
          // the next agent would need it again at once
          network.name !== this.#parts.defaultNetwork,
      )
      .map((network) => ({
        ...item(host, 'network', network.id, network.name, 'Slipway made it and nothing uses it'),
        go: () => engine.removeNetwork(network.id),
      }));
  }

  async #volumes(host: Host): Promise<readonly Found[]> {
    const engine = host.engine();
    const [volumes, containers] = await Promise.all([engine.listVolumes(), engine.listContainers()]);
    const used = new Set(
      containers.flatMap((each) =>
        each.mounts.filter((mount) => mount.type === 'volume').map((mount) => mount.source),
      ),
    );
    // an agent that has no container now may get one again, with its files
    const wanted = new Set(
      this.#parts.agents
        .onHost(host.id)
        .flatMap(({ spec }) => [
          ...spec.volumes.map((volume) => volume.source),
          ...spec.sharedVolumes.map((shared) => shared.volume),
        ]),
    );
    return volumes
      .filter(
        (volume) =>
          volume.labels[LABEL.instance] === this.#parts.instance &&
          !used.has(volume.name) &&
          !wanted.has(volume.name),
      )
      .map((volume) => ({
        ...item(host, 'volume', volume.name, volume.name, 'Slipway made it and no container mounts it'),
        go: () => engine.removeVolume(volume.name),
      }));
  }
}

function item(host: Host, kind: PruneItem['kind'], id: string, name: string, why: string): PruneItem {
  return { kind, id, name, host: host.name, size: null, why, error: null };
}

function plain({ go: _, ...rest }: Found): PruneItem {
  return rest;
}

function result(dryRun: boolean, items: readonly PruneItem[], operation: OperationView | null): Pruned {
  const size = items.reduce((sum, each) => sum + (each.error === null ? (each.size ?? 0) : 0), 0);
  return { dryRun, items, count: items.length, size, operation };
}
