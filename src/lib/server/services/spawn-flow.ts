/** The flow of a spawn: image, network, container, start, ready; and back to nothing when a step fails. */
import { setTimeout as delay } from 'node:timers/promises';
import { containerName } from '#lib/domain/agent-name.ts';
import { hasNames, planContainer } from '#lib/domain/container-plan.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import { agentLabels, LABEL } from '#lib/domain/labels.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AgentRecords } from './agent-records.ts';
import type { Networks } from './networks.ts';
import { notReady, READY_TIMEOUT_MS } from './not-ready.ts';
import { toProblem, type Operation } from './operations.ts';
import { Semaphore } from './semaphore.ts';

/** More at once gain nothing: an engine starts about eight containers a second whatever is asked of it. */
const SPAWNS_AT_ONCE = 4;
export const SPAWN_STEPS = ['validate', 'image', 'network', 'create', 'start', 'ready'] as const;

export interface SpawnFlowParts {
  readonly instance: string;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly networks: Networks;
}

export class SpawnFlow {
  readonly #parts: SpawnFlowParts;
  readonly #turns = new Map<HostId, Semaphore>();

  constructor(parts: SpawnFlowParts) {
    this.#parts = parts;
  }

  /** Brings an agent in `queued`, `preparing` or `creating` to `ready`. Throws what went wrong, after it was cleaned up and written down. */
  async run(operation: Operation, id: AgentId): Promise<AgentRow> {
    const { agents, records } = this.#parts;
    const made: { engine: Engine | null; containerId: string | null; networkId: string | null } = {
      engine: null,
      containerId: null,
      networkId: null,
    };
    try {
      const hostId = this.#row(id).hostId;
      return await this.#turn(hostId).run(operation.signal, () => this.#make(operation, id, made));
    } catch (error) {
      const problem = toProblem(operation.signal.aborted ? operation.signal.reason : error);
      const row = agents.byId(id);
      // the engine's facts came first: it ended or went while it was starting
      if (row === undefined || !['queued', 'preparing', 'creating', 'starting'].includes(row.state))
        throw error;
      const keep = problem.code === 'READY_TIMEOUT';
      // written down first, and without its container: else the events of the cleaning up would count as news of the agent
      records.fail(
        id,
        problem,
        keep ? {} : { containerId: null, endedAt: row.startedAt === null ? null : Date.now() },
      );
      if (!keep && made.engine !== null) await this.#cleanUp(made.engine, id, made.networkId);
      throw error;
    }
  }

