/** The flow of a removal: a grace in which it can be taken back, the stop of what runs, the end of the container. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentState } from '#lib/domain/agent-state.ts';
import type { AgentRow } from '../storage/agents.ts';
import type { Engine } from '../engine/engine.ts';
import type { TailBoard } from '../streams/tail-board.ts';
import { toProblem, type Operation, type StartedOperation } from './operations.ts';
import type { SnapshotRules } from './snapshot-rules.ts';
import type { First } from './verbs.ts';
import { recordEnd, rowOf, unlessGone, verbPlan, type VerbParts } from './verb-tools.ts';

/** Reading a log to its end takes moments, unless there is very much of it. */
const LAST_WORDS_MS = 3_000;

export interface RemovalWish {
  /** Milliseconds that a running main process has to end by itself. */
  readonly timeoutMs: number;
  /** Milliseconds before anything is done; meanwhile it can be taken back. */
  readonly graceMs: number;
  /** Takes a snapshot first, or takes none; left out: as the agent's rule says. */
  readonly snapshot?: boolean | undefined;
}

export interface RemovalParts extends VerbParts {
  readonly rules: Pick<SnapshotRules, 'beforeRemove'>;
  readonly tails: TailBoard;
}

export class Removal {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  remove(
    row: AgentRow,
    reason: string,
    { timeoutMs, graceMs, snapshot }: RemovalWish,
  ): StartedOperation<AgentRow> {
    const { operations, fleet, records, rules } = this.#parts;
    const engine = fleet.engine(row.hostId);
    const busy =
      operations.findRunning(row.id, 'spawn') ??
      operations.findRunning(row.id, 'start') ??
      operations.findRunning(row.id, 'recreate') ??
      // one that is still in its grace: now it shall go at once
      operations.findRunning(row.id, 'remove');
    const wait = busy === undefined && row.state !== 'removing' ? graceMs : 0;
    const first = rules.beforeRemove(row, reason, snapshot);
    const steps = [
      ...(wait > 0 ? ['grace'] : []),
      ...(busy === undefined ? [] : ['cancel']),
      ...(first === null ? [] : ['snapshot']),
      ...(isRunning(row) || busy !== undefined ? ['stop'] : []),
      'remove',
    ];
    // while `wanted` is not `removed` yet, the removal can be taken back (agent-views.ts)
    if (wait > 0) records.move(row.id, 'removing', reason, { stopDeadline: Date.now() + wait });
    return operations.start(
      {
        ...verbPlan('remove', row, reason, steps, {
          force: true,
          timeout: timeoutMs,
          ...(snapshot === undefined ? {} : { snapshot }),
        }),
        cancellable: wait > 0,
      },
      async (operation) => {
        if (wait > 0) await this.#grace(operation, row, wait);
        operation.commitPoint();
        if (busy !== undefined) {
          await operation.step('cancel', async () => {
            // past that point it is over in a moment: waited for, and what it made is removed
            if (operations.isCancellable(busy))
              operations.cancel({ kind: 'system', name: reason, role: 'admin' }, busy);
            await operations.settled(busy);
          });
        }
        return this.#remove(operation, engine, row, reason, timeoutMs, first);
      },
    );
  }

  /** Throws CANCELLED when it is taken back; the agent is then what it was. */
  async #grace(operation: Operation, before: AgentRow, wait: number): Promise<void> {
    const { records, agents } = this.#parts;
    try {
      await operation.step('grace', () => delay(wait, undefined, { signal: operation.signal }));
    } catch (error) {
      const now = rowOf(agents, before.id);
      if (now.state === 'removing') {
        records.move(before.id, before.state, before.reason, {
          wanted: before.wanted,
          stopDeadline: null,
          error: before.error,
        });
        // it ended in its grace, which was no news then
        if (isRunning(before) && now.endedAt !== null) {
          const { exitCode, endedAt } = now;
          records.observe(
            before.id,
            { kind: 'exited', exitCode: exitCode ?? 0, oomKilled: false, by: 'itself' },
            { endedAt },
          );
        }
      }
      throw error;
    }
  }

  async #remove(
    operation: Operation,
    engine: Engine,
    before: AgentRow,
    reason: string,
    timeoutMs: number,
    first: First | null,
  ): Promise<AgentRow> {
    const { records, agents, tails } = this.#parts;
    const now = rowOf(agents, before.id);
    let runs = isRunning(now);
    if (now.state === 'removed') return now;
    if (now.state === 'removing') records.patch(before.id, { wanted: 'removed', stopDeadline: null });
    else records.move(before.id, 'removing', reason, { wanted: 'removed' });
    try {
      const id = now.containerId;
      // a spawn that was cancelled for it has left nothing
      if (first !== null && id !== null) await operation.step('snapshot', () => first.work(operation));
      if (runs && id !== null) {
        await operation.step('stop', () => unlessGone(engine.stopContainer(id, timeoutMs)));
        runs = false;
        // its end belongs to its life, also when the removal fails after it
        await unlessGone(recordEnd(records, engine, before.id, id));
      }
      await operation.step('remove', async () => {
        // its last words go with it: they are read first
        await Promise.race([tails.get(before.id)?.done, delay(LAST_WORDS_MS)]);
        if (id !== null) await engine.removeContainer(id, { force: true });
      });
      return records.observe(before.id, { kind: 'gone' });
    } catch (error) {
      if (rowOf(agents, before.id).state === 'removing') {
        const back = stateAfterFailure(before, runs, now.containerId !== null);
        records.move(before.id, back, 'remove failed', {
          wanted: runs ? 'running' : 'stopped',
          ...(back === 'failed' ? { error: toProblem(error) } : {}),
        });
      }
      throw error;
    }
  }
}

const ENDED: readonly AgentState[] = ['stopped', 'crashed', 'exited'];

/** What it is when it could not be removed. */
function stateAfterFailure(before: AgentRow, runs: boolean, hasContainer: boolean): AgentState {
  if (before.state === 'failed' || !hasContainer) return 'failed';
  if (runs) return before.state === 'paused' ? 'paused' : 'ready';
  return ENDED.includes(before.state) ? before.state : 'stopped';
}

function isRunning(row: AgentRow): boolean {
  return row.startedAt !== null && row.endedAt === null;
}
