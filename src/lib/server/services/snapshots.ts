/** Snapshots: an image committed from an agent, with its place in the agent's lineage. */
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { snapshotChangeInput, snapshotInput } from '#lib/domain/inputs/verb-inputs.ts';
import { can } from '#lib/domain/agent-state.ts';
import { inventSnapshotName } from '#lib/domain/snapshot-name.ts';
import { isAutomatic } from '#lib/domain/snapshot-retention.ts';
import type { SnapshotEstimate, SnapshotView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { snapshotMounts } from './snapshot-mounts.ts';
import type { Operations } from './operations.ts';
import type { SnapshotDeletion } from './snapshot-deletion.ts';
import { snapshotView, type SnapshotRecords } from './snapshot-records.ts';
import type { SnapshotTaking } from './snapshot-taking.ts';
import { containerIdOf } from './verb-tools.ts';
import type { VolumeWish } from './volume-copies.ts';

export interface SnapshotParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly snapshotRecords: SnapshotRecords;
  readonly deletion: SnapshotDeletion;
  readonly operations: Operations;
  readonly fleet: Fleet;
  readonly taking: SnapshotTaking;
}

export class SnapshotService {
  readonly #parts: SnapshotParts;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  list(actor: Actor | null): readonly SnapshotView[] {
    authorize(actor, 'snapshots.see');
    return this.#parts.snapshotRows.list(500).map(snapshotView);
  }

  ofAgent(actor: Actor | null, idOrName: string): readonly SnapshotView[] {
    authorize(actor, 'snapshots.see');
    return this.#parts.snapshotRows.ofAgent(this.#agent(idOrName).id).map(snapshotView);
  }

  /**
   * Commits the agent's filesystem. The name is checked before anything happens: on a bad tag the engine leaves a dangling image behind.
   * Throws CONFLICT when the name is taken for this agent, or when it has no container.
   */
  async create(
    actor: Actor | null,
    idOrName: string,
    raw: unknown,
    options: { wait?: boolean } = {},
  ): Promise<SnapshotView | null> {
    const who = authorize(actor, 'snapshots.change');
    const { operations, taking } = this.#parts;
    const input = parseInput(snapshotInput, raw);
    const row = this.#agent(idOrName);
    if (row.containerId === null || !can(row.state, 'snapshot')) {
      throw new AppError('CONFLICT', `${row.name} cannot be snapshotted now: it is ${row.state}`, {
        hint: 'Wait until it is ready or stopped.',
      });
    }
    const name = input.name ?? inventSnapshotName(new Date());
    await taking.refuseTaken(row, name);
    const volumes = await this.#wanted(row, input.volumes);
    const started = operations.start(
      {
        kind: 'snapshot',
        agent: { id: row.id, name: row.name },
        hostId: row.hostId,
        actor: asReason(who),
        steps: ['commit', ...(volumes.length === 0 ? [] : ['volumes']), 'record'],
        cancellable: volumes.length > 0,
        request: {
          comment: input.comment,
          pause: input.pause,
          volumes: input.volumes,
          ...(input.name === undefined ? {} : { name }),
        },
      },
      (operation) => taking.take(row, { ...input, name, volumes, origin: 'manual', by: who.name }, operation),
    );
    return options.wait === false ? null : started.done;
  }

  /** The words that a person gave it. One that a rule took is kept like one of a person from then on. */
  change(actor: Actor | null, id: string, raw: unknown): SnapshotView {
    authorize(actor, 'snapshots.change');
    const { comment } = parseInput(snapshotChangeInput, raw);
    const row = this.#snapshot(id);
    return this.#parts.snapshotRecords.change(row, {
      comment,
      ...(isAutomatic(row) ? { origin: 'manual' as const } : {}),
    });
  }

  /**
   * Deletes the snapshot's image and its copies of volumes. Throws CONFLICT that names the agents that were made from it, while there are any.
   * With `untag` only its name goes: whoever uses the image keeps it.
   */
  async delete(actor: Actor | null, id: string, untag = false): Promise<void> {
    authorize(actor, 'snapshots.change');
    await this.#parts.deletion.delete(this.#snapshot(id), untag);
  }

  /** How large a snapshot would be, what it would not hold, and what of that can be copied along. */
  async estimate(actor: Actor | null, idOrName: string): Promise<SnapshotEstimate> {
    authorize(actor, 'snapshots.see');
    const row = this.#agent(idOrName);
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = containerIdOf(row);
    const [size, facts] = await Promise.all([
      engine.containerSize(containerId),
      engine.inspectContainer(containerId),
    ]);
    return { size, left: snapshotMounts(facts) };
  }

  /** Throws VALIDATION for a path that has no volume which can be copied. */
  async #wanted(row: AgentRow, wish: boolean | readonly string[]): Promise<readonly VolumeWish[]> {
    if (wish === false) return [];
    const facts = await this.#parts.fleet.engine(row.hostId).inspectContainer(containerIdOf(row));
    const copyable = snapshotMounts(facts).filter((mount) => mount.copyable);
    const refused =
      wish === true ? [] : wish.filter((path) => !copyable.some(({ target }) => target === path));
    if (refused.length > 0) {
      const rule = `must be the path of a named volume that ${row.name} may write`;
      throw validationError(refused.map((value) => ({ field: 'volumes', value, rule })));
    }
    return copyable
      .filter(({ target }) => wish === true || wish.includes(target))
      .map(({ source, target }) => ({ name: source, target }));
  }

  #snapshot(id: string): SnapshotRow {
    const row = this.#parts.snapshotRows.byId(id);
    if (row === undefined) throw notFound('snapshot', id);
    return row;
  }

  #agent(idOrName: string): AgentRow {
    const row = this.#parts.agents.byName(idOrName) ?? this.#parts.agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}
