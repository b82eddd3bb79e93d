/** Making an agent: from a wish to a container that is ready, or to nothing but a record that says which step failed. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { containerName, inventAgentName } from '#lib/domain/agent-name.ts';
import { AGENT_TYPE_NAMES, findAgentType } from '#lib/domain/agent-types.ts';
import { hasNames, planContainer } from '#lib/domain/container-plan.ts';
import { AppError } from '#lib/domain/errors.ts';
import { newId, type AgentId, type HostId } from '#lib/domain/ids.ts';
import { parseInput, spawnInput } from '#lib/domain/inputs.ts';
import { agentLabels, LABEL } from '#lib/domain/labels.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { resolveSpec, type SpecDefaults } from '#lib/domain/resolve-spec.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import { lastOutput } from './last-output.ts';
import type { Networks } from './networks.ts';
import {
  toProblem,
  type Operation,
  type OperationPlan,
  type Operations,
  type StartedOperation,
} from './operations.ts';
import { Semaphore } from './semaphore.ts';

/** More at once gain nothing: an engine starts about eight containers a second whatever is asked of it. */
const SPAWNS_AT_ONCE = 4;
const READY_TIMEOUT_MS = 120_000;
const STEPS = ['validate', 'image', 'network', 'create', 'start', 'ready'] as const;

export interface SpawnParts {
  readonly instance: string;
  readonly defaults: SpecDefaults;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
  readonly networks: Networks;
  readonly settings: SettingsRepository;
}

export interface Spawned {
  readonly row: AgentRow;
  /** null when an Idempotency-Key found what an earlier request had made. */
  readonly operation: StartedOperation<AgentRow> | null;
}

export class Spawning {
  readonly #parts: SpawnParts;
  readonly #turns = new Map<HostId, Semaphore>();

  constructor(parts: SpawnParts) {
    this.#parts = parts;
  }

  /** Writes the agent down and begins. What can be refused at once is refused before anything is written. */
  async spawn(actor: Actor, raw: unknown, idempotencyKey: string | null): Promise<Spawned> {
    const { agents, fleet, records, operations, settings, defaults } = this.#parts;
    const input = parseInput(spawnInput, raw);
    const key = idempotencyKey === null ? null : `${asReason(actor)} ${idempotencyKey}`;
    const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const earlier = key === null ? null : this.#earlier(key, requestHash);
    if (earlier !== null) return { row: earlier, operation: null };

    const type = findAgentType(input.type);
    if (type === undefined) {
      throw new AppError('VALIDATION', `There is no agent type "${input.type}"`, {
        hint: `Known types: ${AGENT_TYPE_NAMES.join(', ')}.`,
        details: {
          known: AGENT_TYPE_NAMES,
          fields: [{ field: 'type', value: input.type, rule: 'must be a known agent type' }],
        },
      });
    }
    const spec = resolveSpec(input, type, defaults);
    const host = fleet.place(input.host);
    const engine = host.engine();
    let name = input.name ?? this.#inventName(type.name);
    for (let tries = 1; ; tries += 1) {
      const foreign = await isOnEngine(engine, name);
      // from here to the writing nothing waits: whoever came first while the engine was asked is seen
      const meanwhile = key === null ? null : this.#earlier(key, requestHash);
      if (meanwhile !== null) return { row: meanwhile, operation: null };
      const taken = agents.byName(name) === undefined ? null : 'another agent';
      if (taken === null && !foreign) break;
      if (input.name !== undefined || tries === 20) {
        throw new AppError(
          'NAME_TAKEN',
          `The name "${name}" is taken by ${taken ?? 'a container that is not ours'}`,
        );
      }
      name = this.#inventName(type.name);
    }

    const now = Date.now();
    const row: AgentRow = {
      id: newId<AgentId>(now),
      name,
      type: type.name,
      hostId: host.id,
      state: 'queued',
      wanted: 'running',
      reason: asReason(actor),
      since: now,
      spec,
      containerId: null,
      imageId: null,
      error: null,
      createdBy: actor.name,
      createdAt: now,
      startedAt: null,
      endedAt: null,
      exitCode: null,
      stopDeadline: null,
      lastActivityAt: null,
    };
    const plan = this.#plan(row, asReason(actor));
    const prepared = records.create(row, (tell) => {
      if (key !== null) settings.rememberIdempotent({ key, requestHash, agentId: row.id, createdAt: now });
      return operations.prepare(plan, tell);
    });
    return { row, operation: operations.run(prepared, true, (operation) => this.#work(operation, row.id)) };
  }

  /** Makes the container of an agent that has none: a retry, or work that a crash of Slipway cut off. */
  again(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    if (row.state !== 'queued' && row.state !== 'preparing' && row.state !== 'creating') {
      records.move(row.id, 'queued', reason, {
        wanted: 'running',
        containerId: null,
        endedAt: null,
        startedAt: null,
        exitCode: null,
      });
    }
    return operations.start(this.#plan(row, reason), (operation) => this.#work(operation, row.id));
  }

  #plan(row: AgentRow, actor: string): OperationPlan {
    return {
      kind: 'spawn',
      agent: { id: row.id, name: row.name },
      hostId: row.hostId,
      actor,
      steps: STEPS,
      cancellable: true,
    };
  }

  #earlier(key: string, requestHash: string): AgentRow | null {
    const { settings, agents } = this.#parts;
    const known = settings.idempotent(key);
    if (known === undefined) return null;
    if (known.requestHash !== requestHash) {
      throw new AppError('CONFLICT', 'This Idempotency-Key was used for another request', {
        hint: 'Use a new key for a new request.',
      });
    }
    return agents.byId(known.agentId) ?? null;
  }

  #inventName(type: string): string {
    for (let tries = 0; tries < 100; tries += 1) {
      const name = inventAgentName(type, Math.random);
      if (this.#parts.agents.byName(name) === undefined) return name;
    }
    return `${inventAgentName(type, Math.random).slice(0, 50)}-${newId().slice(-6)}`;
  }

  #turn(hostId: HostId): Semaphore {
    const turn = this.#turns.get(hostId) ?? new Semaphore(SPAWNS_AT_ONCE);
    this.#turns.set(hostId, turn);
    return turn;
  }

  async #work(operation: Operation, id: AgentId): Promise<AgentRow> {
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
        throw new AppError('READY_TIMEOUT', `It was not healthy within ${READY_TIMEOUT_MS / 1000} s`, {
          details: { output: await lastOutput(engine, containerId, 50) },
        });
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

/** Whether a container has the name of this agent already. */
async function isOnEngine(engine: Engine, name: string): Promise<boolean> {
  // an id or a part of one is found by inspect too
  const container = await missing(engine.inspectContainer(containerName(name)));
  return container?.name === containerName(name);
}

/** null instead of NOT_FOUND. */
async function missing<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
