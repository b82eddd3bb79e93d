/** A snapshot out of a file: an export of ours, or what `docker save` wrote. It streams to the engine; of a bad one nothing is left. */
import { AppError, validationError } from '#lib/domain/errors.ts';
import { newId, type AgentId, type SnapshotId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { importInput, type SnapshotFile } from '#lib/domain/inputs/snapshot-file.ts';
import { OWN_LABELS } from '#lib/domain/labels.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { inventSnapshotName } from '#lib/domain/snapshot-name.ts';
import type { SnapshotView, SnapshotVolume } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { badFile, importedSpec, readAbout } from './imported-spec.ts';
import { limited, loadableTar } from './loadable-tar.ts';
import type { Operation, Operations } from './operations.ts';
import { paced } from './paced.ts';
import type { SecretService } from './secrets.ts';
import { snapshotImage, type SnapshotRecords } from './snapshot-records.ts';
import type { SpecMaker } from './spec-maker.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import type { VolumeCopies } from './volume-copies.ts';

export interface SnapshotImportParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
  readonly snapshotRecords: SnapshotRecords;
  readonly operations: Operations;
  readonly copies: VolumeCopies;
  readonly secrets: Pick<SecretService, 'all'>;
  readonly specs: SpecMaker;
  readonly types: TypeCatalogue;
  readonly fleet: Fleet;
  /** Bytes of one file. */
  readonly maxUpload: number;
}

/** What has come so far. */
interface Arrival {
  readonly id: SnapshotId;
  readonly host: Host;
  about: SnapshotFile | null;
  /** Null until it is known how it shall be called. */
  as: { readonly agentName: string; readonly name: string; readonly image: string } | null;
  readonly volumes: Map<number, number>;
}

const TELL_EVERY_MS = 500;

export class SnapshotImport {
  readonly #parts: SnapshotImportParts;

  constructor(parts: SnapshotImportParts) {
    this.#parts = parts;
  }

  /**
   * `query`: `agent` and `name` that it shall have, and `host`. Throws VALIDATION for a file that is broken or no export, CONFLICT that proposes
   * a name when the name is taken.
   */
  async import(
    actor: Actor | null,
    body: AsyncIterable<Uint8Array>,
    query: unknown,
    gone: AbortSignal,
  ): Promise<SnapshotView> {
    const who = authorize(actor, 'snapshots.change');
    const wish = parseInput(importInput, query);
    const host = this.#parts.fleet.place(wish.host);
    const engine = host.engine();
    const arrival: Arrival = { id: newId<SnapshotId>(), host, about: null, as: null, volumes: new Map() };
    const { done } = this.#parts.operations.start(
      {
        kind: 'import',
        agent: null,
        hostId: host.id,
        actor: asReason(who),
        steps: ['import', 'record'],
        cancellable: true,
        request: { subject: wish.agent ?? '' },
      },
      async (operation) => {
        try {
          await operation.step('import', async (note) => {
            await this.#receive(operation, engine, arrival, wish, body, gone);
            note(arrival.as?.image ?? '');
          });
          return await operation.step('record', () => this.#record(engine, arrival, who.name, operation));
        } catch (error) {
          await this.#takeBack(engine, arrival);
          throw error;
        }
      },
    );
    return done;
  }

