import type * as port from '../engine.ts';
import { build } from './builder.ts';
import type { Call } from './calls.ts';
import { collected } from './collected.ts';
import { FakeContainerPort } from './container-port.ts';
import { read, stat, write } from './container-files.ts';
import { diskUsage, storedBytes } from './disk-usage.ts';
import { historyOf, tagOf, toFacts, type Image } from './image.ts';
import { packImages, unpackImages } from './image-tar.ts';
import { pull } from './pull.ts';
import { EngineRefusal } from './refusal.ts';

const PIECE_BYTES = 32_768;
const IMAGE_NAME = /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?$/;

/** The part of the engine port that is about what is kept: images, and the files of containers. */
export abstract class FakeContentPort extends FakeContainerPort {
  inspectImage(reference: string, signal?: AbortSignal): Promise<port.ImageFacts | null> {
    return this.calls.make({ method: 'inspectImage', doing: 'image', subject: reference, signal }, () => {
      const image = this.world.images.find(reference);
      return image === undefined ? null : toFacts(image);
    });
  }

  listImages(options: { readonly dangling?: boolean } = {}): Promise<readonly port.ImageFacts[]> {
    return this.calls.make({ method: 'listImages', doing: 'read' }, () =>
      this.world.images.list(options.dangling),
    );
  }

  pullImage(reference: string, { signal, login, onProgress }: port.PullOptions): Promise<void> {
    const logins = login === undefined ? {} : { [login.serverAddress]: login };
    return this.calls.make({ method: 'pullImage', doing: 'pull', subject: reference, signal }, () =>
      pull(this.world, reference, { signal, logins, onProgress }),
    );
  }

  pushImage(reference: string, { signal, login, onProgress }: port.PushOptions): Promise<void> {
    return this.calls.make({ method: 'pushImage', doing: 'push', subject: reference, signal }, async () => {
      const image = this.world.images.find(reference);
      const report = onProgress ?? (() => undefined);
      const digest = await this.world.registry.push(reference, image, { signal, login, report });
      image?.digests.add(digest);
      this.world.events.emit('image', 'push', reference, { name: reference });
    });
  }

  checkLogin(login: port.RegistryLogin, signal?: AbortSignal): Promise<void> {
    const subject = login.serverAddress;
    return this.calls.make({ method: 'checkLogin', doing: 'login', subject, signal }, () =>
      this.world.registry.check(login),
    );
  }

  buildImage(options: port.BuildOptions): Promise<{ readonly imageId: string }> {
    const { tag: subject, signal } = options;
    return this.calls.make({ method: 'buildImage', doing: 'build', subject, signal }, async () => {
      const image = await build(this.world, options);
      return { imageId: image.id };
    });
  }

  tagImage(reference: string, name: string): Promise<void> {
    return this.calls.make({ method: 'tagImage', doing: 'image', subject: reference }, () => {
      const image = this.#found(reference);
      if (!IMAGE_NAME.test(name)) throw new EngineRefusal(500, 'invalid reference format');
      this.world.images.tag(image, tagOf(name));
    });
  }

  removeImage(reference: string, options: { readonly force: boolean }): Promise<void> {
    return this.calls.make({ method: 'removeImage', doing: 'image', subject: reference }, () => {
      if (this.world.images.find(reference) === undefined) return;
      this.world.images.remove(reference, options.force, (image) => this.world.containers.madeFrom(image));
    });
  }

  imageHistory(reference: string, signal?: AbortSignal): Promise<readonly port.HistoryFacts[]> {
    return this.calls.make({ method: 'imageHistory', doing: 'image', subject: reference, signal }, () =>
      historyOf(this.#found(reference)),
    );
  }

  saveImages(references: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
    const call = { method: 'saveImages', doing: 'save', subject: references.join(', '), signal } as const;
    return this.#pieces(call, () => packImages(this.world.images, references));
  }

  loadImages(tar: AsyncIterable<Buffer>, signal: AbortSignal): Promise<readonly string[]> {
    return this.calls.make({ method: 'loadImages', doing: 'load', signal }, async () =>
      unpackImages(this.world.images, await collected(tar, 'load', signal)),
    );
  }

  diskUsage(signal?: AbortSignal): Promise<port.DiskUsage> {
    return this.calls.make({ method: 'diskUsage', doing: 'read', signal }, () => diskUsage(this.world));
  }

  storedBytes(signal?: AbortSignal): Promise<number> {
    return this.calls.make({ method: 'storedBytes', doing: 'read', signal }, () => storedBytes(this.world));
  }

  statPath(containerId: string, path: string, signal?: AbortSignal): Promise<port.FileFacts | null> {
    return this.on(
      'statPath',
      'archive',
      containerId,
      (container) => stat(this.world, container, path),
      signal,
    );
  }

  readArchive(containerId: string, path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const call = { method: 'readArchive', doing: 'archive', subject: path, signal } as const;
    return this.#pieces(call, () => read(this.world, this.world.containers.find(containerId), path));
  }

  writeArchive(
    containerId: string,
    folder: string,
    tar: Buffer | AsyncIterable<Buffer>,
    signal?: AbortSignal,
  ): Promise<void> {
    const call = { method: 'writeArchive', doing: 'archive', subject: folder, signal } as const;
    return this.calls.make(call, async () => {
      const packed = Buffer.isBuffer(tar) ? tar : await collected(tar, 'archive', signal);
      write(this.world, this.world.containers.find(containerId), folder, packed);
    });
  }

  #pieces(call: Call & { readonly signal: AbortSignal }, work: () => Buffer): AsyncGenerator<Buffer> {
    return this.calls.stream<Buffer>(call, (pipe) => {
      const all = work();
      for (let at = 0; at < all.length; at += PIECE_BYTES) pipe.push(all.subarray(at, at + PIECE_BYTES));
      pipe.end();
      return () => undefined;
    });
  }

  #found(reference: string): Image {
    const image = this.world.images.find(reference);
    if (image === undefined) throw new EngineRefusal(404, `No such image: ${reference}`);
    return image;
  }
}
