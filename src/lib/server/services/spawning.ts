/** Asking for an agent: what can be refused at once, its name, and the record that stands before the work begins (spawn-flow.ts). */
import { createHash } from 'node:crypto';
import { containerName, inventAgentName } from '#lib/domain/agent-name.ts';
import { AGENT_TYPE_NAMES, findAgentType } from '#lib/domain/agent-types.ts';
import { AppError } from '#lib/domain/errors.ts';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import { parseInput, spawnInput } from '#lib/domain/inputs.ts';
import { resolveSpec, type SpecDefaults } from '#lib/domain/resolve-spec.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import type { OperationPlan, Operations, StartedOperation } from './operations.ts';
import { SPAWN_STEPS, type SpawnFlow } from './spawn-flow.ts';

export interface SpawnParts {
  readonly defaults: SpecDefaults;
  readonly fleet: Fleet;
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

export class Spawning {
  readonly #parts: SpawnParts;

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
    return {
      row,
      operation: operations.run(prepared, true, (operation) => this.#parts.flow.run(operation, row.id)),
    };
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
    return operations.start(this.#plan(row, reason), (operation) => this.#parts.flow.run(operation, row.id));
  }

  #plan(row: AgentRow, actor: string): OperationPlan {
    return {
      kind: 'spawn',
      agent: { id: row.id, name: row.name },
      hostId: row.hostId,
      actor,
      steps: SPAWN_STEPS,
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
