/** The flows of the verbs on a container that exists. Each is an operation; states move by the engine's facts wherever there are any. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { StopInput } from '#lib/domain/inputs/verb-inputs.ts';
import type { Engine } from '../engine/engine.ts';
import type { AgentRow } from '../storage/agents.ts';
import { toProblem, type Operation, type StartedOperation } from './operations.ts';
import { waitUntilReady } from './readiness.ts';
import type { SecretDelivery } from './secret-delivery.ts';
import { sshdUp, type Sshd } from './sshd.ts';
import { containerIdOf, recordEnd, rowOf, verbPlan, type VerbParts } from './verb-tools.ts';

/** The state that a stop is taken back to. */
type Before = Pick<AgentRow, 'state' | 'wanted' | 'reason' | 'error'>;

/** Done before the engine is told to stop: a snapshot. When one that is required fails, nothing is stopped. */
export interface First {
  readonly required: boolean;
  readonly work: (operation: Operation) => Promise<unknown>;
}

export class Verbs {
  readonly #parts: VerbParts;
  readonly #secrets: SecretDelivery;
  readonly #sshd: Sshd;

  constructor(parts: VerbParts & { readonly secretDelivery: SecretDelivery; readonly sshd: Sshd }) {
    this.#parts = parts;
    this.#secrets = parts.secretDelivery;
    this.#sshd = parts.sshd;
  }

  start(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    this.#parts.fleet.engine(row.hostId);
    this.#parts.records.move(row.id, 'starting', reason, { wanted: 'running', bootedAt: Date.now() });
    return this.startAgain(row, reason);
  }

  /** For an agent that is in `starting` already. */
  startAgain(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = containerIdOf(row);
    return operations.start(verbPlan('start', row, reason, ['start', 'ready'], {}), async (operation) => {
      try {
        await operation.step('start', async () => {
          await this.#secrets.refresh(engine, row, containerId, reason, operation.signal);
          await engine.startContainer(containerId, operation.signal);
        });
        return await operation.step('ready', (note) =>
          this.#started(engine, row.id, containerId, operation, note),
        );
      } catch (error) {
        if (this.#row(row.id).state === 'starting') {
          if (operation.signal.aborted) await engine.stopContainer(containerId, 0).catch(() => undefined);
          const now = this.#row(row.id);
          // of an engine that went away nobody knows whether it did it: taken up again when it is back
          if (now.state === 'starting' && (operation.signal.aborted || !isAway(error)))
            records.fail(row.id, toProblem(operation.signal.aborted ? operation.signal.reason : error), {
              wanted: 'stopped',
            });
        }
        throw error;
      }
    });
  }

