/**
 * Copies of named volumes beside a snapshot: `volumes/<snapshot>/<n>.tar.gz` in the data directory, readable for Slipway alone. A volume is
 * read and written through a container that mounts it, never from the host's disk, so that it works on every host.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError } from '#lib/domain/errors.ts';
import type { SnapshotVolume } from '#lib/protocol/views.ts';
import type { Engine } from '../engine/engine.ts';

export interface VolumeWish {
  readonly name: string;
  readonly target: string;
}

export class VolumeCopies {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'volumes');
  }

  /** One file for each volume, in their order. When one fails none is left. `onBytes` hears how much was read so far, of all of them. */
  async take(
    engine: Pick<Engine, 'readArchive'>,
    containerId: string,
    snapshotId: string,
    volumes: readonly VolumeWish[],
    options: { readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
  ): Promise<readonly SnapshotVolume[]> {
    let total = 0;
    const count = counter((bytes) => {
      total += bytes;
      options.onBytes(total);
    });
    return this.#whole(snapshotId, async () => {
      const taken: SnapshotVolume[] = [];
      for (const [n, { name, target }] of volumes.entries()) {
        // what is in the folder, without its name: it may be mounted elsewhere next time
        const tar = engine.readArchive(containerId, `${target}/.`, options.signal);
        const size = await this.#write(snapshotId, n, count(tar), [createGzip()], options.signal);
        options.signal.throwIfAborted();
        taken.push({ name, target, size });
      }
      return taken;
    });
  }

  /** Takes in a copy as it is, packed. */
  async receive(
    snapshotId: string,
    n: number,
    packed: AsyncIterable<Buffer>,
    signal: AbortSignal,
  ): Promise<number> {
    await this.#makeFolder(snapshotId);
    return this.#write(snapshotId, n, packed, [], signal);
  }

  /** The same copies for another snapshot. */
  async duplicate(from: string, to: string, count: number): Promise<void> {
    if (count === 0) return;
    await this.#whole(to, async () => {
      for (let n = 0; n < count; n += 1) await copyFile(this.#path(from, n), this.#path(to, n));
    });
  }

  /** Packed, as it lies there. */
  read(snapshotId: string, n: number): Readable {
    return createReadStream(this.#path(snapshotId, n));
  }

  async sizeOf(snapshotId: string, n: number): Promise<number> {
    return (await stat(this.#path(snapshotId, n))).size;
  }

  /** Unpacks a copy into a folder of a container that has not been started yet. */
  async fill(
    engine: Pick<Engine, 'writeArchive'>,
    containerId: string,
    copy: { readonly snapshotId: string; readonly n: number; readonly target: string },
    signal: AbortSignal,
  ): Promise<void> {
    const packed = this.read(copy.snapshotId, copy.n);
    const tar = createGunzip();
    const broken = pipeline(packed, tar).catch((error: unknown) => {
      throw new AppError('CONFLICT', `The copy of the volume at ${copy.target} cannot be read`, {
        hint: 'Fork or restore without the volumes: "volumes": false.',
        cause: error,
      });
    });
    try {
      await Promise.all([broken, engine.writeArchive(containerId, copy.target, tar, signal)]);
    } finally {
      packed.destroy();
      tar.destroy();
      await broken.catch(() => undefined);
    }
  }

  /** Gone already: success. */
  async remove(snapshotId: string): Promise<void> {
    await rm(join(this.#folder, snapshotId), { recursive: true, force: true });
  }

  /** Takes away what belongs to no snapshot: of work that a crash cut off. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const here = await readdir(this.#folder).catch(() => []);
    for (const each of here) if (!known.has(each)) await this.remove(each);
  }

  async #whole<Value>(snapshotId: string, work: () => Promise<Value>): Promise<Value> {
    try {
      await this.#makeFolder(snapshotId);
      return await work();
    } catch (error) {
      await this.remove(snapshotId);
      throw error;
    }
  }

  async #write(
    snapshotId: string,
    n: number,
    bytes: AsyncIterable<Buffer>,
    through: readonly Transform[],
    signal: AbortSignal,
  ): Promise<number> {
    const path = this.#path(snapshotId, n);
    const file = createWriteStream(path, { mode: 0o600 });
    await pipeline([Readable.from(bytes, { objectMode: false }), ...through, file], { signal });
    return (await stat(path)).size;
  }

  async #makeFolder(snapshotId: string): Promise<void> {
    await mkdir(join(this.#folder, snapshotId), { recursive: true, mode: 0o700 });
  }

  #path(snapshotId: string, n: number): string {
    return join(this.#folder, snapshotId, `${n}.tar.gz`);
  }
}

function counter(count: (bytes: number) => void) {
  return async function* counted(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      count(piece.length);
      yield piece;
    }
  };
}