  #turn(hostId: HostId): Semaphore {
    const turn = this.#turns.get(hostId) ?? new Semaphore(SPAWNS_AT_ONCE);
    this.#turns.set(hostId, turn);
    return turn;
  }

  async #make(
    operation: Operation,
    id: AgentId,
    made: { engine: Engine | null; containerId: string | null; networkId: string | null },
  ): Promise<AgentRow> {
    const { fleet, records, networks, instance } = this.#parts;
    const row = this.#row(id);
    const { spec, name } = row;
    const engine = await operation.step('validate', async (note) => {
      const host = fleet.get(row.hostId);
      const ready = host.engine();
      if (row.state !== 'queued') await this.#cleanUp(ready, id, null);
      refuseTooMuch(spec.resources, host.info);
      note(`on ${host.name}`);
      return ready;
    });
    made.engine = engine;
    if (row.state === 'queued') records.move(id, 'preparing', row.reason);
    const imageId = await operation.step('image', (note) =>
      this.#image(operation, engine, spec.image, spec.pull, note),
    );
    await operation.step('network', async (note) => {
      made.networkId = await networks.ensure(engine, spec.networks);
      note(made.networkId === null ? spec.networks.join(', ') : `made ${spec.networks.join(', ')}`);
    });
    if (this.#row(id).state === 'preparing') records.move(id, 'creating', row.reason);
    const containerId = await operation.step('create', async (note) => {
      const labels = agentLabels({ instance, id, name, type: row.type, tags: spec.tags });
      const container = await engine.createContainer(
        containerName(name),
        planContainer(name, spec, labels),
        operation.signal,
      );
      for (const network of spec.networks.slice(1)) {
        await engine.connectNetwork(network, container.id, hasNames(network) ? [name] : []);
      }
      if (container.warnings.length > 0) note(container.warnings.join('; '));
      return container.id;
    });
    made.containerId = containerId;
    records.move(id, 'starting', row.reason, { containerId, imageId });
    await operation.step('start', () => engine.startContainer(containerId, operation.signal));
    return operation.step('ready', (note) => this.#ready(operation, engine, id, containerId, note));
  }

  async #image(
    operation: Operation,
    engine: Engine,
    image: string,
    pull: string,
    note: (text: string) => void,
  ): Promise<string> {
    const here = await engine.inspectImage(image, operation.signal);
    if (here !== null && pull !== 'always') {
      note('here already');
      return here.id;
    }
    if (pull === 'never') {
      throw new AppError('IMAGE_NOT_FOUND', `The image ${image} is not on this host`, {
        hint: image.startsWith('slipway/')
          ? 'This type has no image here yet. Name one with "image".'
          : 'Pull it first, or allow it to be pulled.',
      });
    }
    const layers = new Map<string, { current: number; total: number }>();
    await engine.pullImage(image, {
      signal: operation.signal,
      onProgress: ({ layer, status, current, total }) => {
        if (layer !== null && total !== null && status === 'Downloading')
          layers.set(layer, { current: current ?? 0, total });
        if (layer !== null && /complete|exists/i.test(status)) {
          const known = layers.get(layer);
          if (known !== undefined) layers.set(layer, { ...known, current: known.total });
        }
        const sums = [...layers.values()].reduce(
          (sum, each) => ({ current: sum.current + each.current, total: sum.total + each.total }),
          { current: 0, total: 0 },
        );
        const percent = sums.total === 0 ? null : Math.floor((sums.current / sums.total) * 100);
        operation.progress(
          'image',
          percent,
          percent === null
            ? `Pulling ${image}`
            : `Pulling ${percent} %, ${formatBytes(sums.current)} of ${formatBytes(sums.total)}`,
        );
      },
    });
    const pulled = await engine.inspectImage(image, operation.signal);
    if (pulled === null) throw new AppError('PULL_FAILED', `${image} was pulled and is not here`);
    note('pulled');
    return pulled.id;
  }

  /** Running is ready, unless the image has a health check: then healthy is. */
  async #ready(
    operation: Operation,
    engine: Engine,
    id: AgentId,
    containerId: string,
    note: (text: string) => void,
  ): Promise<AgentRow> {
    const { records } = this.#parts;
    const started = Date.now();
    for (let pause = 100; ; pause = Math.min(pause * 1.5, 1_000)) {
      const facts = await engine.inspectContainer(containerId, operation.signal);
      const row = this.#row(id);
      if (row.state === 'ready') return row;
      if (row.state !== 'starting') throw endedEarly(row.exitCode);
      if (facts.status === 'exited' || facts.status === 'dead') {
        records.observe(
          id,
          { kind: 'exited', exitCode: facts.exitCode, oomKilled: facts.oomKilled, by: 'itself' },
          { startedAt: facts.startedAt, endedAt: facts.finishedAt },
        );
        throw endedEarly(facts.exitCode);
      }
      if (row.startedAt !== facts.startedAt)
        records.patch(id, { startedAt: facts.startedAt, endedAt: null, exitCode: null });
      if (isReady(facts)) {
        note(
          facts.health === 'none'
            ? 'running'
            : `healthy after ${((Date.now() - started) / 1000).toFixed(1)} s`,
        );
        operation.commitPoint();
        return records.move(id, 'ready', row.reason);
      }
      if (Date.now() - started > READY_TIMEOUT_MS) {
        throw await notReady(engine, containerId);
      }
      await delay(pause, undefined, { signal: operation.signal });
    }
  }

  /** Takes away every container that carries this agent's id, and the network that this spawn made. Fails in silence: the reconciler comes after it. */
  async #cleanUp(engine: Engine, id: AgentId, networkId: string | null): Promise<void> {
    try {
      const labels = { [LABEL.instance]: this.#parts.instance, [LABEL.agentId]: id };
      for (const container of await engine.listContainers({ labels }))
        await engine.removeContainer(container.id, { force: true });
      if (networkId !== null) {
        await engine.removeNetwork(networkId);
        this.#parts.networks.forget(engine);
      }
    } catch {
      // the engine went away in the middle of it
    }
  }

  #row(id: AgentId): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw new Error(`no agent ${id}`);
    return row;
  }
}

function isReady(facts: ContainerFacts): boolean {
  return facts.status === 'running' && (facts.health === 'none' || facts.health === 'healthy');
}

function endedEarly(exitCode: number | null): AppError {
  return new AppError(
    'CONFLICT',
    `It ended${exitCode === null ? '' : ` with code ${exitCode}`} before it was ready`,
    { hint: 'Read its last output.' },
  );
}

function refuseTooMuch(
  resources: SpawnResources,
  info: { readonly cpus: number; readonly memory: number } | null,
): void {
  if (info === null) return;
  if (resources.cpu !== null && resources.cpu > info.cpus) {
    throw new AppError('RESOURCE_LIMIT', `It asks for ${resources.cpu} cores and the host has ${info.cpus}`);
  }
  if (resources.memory !== null && resources.memory > info.memory) {
    throw new AppError(
      'RESOURCE_LIMIT',
      `It asks for ${formatBytes(resources.memory)} of memory and the host has ${formatBytes(info.memory)}`,
    );
  }
}
type SpawnResources = AgentRow['spec']['resources'];
