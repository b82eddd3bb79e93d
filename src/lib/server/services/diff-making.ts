/** Makes comparisons, each once for all who ask for it meanwhile, and keeps them for as long as they are true. */
import { changeTree } from '#lib/domain/diff/change-tree.ts';
import { fromEngine } from '#lib/domain/diff/engine-changes.ts';
import type { FileChange } from '#lib/domain/diff/file-change.ts';
import type { OperationId } from '#lib/domain/ids.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { ComparisonCache, type Comparison } from './comparison-cache.ts';
import type { Side } from './diff-sides.ts';
import { compareImages } from './image-comparison.ts';
import type { Operation, Operations } from './operations.ts';
import type { Temporaries } from './temporaries.ts';

export interface MakingParts {
  readonly fleet: Fleet;
  readonly operations: Operations;
  readonly temporaries: Temporaries;
}

const MOST_BYTES = 64 * 1024 ** 2;
/** An image never changes; this only lets go of what nobody asks for. */
const IMAGES_MS = 24 * 3_600_000;
/** An agent does: long enough to open a few folders. */
const AGENT_MS = 15_000;
/** With a copy of the agent, which costs more to make than to be a little behind. */
const COPY_MS = 5 * 60_000;
const PROGRESS_BYTES = 4 * 1024 ** 2;

export class DiffMaking {
  readonly #parts: MakingParts;
  readonly #cache = new ComparisonCache(MOST_BYTES);
  readonly #underWay = new Map<string, Promise<Comparison>>();
  readonly #operations = new Map<string, OperationId>();

  constructor(parts: MakingParts) {
    this.#parts = parts;
  }

  /** `fresh`: what is known of an agent is looked at again. */
  make(actor: Actor, from: Side, to: Side, fresh: boolean): Promise<Comparison> {
    const key = keyOf(from, to);
    const isOfImages = from.containerId === null && to.containerId === null;
    const known = fresh && !isOfImages ? null : this.#cache.get(key);
    if (known !== null) return Promise.resolve(known);
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const making = this.#make(actor, from, to, key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, making);
    return making;
  }

  /** The operation that compares these two now. */
  operationOf(from: Side, to: Side): OperationId | null {
    return this.#operations.get(keyOf(from, to)) ?? null;
  }

  async #make(actor: Actor, from: Side, to: Side, key: string): Promise<Comparison> {
    const engine = this.#parts.fleet.engine(to.hostId);
    const isOwnImage = from.containerId === null && from.imageId === to.imageId;
    if (isOwnImage && to.containerId !== null) {
      const changes = fromEngine(await engine.changes(to.containerId));
      return this.#keep(key, changes, false, AGENT_MS);
    }
    const isCopied = from.containerId !== null || to.containerId !== null;
    // a copy of an agent takes room on the host
    if (isCopied) authorize(actor, 'agents.inspect');
    const changes = await this.#asOperation(actor, engine, from, to);
    return this.#keep(key, changes, true, isCopied ? COPY_MS : IMAGES_MS);
  }

  #keep(key: string, found: readonly FileChange[], sized: boolean, lifeMs: number): Comparison {
    // the place where its secrets are mounted is ours, not the agent's doing
    const changes = found.filter(({ path }) => path !== SECRET_FOLDER);
    const comparison = { changes, tree: changeTree(changes), at: Date.now(), sized };
    this.#cache.set(key, comparison, lifeMs);
    return comparison;
  }

  #asOperation(actor: Actor, engine: Engine, from: Side, to: Side): Promise<readonly FileChange[]> {
    const isCopied = from.containerId !== null || to.containerId !== null;
    const plan = {
      kind: 'diff',
      agent: null,
      hostId: to.hostId,
      actor: asReason(actor),
      steps: [...(isCopied ? ['copy agent'] : []), 'compare'],
      cancellable: true,
    } as const;
    const work = async (operation: Operation) => {
      const sides = [from, to].filter((side) => side.containerId !== null);
      const over = Promise.withResolvers<undefined>();
      const copies = sides.map((side) => this.#copy(engine, side, over.promise));
      try {
        const ids = isCopied
          ? await operation.step('copy agent', async (note) => {
              const made = await Promise.all(copies.map(({ imageId }) => imageId));
              note(sides.map(({ view }) => view.name).join(', '));
              return made;
            })
          : [];
        const idOf = (side: Side) => ids[sides.indexOf(side)] ?? side.imageId;
        return await operation.step('compare', async (note) => {
          note(`${from.view.name}, ${to.view.name}`);
          return compareImages(engine, [idOf(from), idOf(to)], operation.signal, progress(operation));
        });
      } finally {
        over.resolve(undefined);
        await Promise.allSettled(copies.map(({ gone }) => gone));
      }
    };
    const { id, done } = this.#parts.operations.start(plan, work);
    const key = keyOf(from, to);
    this.#operations.set(key, id);
    return done.finally(() => this.#operations.delete(key));
  }

  /** An image of an agent, there until `over`. */
  #copy(engine: Engine, { containerId }: Side, over: Promise<undefined>) {
    const made = Promise.withResolvers<string>();
    // whoever waits for it hears of a failure; after a cancel nobody waits
    made.promise.catch(() => undefined);
    const gone = this.#parts.temporaries
      .withImage(engine, containerId ?? '', async (imageId) => {
        made.resolve(imageId);
        await over;
      })
      .catch((error: unknown) => {
        made.reject(error);
      });
    return { imageId: made.promise, gone };
  }
}

function keyOf(from: Side, to: Side): string {
  return [from, to].map(({ imageId, containerId }) => containerId ?? imageId).join(' ');
}

/** Tells how much was read, now and then. */
function progress(operation: Operation): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes - told < PROGRESS_BYTES) return;
    told = bytes;
    operation.progress('compare', null, `${formatBytes(bytes)} read`);
  };
}