  /** `first` is done before anything is sent. */
  stop(
    row: AgentRow,
    reason: string,
    wish: StopInput,
    first: First | null = null,
  ): StartedOperation<AgentRow> {
    this.#parts.fleet.engine(row.hostId);
    const wait = row.state === 'ready' ? wish.delay : 0;
    const before = { state: row.state, wanted: row.wanted, reason: row.reason, error: row.error };
    const stopDeadline = Date.now() + (wait > 0 ? wait : wish.timeout);
    // while it still wants to run, the stop can be taken back (agent-views.ts)
    this.#parts.records.move(row.id, 'stopping', reason, {
      wanted: wait > 0 ? 'running' : 'stopped',
      stopDeadline,
    });
    return this.#stop(row, reason, wish.timeout, wait, before, first);
  }

  /** For an agent that is in `stopping` already. */
  stopAgain(row: AgentRow, reason: string): StartedOperation<AgentRow> {
    return this.#stop(
      row,
      reason,
      10_000,
      0,
      { state: 'ready', wanted: 'running', reason, error: null },
      null,
    );
  }

  #stop(
    row: AgentRow,
    reason: string,
    timeoutMs: number,
    wait: number,
    before: Before,
    first: First | null,
  ): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = containerIdOf(row);
    const steps = [...(wait > 0 ? ['countdown'] : []), ...(first === null ? [] : ['snapshot']), 'stop'];
    return operations.start(
      { ...verbPlan('stop', row, reason, steps, { timeout: timeoutMs }), cancellable: wait > 0 },
      async (operation) => {
        try {
          if (wait > 0) {
            await operation.step('countdown', () => delay(wait, undefined, { signal: operation.signal }));
            operation.commitPoint();
            records.patch(row.id, { wanted: 'stopped', stopDeadline: Date.now() + timeoutMs });
          }
          operation.commitPoint();
          if (first !== null) {
            const done = operation.step('snapshot', () => first.work(operation));
            await (first.required ? done : done.catch(() => undefined));
            records.patch(row.id, { stopDeadline: Date.now() + timeoutMs });
          }
          await operation.step('stop', () => engine.stopContainer(containerId, timeoutMs));
          return await recordEnd(records, engine, row.id, containerId);
        } catch (error) {
          // taken back, or the engine did not do it: it runs on
          if (this.#row(row.id).state === 'stopping')
            records.move(row.id, before.state, operation.signal.aborted ? before.reason : 'stop failed', {
              wanted: before.wanted,
              error: before.error,
            });
          throw error;
        }
      },
    );
  }

  restart(row: AgentRow, reason: string, timeoutMs: number): StartedOperation<AgentRow> {
    const { records, operations } = this.#parts;
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = containerIdOf(row);
    records.move(row.id, 'restarting', reason, {
      wanted: 'running',
      stopDeadline: null,
      bootedAt: Date.now(),
    });
    return operations.start(
      {
        ...verbPlan('restart', row, reason, ['restart', 'ready'], { timeout: timeoutMs }),
        cancellable: false,
      },
      async (operation) => {
        const over = records.intend(row.id, reason);
        try {
          await operation.step('restart', () => engine.restartContainer(containerId, timeoutMs));
          return await operation.step('ready', (note) =>
            this.#started(engine, row.id, containerId, operation, note),
          );
        } catch (error) {
          if (this.#row(row.id).state === 'restarting' && !isAway(error))
            records.fail(row.id, toProblem(error));
          throw error;
        } finally {
          over();
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
          return recordEnd(this.#parts.records, engine, row.id, containerId);
        if (tries > 4 && !/^(?:SIG)?(?:KILL|9)$/.test(signal)) break;
        await delay(25 * (tries + 1));
      }
      return this.#row(row.id);
    });
  }

  /** What follows a start or a restart: ready by the agent's readiness, or the end that came before it. */
  async #started(
    engine: Engine,
    id: AgentId,
    containerId: string,
    operation: Operation,
    note: (text: string) => void,
  ): Promise<AgentRow> {
    const { records } = this.#parts;
    const waited = await waitUntilReady(engine, containerId, this.#row(id).spec.readiness, {
      signal: operation.signal,
      before: sshdUp(this.#sshd, engine, this.#row(id), containerId),
      seen: (facts) => {
        const row = this.#row(id);
        if (row.state !== 'starting' && row.state !== 'restarting') return false;
        if (facts.status === 'running' && row.startedAt !== facts.startedAt)
          records.patch(id, { startedAt: facts.startedAt, endedAt: null, exitCode: null });
        return true;
      },
    });
    const row = this.#row(id);
    if (waited.kind === 'left') return row;
    const { facts } = waited;
    if (waited.kind === 'ended') {
      return records.observe(
        id,
        { kind: 'exited', exitCode: facts.exitCode, oomKilled: facts.oomKilled, by: 'itself' },
        { startedAt: facts.startedAt, endedAt: facts.finishedAt },
      );
    }
    note(waited.note);
    return records.move(id, 'ready', row.reason);
  }

  async #intended(
    row: AgentRow,
    reason: string,
    work: (engine: Engine, containerId: string) => Promise<AgentRow>,
  ): Promise<AgentRow> {
    const engine = this.#parts.fleet.engine(row.hostId);
    const over = this.#parts.records.intend(row.id, reason);
    try {
      return await work(engine, containerIdOf(row));
    } finally {
      over();
    }
  }

  #row(id: AgentId): AgentRow {
    return rowOf(this.#parts.agents, id);
  }
}

/** The engine was lost in the middle: what it did last is not known. */
function isAway(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'SOCKET_ERROR' || error.code === 'HOST_UNREACHABLE');
}
