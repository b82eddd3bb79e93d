/** Snapshots: an image committed from an agent, with its place in the agent's lineage. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type SnapshotId } from '#lib/domain/ids.ts';
import { parseInput, snapshotInput } from '#lib/domain/inputs.ts';
import { can } from '#lib/domain/agent-state.ts';
import { inventSnapshotName, snapshotRepository } from '#lib/domain/snapshot-name.ts';
import type { SnapshotView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { Operations } from './operations.ts';

export interface SnapshotParts {
  readonly agents: AgentRepository;
  readonly snapshots: SnapshotRepository;
  readonly journal: Journal;
  readonly operations: Operations;
  readonly fleet: Fleet;
}

export class SnapshotService {
  readonly #parts: SnapshotParts;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  list(actor: Actor | null): readonly SnapshotView[] {
    authorize(actor, 'snapshots.see');
    return this.#parts.snapshots.list(500).map(snapshotView);
  }

  ofAgent(actor: Actor | null, idOrName: string): readonly SnapshotView[] {
    authorize(actor, 'snapshots.see');
    return this.#parts.snapshots.ofAgent(this.#agent(idOrName).id).map(snapshotView);
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
    const { fleet, operations, snapshots } = this.#parts;
    const input = parseInput(snapshotInput, raw);
    const row = this.#agent(idOrName);
    const { containerId } = row;
    if (containerId === null || !can(row.state, 'snapshot')) {
      throw new AppError('CONFLICT', `${row.name} cannot be snapshotted now: it is ${row.state}`, {
        hint: 'Wait until it is ready or stopped.',
      });
    }
    const engine = fleet.engine(row.hostId);
    const repository = snapshotRepository(row.name);
    const name = input.name ?? inventSnapshotName(new Date());
    const image = `${repository}:${name}`;
    if (snapshots.byImage(row.hostId, image) !== undefined || (await engine.inspectImage(image)) !== null) {
      throw new AppError('CONFLICT', `There is a snapshot "${name}" of ${row.name} already`, {
        hint: 'Choose another name.',
      });
    }
    const started = operations.start(
      {
        kind: 'snapshot',
        agent: { id: row.id, name: row.name },
        hostId: row.hostId,
        actor: asReason(who),
        steps: ['commit', 'record'],
        cancellable: false,
      },
      async (operation) => {
        const { imageId } = await operation.step('commit', async (note) => {
          const committed = await engine.commitContainer(containerId, {
            repository,
            tag: name,
            comment: input.comment,
            pause: input.pause,
          });
          note(image);
          return committed;
        });
        return operation.step('record', async () => {
          const facts = await engine.inspectImage(image);
          return this.#record({
            id: newId<SnapshotId>(),
            name,
            agentId: row.id,
            agentName: row.name,
            hostId: row.hostId,
            image,
            imageId,
            size: facts?.size ?? 0,
            parentId: snapshots.ofAgent(row.id)[0]?.id ?? null,
            comment: input.comment,
            createdBy: who.name,
            createdAt: Date.now(),
          });
        });
      },
    );
    return options.wait === false ? null : started.done;
  }

  /** Deletes the snapshot's image. Throws CONFLICT when a container uses it. */
  async delete(actor: Actor | null, id: string): Promise<void> {
    authorize(actor, 'snapshots.change');
    const { snapshots, fleet, journal } = this.#parts;
    const row = snapshots.byId(id);
    if (row === undefined) throw notFound('snapshot', id);
    await fleet.engine(row.hostId).removeImage(row.image, { force: false });
    journal.commit((tell) => {
      snapshots.delete(row.id);
      tell({ kind: 'snapshot', snapshot: snapshotView(row), deleted: true });
    });
  }

  #record(row: SnapshotRow): SnapshotView {
    const view = snapshotView(row);
    this.#parts.journal.commit((tell) => {
      this.#parts.snapshots.insert(row);
      tell({ kind: 'snapshot', snapshot: view });
    });
    return view;
  }

  #agent(idOrName: string): AgentRow {
    const row = this.#parts.agents.byName(idOrName) ?? this.#parts.agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}

function snapshotView(row: SnapshotRow): SnapshotView {
  return { ...row, createdAt: new Date(row.createdAt).toISOString() };
}
