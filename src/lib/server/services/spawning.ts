/** Asking for an agent: what can be refused at once, its name, and the record that stands before the work begins (spawn-flow.ts). */
import { createHash } from 'node:crypto';
import { readStartArgs } from '#lib/domain/agent-container.ts';
import { AGENT_NAME_HELP, AGENT_NAME_RULE, containerName, inventAgentName } from '#lib/domain/agent-name.ts';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { newId, type AgentId, type SnapshotId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { spawnInput } from '#lib/domain/inputs/spawn-input.ts';
import type { Engine } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import type { OperationPlan, Operations, StartedOperation } from './operations.ts';
import type { Placement } from './placement.ts';
import { SPAWN_STEPS, type SpawnFlow } from './spawn-flow.ts';
import { refuseWhatHostLacks, type SpecMaker } from './spec-maker.ts';

export interface SpawnParts {
  readonly specs: SpecMaker;
  readonly placement: Placement;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
  readonly flow: SpawnFlow;
  readonly settings: SettingsRepository;
}

export interface Spawned {
  readonly row: AgentRow;
  /** null when an Idempotency-Key found what an earlier request had made. */
  readonly operation: StartedOperation<AgentRow> | null;
}

/** An agent that is about to be written down. */
export interface NewAgent {
  /** null: one is made. */
  readonly name: string | null;
  readonly type: string;
  readonly host: string;
  readonly notes?: string;
  /** The one it is forked from. */
  readonly snapshotId?: SnapshotId;
  /** Called with each name that is tried, and with the host when it is chosen. Throws what is wrong with the wish. */
  readonly spec: (name: string, hostId: string | null) => AgentSpec;
}

interface Key {
  readonly key: string;
  readonly requestHash: string;
}

export class Spawning {
  readonly #parts: SpawnParts;

  constructor(parts: SpawnParts) {
    this.#parts = parts;
  }

  /** Writes the agent down and begins. What can be refused at once is refused before anything is written. */
  async spawn(actor: Actor, raw: unknown, idempotencyKey: string | null): Promise<Spawned> {
    const { specs } = this.#parts;
    const input = parseInput(spawnInput, raw);
    const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
    const key = idempotencyKey === null ? null : { key: `${asReason(actor)} ${idempotencyKey}`, requestHash };
    const earlier = this.#earlier(key);
    if (earlier !== null) return { row: earlier, operation: null };
    const type = specs.type(input.type);
    const { name, host, type: _, ...fields } = input;
    const agent: NewAgent = {
      name: nameInFlags(fields.startArgs ?? []) ?? name ?? null,
      type: type.name,
      host,
      spec: (chosen, hostId) => specs.make(actor, chosen, type, fields, hostId),
    };
    return this.create(actor, agent, key);
  }

  /** The same from a spec that is settled already: a clone, a copy of a crash. */
  async create(actor: Actor, wish: NewAgent, key: Key | null = null): Promise<Spawned> {
    const { agents, placement, records, operations, settings } = this.#parts;
    let name = wish.name ?? this.#inventName(wish.type);
    const host = await placement.place(wish.host, wish.spec(name, null));
    let spec = checked(wish.spec(name, host.id), host);
    for (let tries = 1; ; tries += 1) {
      const foreign = await isOnEngine(host.engine(), name);
      // from here to the writing nothing waits: whoever came first while the engine was asked is seen
      const meanwhile = this.#earlier(key);
      if (meanwhile !== null) return { row: meanwhile, operation: null };
      const taken = agents.byName(name) === undefined ? null : 'another agent';
      if (taken === null && !foreign) break;
      if (wish.name !== null || tries === 20) throw nameTaken(name, taken);
      name = this.#inventName(wish.type);
      spec = checked(wish.spec(name, host.id), host);
    }
    const row = newRow({
      name,
      type: wish.type,
      notes: wish.notes ?? '',
      spec,
      host,
      actor,
      snapshotId: wish.snapshotId ?? null,
    });
    const plan = this.#plan(row, asReason(actor));
    const prepared = records.create(row, (tell) => {
      if (key !== null) settings.rememberIdempotent({ ...key, agentId: row.id, createdAt: row.createdAt });
      return operations.prepare(plan, tell);
    });
    return {
      row,
      operation: operations.run(prepared, true, (operation) => this.#parts.flow.run(operation, row.id)),
    };
  }

  /** Makes the container of an agent that has none: a retry, or work that a crash of Slipway cut off. */
  again(row: AgentRow, reason: string, spec: AgentSpec = row.spec): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    if (row.state !== 'queued' && row.state !== 'preparing' && row.state !== 'creating') {
      records.move(row.id, 'queued', reason, {
        spec,
        wanted: 'running',
        containerId: null,
        endedAt: null,
        startedAt: null,
        exitCode: null,
      });
    }
    return operations.start(this.#plan(row, reason), (operation) => this.#parts.flow.run(operation, row.id));
  }

  /** Throws NAME_TAKEN when an agent, or a container that is not ours, has this name on the host. */
  async refuseTakenName(engine: Engine, name: string): Promise<void> {
    const taken = this.#parts.agents.byName(name) === undefined ? null : 'another agent';
    if (taken !== null || (await isOnEngine(engine, name))) throw nameTaken(name, taken);
  }

  #plan(row: AgentRow, actor: string): OperationPlan {
    return {
      kind: 'spawn',
      agent: { id: row.id, name: row.name },
      hostId: row.hostId,
      actor,
      steps: SPAWN_STEPS,
      cancellable: true,
      request: {},
    };
  }

  #earlier(wish: Key | null): AgentRow | null {
    if (wish === null) return null;
    const { settings, agents } = this.#parts;
    const known = settings.idempotent(wish.key);
    if (known === undefined) return null;
    if (known.requestHash !== wish.requestHash) {
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
}

/** `--name` of the start args, which win over the field. */
export function nameInFlags(startArgs: readonly string[]): string | null {
  const { name } = readStartArgs(startArgs);
  if (name === undefined || AGENT_NAME_RULE.test(name)) return name ?? null;
  throw validationError([
    { field: 'startArgs', value: `--name ${name}`, rule: `must name it with ${AGENT_NAME_HELP}` },
  ]);
}

function checked(spec: AgentSpec, host: Host): AgentSpec {
  refuseWhatHostLacks(spec, host.info);
  return spec;
}

function nameTaken(name: string, by: string | null): AppError {
  return new AppError('NAME_TAKEN', `The name "${name}" is taken by ${by ?? 'a container that is not ours'}`);
}

function newRow(from: {
  readonly name: string;
  readonly type: string;
  readonly notes: string;
  readonly snapshotId: SnapshotId | null;
  readonly spec: AgentSpec;
  readonly host: Host;
  readonly actor: Actor;
}): AgentRow {
  const now = Date.now();
  return {
    id: newId<AgentId>(now),
    name: from.name,
    type: from.type,
    hostId: from.host.id,
    state: 'queued',
    wanted: 'running',
    reason: asReason(from.actor),
    since: now,
    spec: from.spec,
    containerId: null,
    imageId: null,
    error: null,
    createdBy: from.actor.name,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    stopDeadline: null,
    lastActivityAt: null,
    notes: from.notes,
    color: null,
    bootedAt: null,
    keepAliveUntil: null,
    adopted: false,
    snapshotId: from.snapshotId,
  };
}

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
