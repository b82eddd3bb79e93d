/** Builds the images of types from the Dockerfiles that ship with Slipway, on a host, as builds like any other. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { typeBuildInput, type TypeBuildInput } from '#lib/domain/inputs/type-input.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import { authorize, type Actor } from './access.ts';
import type { BuildService, StartedBuild } from './builds.ts';
import type { Operations } from './operations.ts';
import { shippedImageOf, ShippedImages, shippedTag, type ShippedImage } from './shipped-images.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

export interface TypeImagesParts {
  readonly catalogue: TypeCatalogue;
  readonly builds: Pick<BuildService, 'upload'>;
  readonly operations: Operations;
  readonly fleet: Fleet;
  /** The folder that Slipway was started from. */
  readonly root: string;
  readonly log: Log;
}

export class TypeImages {
  readonly #parts: TypeImagesParts;
  readonly #shipped: ShippedImages;

  constructor(parts: TypeImagesParts) {
    this.#parts = parts;
    this.#shipped = new ShippedImages(parts.root);
  }

  /**
   * Begins the build of a type's image, and gives it at once. Where the base image is not on the host, or shall be another one, that is built
   * first and is what is given; the type's own follows it. Throws CONFLICT for a type whose image no Dockerfile of ours makes.
   */
  async build(actor: Actor | null, typeName: string, raw: unknown): Promise<StartedBuild> {
    const who = authorize(actor, 'builds.change');
    const type = this.#parts.catalogue.get(typeName);
    if (type === undefined) throw notFound('agent type', typeName);
    const name = type.builtHere ? shippedImageOf(type.image) : null;
    if (name === null)
      throw new AppError('CONFLICT', `No Dockerfile of Slipway makes the image of ${typeName}`, {
        hint: 'Build it on the page Builds, or pull it.',
      });
    const wish = parseInput(typeBuildInput, raw);
    const { fleet } = this.#parts;
    const host = fleet.place(wish.host);
    const settled = { ...wish, host: host.name };
    const hasBase = (await host.engine().inspectImage(shippedTag('base'))) !== null;
    if (hasBase && wish.baseImage === undefined && wish.args['EXTRA_CA'] === undefined)
      return this.#start(who, name, settled);
    const base = await this.#start(who, 'base', settled);
    void this.#after(base, () => this.#start(who, name, settled));
    return base;
  }

  async #start(
    who: Actor,
    name: ShippedImage,
    { host, args, baseImage }: TypeBuildInput,
  ): Promise<StartedBuild> {
    const base = name === 'base' && baseImage !== undefined ? { BASE_IMAGE: baseImage } : {};
    const context = await this.#shipped.context(name);
    const input = { host, tag: shippedTag(name), args: { ...args, ...base } };
    return this.#parts.builds.upload(who, input, chunksOf(context));
  }

  /** What goes wrong in a build stands in its own record. */
  async #after(base: StartedBuild, next: () => Promise<StartedBuild>): Promise<void> {
    const { operations, log } = this.#parts;
    try {
      await operations.settled(operations.row(base.operation.id).id);
      if (operations.row(base.operation.id).state === 'succeeded') await next();
    } catch (error) {
      log.warn({ err: error }, 'the image of a type could not be built after its base');
    }
  }
}

async function* chunksOf(context: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield context;
}
