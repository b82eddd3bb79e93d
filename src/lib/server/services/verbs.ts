/** The flows of the verbs on a container that exists. Each is an operation; states move by the engine's facts wherever there are any. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { StopInput } from '#lib/domain/inputs.ts';
import type { OperationKind } from '#lib/protocol/views.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AgentRecords } from './agent-records.ts';
import { notReady, READY_TIMEOUT_MS } from './not-ready.ts';
import { toProblem, type OperationPlan, type Operations, type StartedOperation } from './operations.ts';

export interface VerbParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Operations;
  readonly fleet: Fleet;
}

export class Verbs {
  readonly #parts: VerbParts;

  constructor(parts: VerbParts) {
    this.#parts = parts;
  }

  start(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    this.#parts.fleet.engine(row.hostId);
    this.#parts.records.move(row.id, 'starting', reason, { wanted: 'running' });
    return this.startAgain(row, reason);
  }

  /** For an agent that is in `starting` already. */
  startAgain(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = container(row);
    return operations.start(plan('start', row, reason, ['start']), async (operation) => {
      try {
        await operation.step('start', () => engine.startContainer(containerId, operation.signal));
        operation.commitPoint();
        return await this.#started(engine, row.id, containerId);
      } catch (error) {
        if (this.#row(row.id).state === 'starting') {
          if (operation.signal.aborted) await engine.stopContainer(containerId, 0).catch(() => undefined);
          const now = this.#row(row.id);
          if (now.state === 'starting')
            records.fail(row.id, toProblem(operation.signal.aborted ? operation.signal.reason : error), {
              wanted: 'stopped',
            });
        }
        throw error;
      }
    });
  }

  stop(row: AgentRow, reason: string, wish: StopInput): StartedOperation<AgentRow> {
    this.#parts.fleet.engine(row.hostId);
    const wait = row.state === 'ready' ? wish.delay : 0;
    const before = { wanted: row.wanted, reason: row.reason };
    const stopDeadline = Date.now() + (wait > 0 ? wait : wish.timeout);
    // while it still wants to run, the stop can be taken back (agent-views.ts)
    this.#parts.records.move(row.id, 'stopping', reason, {
      wanted: wait > 0 ? 'running' : 'stopped',
      stopDeadline,
    });
    return this.#stop(row, reason, wish.timeout, wait, before);
  }

  /** For an agent that is in `stopping` already. */
  stopAgain(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    return this.#stop(row, reason, 10_000, 0, { wanted: 'running', reason });
  }

  #stop(
    row: AgentRow,
    reason: string,
    timeoutMs: number,
    wait: number,
    before: { readonly wanted: AgentRow['wanted']; readonly reason: string | null },
  ): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = container(row);
    const steps = wait > 0 ? ['countdown', 'stop'] : ['stop'];
    return operations.start(
      { ...plan('stop', row, reason, steps), cancellable: wait > 0 },
      async (operation) => {
        try {
          if (wait > 0) {
            await operation.step('countdown', () => delay(wait, undefined, { signal: operation.signal }));
            operation.commitPoint();
            records.patch(row.id, { wanted: 'stopped', stopDeadline: Date.now() + timeoutMs });
          }
          operation.commitPoint();
          await operation.step('stop', () => engine.stopContainer(containerId, timeoutMs));
          return await this.#ended(engine, row.id, containerId);
        } catch (error) {
          // taken back, or the engine did not do it: it runs on
          if (this.#row(row.id).state === 'stopping')
            records.move(row.id, 'ready', operation.signal.aborted ? before.reason : 'stop failed', {
              wanted: before.wanted,
            });
          throw error;
        }
      },
    );
  }

  restart(row: AgentRow, reason: string, timeoutMs: number): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = container(row);
    records.move(row.id, 'restarting', reason, { wanted: 'running', stopDeadline: null });
    return operations.start(
      { ...plan('restart', row, reason, ['restart']), cancellable: false },
      async (operation) => {
        try {
          await operation.step('restart', () => engine.restartContainer(containerId, timeoutMs));
          return await this.#started(engine, row.id, containerId);
        } catch (error) {
          if (this.#row(row.id).state === 'restarting') records.fail(row.id, toProblem(error));
          throw error;
        }
      },
    );
  }

  async pause(row: AgentRow, reason: string): Promise<AgentRow> {
    return this.#intended(row, reason, async (engine, containerId) => {
      await engine.pauseContainer(containerId);
      return this.#parts.records.observe(row.id, { kind: 'paused' });
    });
  }

  async resume(row: AgentRow, reason: string): Promise<AgentRow> {
    return this.#intended(row, reason, async (engine, containerId) => {
      await engine.unpauseContainer(containerId);
      return this.#parts.records.observe(row.id, { kind: 'running' });
    });
  }

  /** Sends a signal. Waits a moment for the end that most signals mean, so that the answer already shows it. */
  async kill(row: AgentRow, reason: string, signal: string): Promise<AgentRow> {
    return this.#intended(row, reason, async (engine, containerId) => {
      await engine.killContainer(containerId, signal);
      for (let tries = 0; tries < 20; tries += 1) {
        const facts = await engine.inspectContainer(containerId);
        if (facts.status === 'exited' || facts.status === 'dead')
          return this.#ended(engine, row.id, containerId);
        if (tries > 4 && !/^(?:SIG)?(?:KILL|9)$/.test(signal)) break;
        await delay(25 * (tries + 1));
      }
      return this.#row(row.id);
    });
  }

  remove(row: AgentRow, reason: string, timeoutMs: number): StartedOperation<AgentRow> {
    const { records, operations, fleet } = this.#parts;
    const engine = fleet.engine(row.hostId);
    const busy = operations.findRunning(row.id, 'spawn') ?? operations.findRunning(row.id, 'start');
    const running = row.startedAt !== null && row.endedAt === null;
    const steps = [
      ...(busy === undefined ? [] : ['cancel']),
      ...(running || busy !== undefined ? ['stop'] : []),
      'remove',
    ];
    const before = row.state;
    return operations.start(
      { ...plan('remove', row, reason, steps), cancellable: false },
      async (operation) => {
        if (busy !== undefined) {
          await operation.step('cancel', async () => {
            // past that point it is over in a moment: waited for, and what it made is removed
            if (operations.isCancellable(busy)) {
              operations.cancel({ kind: 'system', name: reason, role: 'admin' }, busy);
            }
            await operations.settled(busy);
          });
        }
        const now = this.#row(row.id);
        let runs = now.startedAt !== null && now.endedAt === null;
        if (now.state === 'removed') return now;
        if (now.state !== 'removing') records.move(row.id, 'removing', reason, { wanted: 'removed' });
        try {
          if (runs && now.containerId !== null) {
            const id = now.containerId;
            await operation.step('stop', () => gone(engine.stopContainer(id, timeoutMs)));
            runs = false;
            // its end belongs to its life, also when the removal fails after it
            await gone(this.#ended(engine, row.id, id));
          }
          await operation.step('remove', async () => {
            if (now.containerId !== null) await engine.removeContainer(now.containerId, { force: true });
          });
          return records.observe(row.id, { kind: 'gone' });
        } catch (error) {
          if (this.#row(row.id).state === 'removing') {
            const back =
              before === 'failed' || now.containerId === null ? 'failed' : runs ? 'ready' : 'stopped';
            records.move(row.id, back, 'remove failed', {
              wanted: runs ? 'running' : 'stopped',
              ...(back === 'failed' ? { error: toProblem(error) } : {}),
            });
          }
          throw error;
        }
      },
    );
  }

  /** Waits while a health check of the image has not said that it is well. Throws READY_TIMEOUT. */
  async #healthy(engine: Engine, id: AgentId, containerId: string): Promise<ContainerFacts> {
    const { records } = this.#parts;
    const began = Date.now();
    for (;;) {
      const facts = await engine.inspectContainer(containerId);
      const row = this.#row(id);
      const waits =
        facts.status === 'running' && (facts.health === 'starting' || facts.health === 'unhealthy');
      if (!waits || row.state !== 'starting') return facts;
      if (row.startedAt !== facts.startedAt) {
        records.patch(id, { startedAt: facts.startedAt, endedAt: null, exitCode: null });
      }
      if (Date.now() - began > READY_TIMEOUT_MS) throw await notReady(engine, containerId);
      await delay(500);
    }
  }

  async #started(engine: Engine, id: AgentId, containerId: string): Promise<AgentRow> {
    const { records } = this.#parts;
    const facts = await this.#healthy(engine, id, containerId);
    const row = this.#row(id);
    if (facts.status === 'exited' || facts.status === 'dead') {
      if (row.state === 'starting' && row.startedAt !== facts.startedAt)
        records.patch(id, { startedAt: facts.startedAt, endedAt: null, exitCode: null });
      return records.observe(
        id,
        { kind: 'exited', exitCode: facts.exitCode, oomKilled: facts.oomKilled, by: 'itself' },
        { endedAt: facts.finishedAt },
      );
    }
    if (row.state === 'starting') {
      return records.move(id, 'ready', row.reason, {
        startedAt: facts.startedAt,
        endedAt: null,
        exitCode: null,
      });
    }
    return records.observe(id, { kind: 'started' }, { startedAt: facts.startedAt });
  }

  /** Reads the end at once instead of waiting for its event; whichever comes second changes nothing. */
  async #ended(engine: Engine, id: AgentId, containerId: string): Promise<AgentRow> {
    const facts = await engine.inspectContainer(containerId);
    if (facts.status !== 'exited' && facts.status !== 'dead' && facts.status !== 'created') {
      throw new AppError(
        'ENGINE_ERROR',
        `The engine says that it is stopped, and that it is ${facts.status}`,
      );
    }
    return this.#parts.records.observe(
      id,
      { kind: 'exited', exitCode: facts.exitCode, oomKilled: facts.oomKilled, by: 'slipway' },
      { endedAt: facts.finishedAt },
    );
  }

  async #intended(
    row: AgentRow,
    reason: string,
    work: (engine: Engine, containerId: string) => Promise<AgentRow>,
  ): Promise<AgentRow> {
    const engine = this.#parts.fleet.engine(row.hostId);
    const over = this.#parts.records.intend(row.id, reason);
    try {
      return await work(engine, container(row));
    } finally {
      over();
    }
  }

  #row(id: AgentId): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw new Error(`no agent ${id}`);
    return row;
  }
}

function plan(kind: OperationKind, row: AgentRow, actor: string, steps: readonly string[]): OperationPlan {
  return { kind, agent: { id: row.id, name: row.name }, hostId: row.hostId, actor, steps, cancellable: true };
}

function container(row: AgentRow): string {
  if (row.containerId === null)
    throw new AppError('CONFLICT', `${row.name} has no container now`, {
      hint: 'Start it to have one made.',
    });
  return row.containerId;
}

/** A container that is gone is also stopped. */
async function gone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
  }
}
