/** The end of a snapshot: its image, the copies of volumes beside it, its place in the tree. For people and for retention. */
import { AppError } from '#lib/domain/errors.ts';
import type { SnapshotTies } from '#lib/domain/snapshot-retention.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import type { SnapshotRecords } from './snapshot-records.ts';
import type { VolumeCopies } from './volume-copies.ts';

export interface SnapshotDeletionParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly snapshotRecords: SnapshotRecords;
  readonly copies: VolumeCopies;
  readonly fleet: Fleet;
}

export class SnapshotDeletion {
  readonly #parts: SnapshotDeletionParts;

  constructor(parts: SnapshotDeletionParts) {
    this.#parts = parts;
  }

  /** Agents whose container is made of its image, or would be. */
  usersOf({ hostId, image, imageId }: SnapshotRow): readonly AgentRow[] {
    return this.#parts.agents
      .onHost(hostId)
      .filter((agent) => agent.spec.image === image || agent.imageId === imageId);
  }

  tiesOf(row: SnapshotRow): SnapshotTies {
    const forks = this.#parts.agents
      .list()
      .filter((agent) => agent.snapshotId === row.id && agent.id !== row.agentId);
    return {
      agents: new Set([...this.usersOf(row), ...forks].map((agent) => agent.id)).size,
      children: this.#parts.snapshotRows
        .childrenOf(row.id)
        .map((child) => ({ ofSameAgent: child.agentId === row.agentId })),
    };
  }

  /** Throws CONFLICT that names the agents that use it. With `untag` only its name goes: whoever uses the image keeps it. */
  async delete(row: SnapshotRow, untag: boolean): Promise<void> {
    const users = this.usersOf(row);
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
    await this.#parts.fleet.engine(row.hostId).removeImage(row.image, { force: untag });
    this.#parts.snapshotRecords.drop(row);
    await this.#parts.copies.remove(row.id);
  }
}
