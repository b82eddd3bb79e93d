/** Snapshots on their way elsewhere: to a registry, and through the server to another host, as a stream. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { newId, type SnapshotId } from '#lib/domain/ids.ts';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { copyInput, pushInput } from '#lib/domain/inputs/snapshot-file.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import type { OperationView, SnapshotView } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { SnapshotRepository, SnapshotRow } from '../storage/snapshots.ts';
import { tidied } from '../streams/tidied.ts';
import { TransferMeter } from '../streams/transfer-meter.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { ImagePolicyService } from './image-policy.ts';
import type { Operation, Operations } from './operations.ts';
import { paced } from './paced.ts';
import type { RegistryService } from './registries.ts';
import type { SnapshotRecords } from './snapshot-records.ts';
import type { SnapshotTaking } from './snapshot-taking.ts';
import type { VolumeCopies } from './volume-copies.ts';

export interface SnapshotSendingParts {
  readonly snapshotRows: SnapshotRepository;
  readonly snapshotRecords: SnapshotRecords;
  readonly taking: Pick<SnapshotTaking, 'refuseTaken'>;
  readonly operations: Operations;
  readonly copies: VolumeCopies;
  readonly fleet: Fleet;
  readonly registries: Pick<RegistryService, 'loginFor'>;
  readonly imagePolicy: Pick<ImagePolicyService, 'refusePull'>;
}

const TELL_EVERY_MS = 250;

export class SnapshotSending {
  readonly #parts: SnapshotSendingParts;

  constructor(parts: SnapshotSendingParts) {
    this.#parts = parts;
  }

  /**
   * `{reference}`: the name that it gets in a registry; on the host it has that name only meanwhile. Throws IMAGE_NOT_ALLOWED, CONFLICT when
   * another image of the host has the name, PULL_FAILED with the registry's words. Copies of volumes are not pushed.
   */
  async push(
    actor: Actor | null,
    id: string,
    raw: unknown,
    options: { readonly wait?: boolean } = {},
  ): Promise<OperationView> {
    const who = authorize(actor, 'snapshots.change');
    const row = this.#row(id);
    const { imagePolicy, fleet, operations } = this.#parts;
    const wish = parseInput(pushInput, raw);
    const reference = formatImageReference(parseImageReference(wish.reference, 'reference'));
    imagePolicy.refusePull(reference);
    const engine = fleet.engine(row.hostId);
    const before = await engine.inspectImage(reference);
    if (before !== null && before.id !== row.imageId)
      throw new AppError('CONFLICT', `${reference} is the name of another image on this host`, {
        hint: 'Push it under another name or tag.',
      });
    const started = operations.start(
      {
        kind: 'push',
        agent: null,
        hostId: row.hostId,
        actor: asReason(who),
        steps: ['push'],
        cancellable: true,
        request: { snapshot: row.id, reference, subject: reference },
      },
      (operation) =>
        operation.step('push', async (note) => {
          if (before === null) await engine.tagImage(row.image, reference);
          try {
            await this.#push(operation, engine, reference);
          } finally {
            if (before === null) await engine.removeImage(reference, { force: false }).catch(() => undefined);
          }
          note(`${row.image} as ${reference}`);
        }),
    );
    if (options.wait === true) await started.done;
    else started.done.catch(() => undefined);
    return operations.get(who, started.id);
  }

  /**
   * `{host}`: the same snapshot there, with its copies of volumes, after the same one in the tree. Throws CONFLICT when it is there already. With
   * `wait` gives the new snapshot, else null.
   */
  async copy(
    actor: Actor | null,
    id: string,
    raw: unknown,
    options: { readonly wait?: boolean } = {},
  ): Promise<{ readonly operation: OperationView; readonly snapshot: SnapshotView | null }> {
    const who = authorize(actor, 'snapshots.change');
    const row = this.#row(id);
    const { fleet, taking, operations, copies, snapshotRecords } = this.#parts;
    const to = fleet.place(parseInput(copyInput, raw).host);
    const engines = { from: fleet.engine(row.hostId), to: to.engine() };
    await taking.refuseTaken({ name: row.agentName, hostId: to.id }, row.name);
    const started = operations.start(
      {
        kind: 'copy',
        agent: null,
        hostId: to.id,
        actor: asReason(who),
        steps: ['copy', 'record'],
        cancellable: true,
        request: { snapshot: row.id, host: to.name, subject: row.image },
      },
      async (operation) => {
        const copyId = newId<SnapshotId>();
        try {
          await operation.step('copy', async (note) => {
            const bytes = await transfer(operation, engines, row.image);
            await copies.duplicate(row.id, copyId, row.volumes.length);
            note(`${formatBytes(bytes)} to ${to.name}`);
          });
          return await operation.step('record', async () => {
            const facts = await engines.to.inspectImage(row.image);
            if (facts === null)
              throw new AppError('ENGINE_ERROR', `${row.image} did not arrive on ${to.name}`);
            const { scan: _, ...same } = row;
            return snapshotRecords.add({
              ...same,
              id: copyId,
              hostId: to.id,
              imageId: facts.id,
              size: facts.size,
              createdBy: who.name,
            });
          });
        } catch (error) {
          await copies.remove(copyId);
          await engines.to.removeImage(row.image, { force: false }).catch(() => undefined);
          throw error;
        }
      },
    );
    started.done.catch(() => undefined);
    const snapshot = options.wait === true ? await started.done : null;
    return { operation: operations.get(who, started.id), snapshot };
  }

  async #push(operation: Operation, engine: Engine, reference: string): Promise<void> {
    const login = this.#parts.registries.loginFor(reference);
    const meter = new TransferMeter();
    const pace = paced(TELL_EVERY_MS, () => {
      operation.progress('push', meter.percent, meter.text, meter.view());
    });
    try {
      await engine.pushImage(reference, {
        signal: operation.signal,
        ...(login === null ? {} : { login }),
        onProgress: (progress) => {
          meter.add(progress, Date.now());
          pace.news();
          if (progress.layer === null) operation.output(progress.status);
        },
      });
    } finally {
      pace.end();
    }
  }

  #row(id: string): SnapshotRow {
    const row = this.#parts.snapshotRows.byId(id);
    if (row === undefined) throw notFound('snapshot', id);
    return row;
  }
}

/** From one engine to the other, never whole in memory. Gives how many bytes went. */
async function transfer(
  operation: Operation,
  engines: { readonly from: Engine; readonly to: Engine },
  image: string,
): Promise<number> {
  let total = 0;
  const pace = paced(TELL_EVERY_MS, () => {
    operation.progress('copy', null, formatBytes(total));
  });
  // one side that fails must end the other
  const over = new AbortController();
  const signal = AbortSignal.any([operation.signal, over.signal]);
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of tidied(engines.from.saveImages([image], signal))) {
      total += piece.length;
      pace.news();
      yield piece;
    }
  }
  try {
    await engines.to.loadImages(counted(), signal);
    return total;
  } finally {
    pace.end();
    over.abort();
  }
}