  async #receive(
    operation: Operation,
    engine: Engine,
    arrival: Arrival,
    wish: { readonly agent?: string | undefined; readonly name?: string | undefined },
    body: AsyncIterable<Uint8Array>,
    gone: AbortSignal,
  ): Promise<void> {
    const signal = AbortSignal.any([operation.signal, gone]);
    let total = 0;
    const pace = paced(TELL_EVERY_MS, () => {
      operation.progress('import', null, formatBytes(total));
    });
    const bytes = limited(body, this.#parts.maxUpload, (count) => {
      total = count;
      pace.news();
    });
    const refusal: { error: unknown } = { error: null };
    const tar = this.#checked(bytes, arrival, wish, signal, refusal);
    try {
      await engine.loadImages(tar, signal);
    } catch (error) {
      // the engine only sees that its input broke off
      if (gone.aborted) throw new AppError('CANCELLED', 'The upload was closed before its end');
      throw signal.aborted ? signal.reason : (refusal.error ?? asRefusal(error));
    } finally {
      pace.end();
    }
  }

  async *#checked(
    bytes: AsyncIterable<Uint8Array>,
    arrival: Arrival,
    wish: { readonly agent?: string | undefined; readonly name?: string | undefined },
    signal: AbortSignal,
    refusal: { error: unknown },
  ): AsyncGenerator<Buffer> {
    try {
      yield* loadableTar(bytes, {
        about: async (text) => {
          arrival.about ??= readAbout(text);
          arrival.as = await this.#named(arrival, wish);
        },
        volume: async (n, packed) => {
          if (arrival.about?.volumes[n] === undefined)
            throw badFile('holds a volume that it does not speak of');
          arrival.volumes.set(n, await this.#parts.copies.receive(arrival.id, n, packed, signal));
        },
        image: async () => {
          arrival.as ??= await this.#named(arrival, wish);
          return arrival.as.image;
        },
      });
    } catch (error) {
      refusal.error = error;
      throw error;
    }
  }

  /** Throws VALIDATION when nobody says of whom it is, CONFLICT when the name is taken. */
  async #named(
    { about, host }: Arrival,
    wish: { readonly agent?: string | undefined; readonly name?: string | undefined },
  ): Promise<NonNullable<Arrival['as']>> {
    const agentName = wish.agent ?? about?.agentName;
    if (agentName === undefined) {
      const rule = 'must be given: the file does not say of which agent it is';
      throw validationError([{ field: 'agent', value: undefined, rule }]);
    }
    const name = wish.name ?? about?.name ?? inventSnapshotName(new Date());
    const free = async (each: string) => {
      const image = snapshotImage(agentName, each);
      return (
        this.#parts.snapshotRows.byImage(host.id, image) === undefined &&
        (await host.engine().inspectImage(image)) === null
      );
    };
    if (await free(name)) return { agentName, name, image: snapshotImage(agentName, name) };
    let other = 2;
    while (other < 100 && !(await free(`${name}-${other}`))) other += 1;
    throw new AppError('CONFLICT', `There is a snapshot "${name}" of ${agentName} on ${host.name} already`, {
      hint: `Import it under another name, for example "${name}-${other}".`,
    });
  }

  async #record(engine: Engine, arrival: Arrival, by: string, operation: Operation): Promise<SnapshotView> {
    const { about, as, host, id } = arrival;
    const facts = as === null ? null : await engine.inspectImage(as.image);
    if (as === null || facts === null) throw badFile('held no image that the engine could take');
    if (Object.entries(facts.labels).some(([key, value]) => key.startsWith(OWN_LABELS) && value !== ''))
      throw badFile('holds an image that passes for an agent of Slipway: its labels say so');
    const volumes = (about?.volumes ?? []).map(({ target, name }, n): SnapshotVolume => {
      const size = arrival.volumes.get(n);
      if (size === undefined) throw badFile(`misses the copy of the volume at ${target}`);
      return { target, name, size };
    });
    const { type, spec } = importedSpec(this.#parts, as, about, (line) => {
      operation.output(line);
    });
    const agentId = this.#lineOf(about);
    const parent = about?.lineage.length
      ? this.#parts.snapshotRows.ofAgent(agentId).find((each) => each.name === about.lineage[0])
      : undefined;
    const takenAt = about === null ? facts.createdAt : Date.parse(about.createdAt);
    return this.#parts.snapshotRecords.add({
      id,
      name: as.name,
      agentId,
      agentName: as.agentName,
      hostId: host.id,
      image: as.image,
      imageId: facts.id,
      size: facts.size,
      parentId: parent?.id ?? null,
      comment: about?.comment ?? '',
      createdBy: by,
      createdAt: Math.min(takenAt, Date.now()),
      origin: 'import',
      volumes,
      spec,
      agentType: type,
    });
  }

  /** The line that it was of, unless its agent is here: that one did not take it here. */
  #lineOf(about: SnapshotFile | null): AgentId {
    const original = about?.agentId as AgentId | undefined;
    return original === undefined || this.#parts.agents.byId(original) !== undefined
      ? newId<AgentId>()
      : original;
  }

  async #takeBack(engine: Engine, { id, as }: Arrival): Promise<void> {
    await this.#parts.copies.remove(id).catch(() => undefined);
    // the name was free when it came
    if (as !== null) await engine.removeImage(as.image, { force: false }).catch(() => undefined);
  }
}

/** What the engine cannot take is the file's fault, unless the engine is away. */
function asRefusal(error: unknown): unknown {
  return error instanceof AppError && error.code === 'ENGINE_ERROR'
    ? badFile('is no image that the engine can take', error)
    : error;
}
