/** The making of a snapshot: commit, copies of volumes, record. For people and for rules that take them. */
import { AppError } from '#lib/domain/errors.ts';
import { newId, type AgentId, type SnapshotId } from '#lib/domain/ids.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { commitChanges, type ImageCommand } from '#lib/domain/secret-delivery.ts';
import { inventSnapshotName, snapshotRepository } from '#lib/domain/snapshot-name.ts';
import type { SnapshotOrigin, SnapshotView, SnapshotVolume } from '#lib/protocol/views.ts';
import type { ContainerFacts } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import type { AgentRecords } from './agent-records.ts';
import { snapshotImage, type SnapshotRecords } from './snapshot-records.ts';
import { containerIdOf } from './verb-tools.ts';
import type { VolumeCopies, VolumeWish } from './volume-copies.ts';

export interface SnapshotTakingParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly snapshotRows: SnapshotRepository;
  readonly snapshotRecords: SnapshotRecords;
  readonly copies: VolumeCopies;
  readonly fleet: Fleet;
  readonly log: Log;
}

type Part = 'commit' | 'volumes' | 'record';

/** Where the parts of a snapshot are shown: as steps of its operation, or as nothing of their own in a step of another one. */
export interface Stage {
  readonly signal: AbortSignal;
  readonly step: <Value>(
    name: Part,
    work: (note: (text: string) => void) => Promise<Value>,
  ) => Promise<Value>;
  readonly progress: (step: Part, percent: number | null, text: string) => void;
}

export interface SnapshotWish {
  readonly name: string;
  readonly comment: string;
  readonly pause: boolean;
  /** Named volumes whose content is copied along. */
  readonly volumes: readonly VolumeWish[];
  readonly origin: SnapshotOrigin;
  /** Who or what takes it. */
  readonly by: string;
}

export class SnapshotTaking {
  readonly #parts: SnapshotTakingParts;
  /** Images that are being made, by host and name: two of one name would take each other's tag. */
  readonly #making = new Set<string>();

  constructor(parts: SnapshotTakingParts) {
    this.#parts = parts;
  }

