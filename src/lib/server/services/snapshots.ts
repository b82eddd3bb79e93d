/** Snapshots: an image committed from an agent, with its place in the agent's lineage. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type SnapshotId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { snapshotInput } from '#lib/domain/inputs/verb-inputs.ts';
import { can } from '#lib/domain/agent-state.ts';
import { inventSnapshotName, snapshotRepository } from '#lib/domain/snapshot-name.ts';
import type { SnapshotEstimate, SnapshotView } from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { AgentRecords } from './agent-records.ts';
import type { Operations } from './operations.ts';
import { containerIdOf } from './verb-tools.ts';

export interface SnapshotParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
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
    const { operations } = this.#parts;
    const input = parseInput(snapshotInput, raw);
    const row = this.#agent(idOrName);
    const { containerId } = row;
    if (containerId === null || !can(row.state, 'snapshot')) {
      throw new AppError('CONFLICT', `${row.name} cannot be snapshotted now: it is ${row.state}`, {
        hint: 'Wait until it is ready or stopped.',
      });
    }
    const name = input.name ?? inventSnapshotName(new Date());
    await this.#refuseTaken(row, name);
    const started = operations.start(
      {
        kind: 'snapshot',
        agent: { id: row.id, name: row.name },
        hostId: row.hostId,
        actor: asReason(who),
        steps: ['commit', 'record'],
        cancellable: false,
        request: {
          comment: input.comment,
          pause: input.pause,
          ...(input.name === undefined ? {} : { name }),
        },
      },
      async (operation) => {
        const imageId = await operation.step('commit', async (note) => {
          const committed = await this.#commit(row, containerId, name, input);
          note(snapshotImage(row, name));
          return committed;
        });
        return operation.step('record', () => this.#keep(who, row, name, imageId, input.comment));
      },
    );
    return options.wait === false ? null : started.done;
  }

  /** The same as a step of another operation (a stop that wants one first), under a name that is made. */
  async take(actor: Actor | null, row: AgentRow, comment: string): Promise<SnapshotView> {
    const who = authorize(actor, 'snapshots.change');
    const name = inventSnapshotName(new Date());
    await this.#refuseTaken(row, name);
    const imageId = await this.#commit(row, containerIdOf(row), name, { comment, pause: true });
    return this.#keep(who, row, name, imageId, comment);
  }

  /**
   * Deletes the snapshot's image. Throws CONFLICT that names the agents that were made from it, while there are any. With `untag` only its name
   * goes: whoever uses the image keeps it.
   */
  async delete(actor: Actor | null, id: string, untag = false): Promise<void> {
    authorize(actor, 'snapshots.change');
    const { snapshots, fleet, journal, agents } = this.#parts;
    const row = snapshots.byId(id);
    if (row === undefined) throw notFound('snapshot', id);
    const users = agents.onHost(row.hostId).filter((agent) => agent.spec.image === row.image);
    if (users.length > 0 && !untag) {
      throw new AppError(
        'CONFLICT',
        `${row.image} is used by ${users.map((agent) => agent.name).join(', ')}`,
        {
          hint: 'Remove these agents first, or take away only its name with "untag".',
        },
      );
    }
    // by its name: with force the engine takes the tag away, and the image stays for those who run it
    await fleet.engine(row.hostId).removeImage(row.image, { force: untag });
    journal.commit((tell) => {
      snapshots.delete(row.id);
      // what came after it goes back to what came before it
      snapshots.reparent(row.id, row.parentId);
      tell({ kind: 'snapshot', snapshot: snapshotView(row), deleted: true });
    });
  }

  /** How large a snapshot would be, and what it would not hold. */
  async estimate(actor: Actor | null, idOrName: string): Promise<SnapshotEstimate> {
    authorize(actor, 'snapshots.see');
    const row = this.#agent(idOrName);
    const engine = this.#parts.fleet.engine(row.hostId);
    const containerId = containerIdOf(row);
    const [size, containers] = await Promise.all([
      engine.containerSize(containerId),
      engine.listContainers(),
    ]);
    const mounts = containers.find((each) => each.id === containerId)?.mounts ?? [];
    return { size, left: mounts.map(({ type, source, target }) => ({ kind: type, source, target })) };
  }

  /** Asked before anything happens: the engine makes an image before it refuses its tag. Throws CONFLICT. */
  async #refuseTaken(row: AgentRow, name: string): Promise<void> {
    const { snapshots, fleet } = this.#parts;
    const image = snapshotImage(row, name);
    const taken =
      snapshots.byImage(row.hostId, image) !== undefined ||
      (await fleet.engine(row.hostId).inspectImage(image)) !== null;
    if (!taken) return;
    throw new AppError('CONFLICT', `There is a snapshot "${name}" of ${row.name} already`, {
      hint: 'Choose another name.',
    });
  }

  async #commit(
    row: AgentRow,
    containerId: string,
    name: string,
    { comment, pause }: { readonly comment: string; readonly pause: boolean },
  ): Promise<string> {
    // the engine pauses it meanwhile: that is our doing, not somebody else's
    const over = this.#parts.records.intend(row.id, 'snapshot');
    try {
      const { imageId } = await this.#parts.fleet.engine(row.hostId).commitContainer(containerId, {
        repository: snapshotRepository(row.name),
        tag: name,
        comment,
        pause,
      });
      return imageId;
    } finally {
      over();
    }
  }

  async #keep(
    actor: Actor,
    row: AgentRow,
    name: string,
    imageId: string,
    comment: string,
  ): Promise<SnapshotView> {
    const { fleet } = this.#parts;
    const image = snapshotImage(row, name);
    const facts = await fleet.engine(row.hostId).inspectImage(image);
    return this.#record({
      id: newId<SnapshotId>(),
      name,
      agentId: row.id,
      agentName: row.name,
      hostId: row.hostId,
      image,
      imageId,
      size: facts?.size ?? 0,
      parentId: this.#parts.agents.byId(row.id)?.snapshotId ?? null,
      comment,
      createdBy: actor.name,
      createdAt: Date.now(),
    });
  }

  #record(row: SnapshotRow): SnapshotView {
    const { journal, snapshots, agents } = this.#parts;
    const view = snapshotView(row);
    journal.commit((tell) => {
      snapshots.insert(row);
      tell({ kind: 'snapshot', snapshot: view });
      // what is taken next has this one before it
      agents.update(row.agentId, { snapshotId: row.id });
    });
    return view;
  }

  #agent(idOrName: string): AgentRow {
    const row = this.#parts.agents.byName(idOrName) ?? this.#parts.agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}

function snapshotImage(row: AgentRow, name: string): string {
  return `${snapshotRepository(row.name)}:${name}`;
}

export function snapshotView(row: SnapshotRow): SnapshotView {
  return { ...row, createdAt: new Date(row.createdAt).toISOString() };
}
