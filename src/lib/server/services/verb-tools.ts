/** What the flows of the verbs have in common. */
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { OperationKind } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AgentRecords } from './agent-records.ts';
import type { OperationPlan, Operations } from './operations.ts';

export interface VerbParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
  readonly fleet: Fleet;
}

export function verbPlan(
  kind: OperationKind,
  row: AgentRow,
  actor: string,
  steps: readonly string[],
  request?: OperationPlan['request'],
): OperationPlan {
  return {
    kind,
    agent: { id: row.id, name: row.name },
    hostId: row.hostId,
    actor,
    steps,
    cancellable: true,
    ...(request === undefined ? {} : { request }),
  };
}

/** Throws CONFLICT when there is none. */
export function containerIdOf(row: AgentRow): string {
  if (row.containerId !== null) return row.containerId;
  throw new AppError('CONFLICT', `${row.name} has no container now`, {
    hint: 'Start it to have one made.',
  });
}

/** For work on an agent that is known to be there. */
export function rowOf(agents: AgentRepository, id: AgentId): AgentRow {
  const row = agents.byId(id);
  if (row === undefined) throw new Error(`no agent ${id}`);
  return row;
}

/** A container that is gone is also stopped. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
  }
}

/** Reads the end at once instead of waiting for its event; whichever comes second changes nothing. */
export async function recordEnd(
  records: AgentRecords,
  engine: Engine,
  id: AgentId,
  containerId: string,
): Promise<AgentRow> {
  const facts = await engine.inspectContainer(containerId);
  if (facts.status !== 'exited' && facts.status !== 'dead' && facts.status !== 'created') {
    throw new AppError('CONFLICT', `It was stopped, and is ${facts.status} again`, {
      hint: 'Somebody or something outside of Slipway started it in the same moment. Stop it again if it shall not run.',
    });
  }
  return records.observe(
    id,
    { kind: 'exited', exitCode: facts.exitCode, oomKilled: facts.oomKilled, by: 'slipway' },
    { endedAt: facts.finishedAt },
  );
}
