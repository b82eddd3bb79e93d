/**
 * The images whose Dockerfiles ship with Slipway, as contexts for a build. They are files that are served too, so a build of Slipway has
 * them under its client files; while it is developed they are where they are written.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { AppError, notFound } from '#lib/domain/errors.ts';

/** In the order in which they are built: all others are made from the first. */
export const SHIPPED_IMAGES = ['base', 'claude', 'codex', 'gemini', 'aider'] as const;
export type ShippedImage = (typeof SHIPPED_IMAGES)[number];

export const shippedTag = (name: ShippedImage): string => `slipway/${name}:latest`;

/** The name of the Dockerfile that makes an image; null: none of ours does. */
export function shippedImageOf(image: string | null): ShippedImage | null {
  return SHIPPED_IMAGES.find((name) => shippedTag(name) === image) ?? null;
}

const PLACES = ['build/client/images', 'static/images'] as const;

export class ShippedImages {
  readonly #root: string;

  /** `root`: the folder that Slipway was started from. */
  constructor(root: string) {
    this.#root = root;
  }

  /** A tar for the engine. The same files give the same bytes. Throws NOT_FOUND for a name that does not ship. */
  async context(name: string): Promise<Buffer> {
    if (!SHIPPED_IMAGES.some((each) => each === name)) throw notFound('Dockerfile of ours', name);
    const folder = join(this.#folder(), name);
    const archive = pack();
    for (const path of await filesIn(folder)) {
      const mode = path.includes('/bin/') ? 0o755 : 0o644;
      archive.entry({ name: path, mode, mtime: new Date(0) }, await readFile(join(folder, path)));
    }
    archive.finalize();
    return buffer(archive);
  }

  #folder(): string {
    const folder = PLACES.map((place) => join(this.#root, place)).find((each) =>
      existsSync(join(each, 'base/Dockerfile')),
    );
    if (folder !== undefined) return folder;
    throw new AppError('NOT_FOUND', 'The Dockerfiles of Slipway are not in this installation', {
      hint: 'Start it from a whole checkout, or from its own container image.',
    });
  }
}

/** Paths of files below a folder, sorted. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}
