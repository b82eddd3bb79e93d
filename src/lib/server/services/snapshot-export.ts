/** A snapshot as a file, written while it is read: an operation that goes on as fast as whoever downloads it. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { SNAPSHOT_FILE_VERSION, type SnapshotFile } from '#lib/domain/inputs/snapshot-file.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { tidied } from '../streams/tidied.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { Operation, Operations } from './operations.ts';
import { paced } from './paced.ts';
import { namesOf } from './secret-delivery.ts';
import { snapshotTar } from './snapshot-tar.ts';
import type { SpecMaker } from './spec-maker.ts';
import type { VolumeCopies } from './volume-copies.ts';

export interface SnapshotExportParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly operations: Operations;
  readonly copies: VolumeCopies;
  readonly specs: SpecMaker;
  readonly fleet: Fleet;
}

export interface ExportedSnapshot {
  readonly fileName: string;
  readonly bytes: AsyncGenerator<Buffer>;
  /** To be called when nobody reads on, also when nobody ever began. */
  readonly close: () => void;
}

const TELL_EVERY_MS = 500;

export class SnapshotExport {
  readonly #parts: SnapshotExportParts;

  constructor(parts: SnapshotExportParts) {
    this.#parts = parts;
  }

  /** Throws NOT_FOUND, and IMAGE_NOT_FOUND when its image is gone, before the first byte. */
  async export(actor: Actor | null, id: string): Promise<ExportedSnapshot> {
    const who = authorize(actor, 'snapshots.change');
    const { snapshotRows, fleet, operations } = this.#parts;
    const row = snapshotRows.byId(id);
    if (row === undefined) throw notFound('snapshot', id);
    const facts = await fleet.engine(row.hostId).inspectImage(row.image);
    if (facts === null)
      throw new AppError('IMAGE_NOT_FOUND', `The image ${row.image} is gone from its host`, {
        hint: 'Somebody removed it there. The snapshot can only be deleted.',
      });
    const sizes = await Promise.all(row.volumes.map((_, n) => this.#parts.copies.sizeOf(row.id, n)));
    const about = this.#about(row, facts.platform);
    const over = Promise.withResolvers<undefined>();
    // heard of in the operation
    over.promise.catch(() => undefined);
    const closed = new AbortController();
    const begun = Promise.withResolvers<Operation>();
    const counted = { bytes: 0 };
    const { done } = operations.start(
      {
        kind: 'export',
        agent: null,
        hostId: row.hostId,
        actor: asReason(who),
        steps: ['export'],
        cancellable: true,
        request: { snapshot: row.id, subject: row.image },
      },
      (operation) =>
        operation.step('export', async (note) => {
          begun.resolve(operation);
          note(formatBytes(await this.#ended(operation, over.promise, counted)));
        }),
    );
    done.catch(() => undefined);
    const operation = await begun.promise;
    const signal = AbortSignal.any([operation.signal, closed.signal]);
    const volumes = sizes.map((size, n) => ({ size, content: this.#parts.copies.read(row.id, n) }));
    const image = tidied(fleet.engine(row.hostId).saveImages([row.image], signal));
    async function* bytes(): AsyncGenerator<Buffer> {
      const pace = paced(TELL_EVERY_MS, () => {
        operation.progress('export', null, formatBytes(counted.bytes));
      });
      try {
        for await (const piece of snapshotTar(about, volumes, image)) {
          counted.bytes += piece.length;
          pace.news();
          yield piece;
        }
        signal.throwIfAborted();
        over.resolve(undefined);
      } catch (error) {
        over.reject(error);
        throw error;
      } finally {
        pace.end();
        for (const { content } of volumes) content.destroy();
      }
    }
    return {
      fileName: `${row.agentName}-${row.name}.tar`,
      bytes: bytes(),
      close: () => {
        over.reject(new AppError('CANCELLED', 'The download was closed before its end'));
        closed.abort();
        for (const { content } of volumes) content.destroy();
      },
    };
  }

  async #ended(
    { signal }: Operation,
    over: Promise<undefined>,
    counted: { readonly bytes: number },
  ): Promise<number> {
    const cancelled = Promise.withResolvers<never>();
    const cancel = () => {
      cancelled.reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      await Promise.race([over, cancelled.promise]);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
    return counted.bytes;
  }

  #about(row: SnapshotRow, platform: string | null): SnapshotFile {
    const agent = this.#parts.agents.byId(row.agentId);
    const spec = row.spec ?? agent?.spec ?? null;
    const type = row.agentType ?? agent?.type ?? 'custom';
    return {
      version: SNAPSHOT_FILE_VERSION,
      name: row.name,
      agentName: row.agentName,
      agentId: row.agentId,
      type,
      comment: row.comment,
      createdAt: new Date(row.createdAt).toISOString(),
      spec: spec === null ? {} : { ...this.#parts.specs.asInput(row.agentName, type, spec) },
      lineage: this.#lineage(row),
      platform,
      size: row.size,
      secrets: spec === null ? [] : [...namesOf(spec)],
      volumes: row.volumes.map((each) => ({ ...each })),
    };
  }

  #lineage(row: SnapshotRow): string[] {
    const names: string[] = [];
    const seen = new Set<string>([row.id]);
    for (let id = row.parentId; id !== null && !seen.has(id) && names.length < 1000;) {
      seen.add(id);
      const parent = this.#parts.snapshotRows.byId(id);
      if (parent === undefined) break;
      names.push(parent.name);
      id = parent.parentId;
    }
    return names;
  }
}
