/** New volumes for an agent that begins from a snapshot with copies: how they are called, and how they get their content. */
import { randomBytes } from 'node:crypto';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { SnapshotId } from '#lib/domain/ids.ts';
import { replaceVolumes } from '#lib/domain/volume-replacement.ts';
import type { Engine } from '../engine/engine.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { mountsOf } from './container-mounts.ts';
import type { Operation } from './operations.ts';
import type { VolumeCopies } from './volume-copies.ts';

export interface FillWish {
  /** Whose copies; null: there is nothing to fill with. */
  readonly snapshotId: SnapshotId | null;
  /** Nothing has ever run with these volumes: also those that are there already are filled. */
  readonly fresh: boolean;
}

export class VolumeFilling {
  readonly #copies: VolumeCopies;
  readonly #snapshotRows: SnapshotRepository;

  constructor(parts: { readonly copies: VolumeCopies; readonly snapshotRows: SnapshotRepository }) {
    this.#copies = parts.copies;
    this.#snapshotRows = parts.snapshotRows;
  }

  /** Into the volumes of a created container that were made for this snapshot's copies. Gives their paths. */
  async fill(
    operation: Operation,
    engine: Engine,
    wish: FillWish,
    made: { readonly volumes: readonly string[]; readonly containerId: string },
  ): Promise<readonly string[]> {
    const snapshot = wish.snapshotId === null ? undefined : this.#snapshotRows.byId(wish.snapshotId);
    if (snapshot === undefined || snapshot.volumes.length === 0) return [];
    const mounts = mountsOf(await engine.inspectContainer(made.containerId, operation.signal));
    const filled: string[] = [];
    for (const [n, { target }] of snapshot.volumes.entries()) {
      const volume = mounts.find((mount) => mount.target === target)?.source ?? '';
      if (!isFor(snapshot.id, volume) || !(wish.fresh || made.volumes.includes(volume))) continue;
      operation.progress('create', null, target);
      await this.#copies.fill(
        engine,
        made.containerId,
        { snapshotId: snapshot.id, n, target },
        operation.signal,
      );
      filled.push(target);
    }
    return filled;
  }
}

/** The spec with new volumes in the place of those that were copied along. */
export function withNewVolumes(spec: AgentSpec, agentName: string, snapshot: SnapshotRow): AgentSpec {
  const now = snapshot.volumes.map(({ target }, n) => [target, newName(agentName, snapshot.id, n)] as const);
  const was = snapshot.volumes.map(({ target, name }) => [target, name] as const);
  return replaceVolumes(spec, new Map(now), new Map(was));
}

/** The snapshot stands in the name, so that a volume is only ever filled with the copy that it was made for. */
function newName(agentName: string, id: SnapshotId, n: number): string {
  return `slipway-${agentName}-${n + 1}-${id.slice(-6)}${randomBytes(2).toString('hex')}`;
}

function isFor(id: SnapshotId, volume: string): boolean {
  return volume.startsWith('slipway-') && new RegExp(`-\\d+-${id.slice(-6)}[0-9a-f]{4}$`).test(volume);
}
