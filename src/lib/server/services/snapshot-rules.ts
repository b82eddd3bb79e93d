/**
 * Snapshots that an agent's own rule takes: before a stop, before a removal, by the clock; and how many of them stay.
 *
 * A person's stop, and every removal, is not done when its snapshot fails: somebody is there to read why. A stop for idleness or age goes on
 * without it: nobody is there, a stop loses no file, and an agent that cannot be snapshotted would run for ever.
 */
import { can } from '#lib/domain/agent-state.ts';
import { beyondRetention } from '#lib/domain/snapshot-retention.ts';
import type { SnapshotOrigin, SnapshotView } from '#lib/protocol/views.ts';
import type { Log } from '../log.ts';
import type { AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import type { Operation, Operations, StartedOperation } from './operations.ts';
import type { SnapshotDeletion } from './snapshot-deletion.ts';
import type { SnapshotTaking, Stage } from './snapshot-taking.ts';
import type { First } from './verbs.ts';

export interface SnapshotRuleParts {
  readonly taking: SnapshotTaking;
  readonly deletion: SnapshotDeletion;
  readonly snapshotRows: SnapshotRepository;
  readonly operations: Operations;
  readonly log: Log;
}

const COMMENTS = {
  stop: 'taken before a stop',
  remove: 'taken before the removal',
  schedule: 'taken by the clock',
} as const satisfies Partial<Record<SnapshotOrigin, string>>;

type AutomaticOrigin = keyof typeof COMMENTS;

export class SnapshotRules {
  readonly #parts: SnapshotRuleParts;

  constructor(parts: SnapshotRuleParts) {
    this.#parts = parts;
  }

  /** What comes before a stop that somebody asked for. `wish` true or false wins over the agent's rule; null: nothing comes before it. */
  beforeStop(row: AgentRow, by: string, wish: boolean | undefined): First | null {
    if (!(wish ?? row.spec.snapshots.beforeStop) || !this.#canBeTaken(row)) return null;
    return { required: true, work: (operation) => this.#during(operation, row, 'stop', by) };
  }

  /** The same before a stop by a rule: it is stopped also when that fails. */
  beforeOwnStop(row: AgentRow, by: string): First | null {
    const first = this.beforeStop(row, by, undefined);
    if (first === null) return null;
    return {
      required: false,
      work: (operation) =>
        first.work(operation).catch((error: unknown) => {
          this.#parts.log.warn({ agent: row.name, err: error }, 'no snapshot before a stop by its own rule');
          throw error;
        }),
    };
  }

  beforeRemove(row: AgentRow, by: string, wish: boolean | undefined): First | null {
    if (!(wish ?? row.spec.snapshots.beforeRemove) || row.containerId === null) return null;
    return { required: true, work: (operation) => this.#during(operation, row, 'remove', by) };
  }

  /** An operation of its own. */
  takeScheduled(row: AgentRow): StartedOperation<SnapshotView> {
    return this.#parts.operations.start(
      {
        kind: 'snapshot',
        agent: { id: row.id, name: row.name },
        hostId: row.hostId,
        actor: 'schedule',
        steps: ['commit', 'record'],
        cancellable: false,
      },
      async (operation) => {
        const taken = await this.#take(row, 'schedule', 'schedule', operation);
        await this.#retain(row, operation);
        return taken;
      },
    );
  }

  async #during(
    operation: Operation,
    row: AgentRow,
    origin: AutomaticOrigin,
    by: string,
  ): Promise<SnapshotView> {
    const taken = await this.#take(row, origin, by, {
      signal: operation.signal,
      step: (_name, work) => work(() => undefined),
      progress: (_part, percent, text) => {
        operation.progress('snapshot', percent, text);
      },
    });
    operation.output(`snapshot ${taken.image}`);
    await this.#retain(row, operation);
    return taken;
  }

  #take(row: AgentRow, origin: AutomaticOrigin, by: string, stage: Stage): Promise<SnapshotView> {
    return this.#parts.taking.takeUnnamed(row, { origin, comment: COMMENTS[origin], by }, stage);
  }

  /** What cannot be deleted now stays until the next one is taken. */
  async #retain(row: AgentRow, operation: Operation): Promise<void> {
    const { snapshotRows, deletion, log } = this.#parts;
    const { keep } = row.spec.snapshots;
    const old = beyondRetention(snapshotRows.ofAgent(row.id), keep, (each) => deletion.tiesOf(each));
    for (const each of old) {
      try {
        await deletion.delete(each, false);
        operation.output(`deleted ${each.image}, beyond the newest ${keep ?? ''}`);
      } catch (error) {
        log.warn({ snapshot: each.image, err: error }, 'an old snapshot could not be deleted');
      }
    }
  }

  #canBeTaken(row: AgentRow): boolean {
    return row.containerId !== null && can(row.state, 'snapshot');
  }
}