  /**
   * All of it. When a part fails neither image nor copies are left. The volumes are copied after the commit, while the agent goes on: an
   * agent that is stopped first gives both of one moment. Throws CONFLICT when the name is taken.
   */
  async take(row: AgentRow, wish: SnapshotWish, stage: Stage): Promise<SnapshotView> {
    await this.refuseTaken(row, wish.name);
    const key = `${row.hostId} ${snapshotImage(row.name, wish.name)}`;
    if (this.#making.has(key)) throw nameTaken(row, wish.name);
    this.#making.add(key);
    const id = newId<SnapshotId>();
    try {
      const imageId = await stage.step('commit', async (note) => {
        note(snapshotImage(row.name, wish.name));
        return this.#commit(row, wish);
      });
      const copied =
        wish.volumes.length === 0
          ? []
          : await stage.step('volumes', (note) => this.#copyVolumes(row, id, wish, stage, note));
      return await stage.step('record', () => this.#keep(row, { ...wish, id, imageId, copied }));
    } catch (error) {
      await this.#takeBack(row, wish.name, id);
      throw error;
    } finally {
      this.#making.delete(key);
    }
  }

  /** The same by a rule, or as a part of something else: under a name that is made, without volumes. */
  async takeUnnamed(
    row: AgentRow,
    wish: Pick<SnapshotWish, 'origin' | 'comment' | 'by'>,
    stage: Stage,
  ): Promise<SnapshotView> {
    const plain = inventSnapshotName(new Date());
    for (let tries = 1; ; tries += 1) {
      const name = tries === 1 ? plain : `${plain}-${tries}`;
      try {
        return await this.take(row, { ...wish, name, pause: true, volumes: [] }, stage);
      } catch (error) {
        // another one of the same second
        if (!(error instanceof NameTakenError) || tries === 20) throw error;
      }
    }
  }

  /** Asked before anything happens: the engine makes an image before it refuses its tag. Throws CONFLICT. */
  async refuseTaken(row: Pick<AgentRow, 'name' | 'hostId'>, name: string): Promise<void> {
    const { snapshotRows, fleet } = this.#parts;
    const image = snapshotImage(row.name, name);
    const taken =
      snapshotRows.byImage(row.hostId, image) !== undefined ||
      (await fleet.engine(row.hostId).inspectImage(image)) !== null;
    if (taken) throw nameTaken(row, name);
  }

  /** Gives the image's id. */
  async #commit(row: AgentRow, wish: SnapshotWish): Promise<string> {
    const containerId = containerIdOf(row);
    const engine = this.#parts.fleet.engine(row.hostId);
    const facts = await engine.inspectContainer(containerId);
    // the engine pauses it meanwhile: that is our doing, not somebody else's
    const over = this.#parts.records.intend(row.id, 'snapshot');
    try {
      const { imageId } = await engine.commitContainer(containerId, {
        repository: snapshotRepository(row.name),
        tag: wish.name,
        comment: wish.comment,
        pause: wish.pause,
        changes: commitChanges({
          labels: facts.labels,
          command: commandOf(facts),
          secretVariables: plainSecrets(row),
        }),
      });
      return imageId;
    } finally {
      over();
    }
  }

  async #copyVolumes(
    row: AgentRow,
    id: SnapshotId,
    wish: SnapshotWish,
    { signal, progress }: Stage,
    note: (text: string) => void,
  ): Promise<readonly SnapshotVolume[]> {
    const { copies, fleet } = this.#parts;
    const engine = fleet.engine(row.hostId);
    const taken = await copies.take(engine, containerIdOf(row), id, wish.volumes, {
      signal,
      onBytes: (bytes) => {
        progress('volumes', null, formatBytes(bytes));
      },
    });
    note(taken.map(({ target, size }) => `${target}, ${formatBytes(size)} packed`).join('; '));
    return taken;
  }

  async #keep(
    row: AgentRow,
    wish: SnapshotWish & {
      readonly id: SnapshotId;
      readonly imageId: string;
      readonly copied: readonly SnapshotVolume[];
    },
  ): Promise<SnapshotView> {
    const image = snapshotImage(row.name, wish.name);
    const facts = await this.#parts.fleet.engine(row.hostId).inspectImage(image);
    return this.#parts.snapshotRecords.add(
      {
        id: wish.id,
        name: wish.name,
        agentId: row.id,
        agentName: row.name,
        hostId: row.hostId,
        image,
        imageId: wish.imageId,
        size: facts?.size ?? 0,
        parentId: this.#parentOf(row.id),
        comment: wish.comment,
        createdBy: wish.by,
        createdAt: Date.now(),
        origin: wish.origin,
        volumes: wish.copied,
        spec: row.spec,
        agentType: row.type,
      },
      // what is taken next has this one before it
      row.id,
    );
  }

  #parentOf(id: AgentId): SnapshotId | null {
    const { agents, snapshotRows } = this.#parts;
    const wanted = agents.byId(id)?.snapshotId ?? null;
    return wanted === null || snapshotRows.byId(wanted) === undefined ? null : wanted;
  }

  /** Fails in silence: it cleans up after something that failed. */
  async #takeBack(row: AgentRow, name: string, id: SnapshotId): Promise<void> {
    const { fleet, copies, log } = this.#parts;
    try {
      await copies.remove(id);
      await fleet.engine(row.hostId).removeImage(snapshotImage(row.name, name), { force: false });
    } catch (error) {
      log.info(
        { agent: row.name, snapshot: name, err: error },
        'a snapshot that failed could not be taken back',
      );
    }
  }
}

/** Told from other conflicts, so that a made name can be made anew. */
class NameTakenError extends AppError {}

function nameTaken(row: Pick<AgentRow, 'name'>, name: string): AppError {
  return new NameTakenError('CONFLICT', `There is a snapshot "${name}" of ${row.name} already`, {
    hint: 'Choose another name.',
  });
}

/** Variables that hold a secret in the open. */
function plainSecrets({ spec }: AgentRow): readonly string[] {
  return Object.entries(spec.secretEnv).flatMap(([key, { delivery }]) => (delivery === 'env' ? [key] : []));
}

function commandOf({ raw }: ContainerFacts): ImageCommand {
  const config = raw['Config'];
  if (typeof config !== 'object' || config === null) return { entrypoint: null, command: null };
  return {
    entrypoint: 'Entrypoint' in config ? words(config.Entrypoint) : null,
    command: 'Cmd' in config ? words(config.Cmd) : null,
  };
}

function words(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((word: unknown) => typeof word === 'string') : null;
}
