/**
 * A tar that somebody sends (an export of ours, or `docker save`), on its way to the engine. What it says about names is not believed: the
 * image gets the one name that we choose. Our own entries are taken out. Anything that `docker save` does not write is refused, above all
 * links that could lead one entry into the place of another. Nothing is whole in memory but the small texts.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { SNAPSHOT_FILE } from '#lib/domain/inputs/snapshot-file.ts';
import { formatBytes } from '#lib/domain/quantities.ts';
import { fitsTar, tarEnd, tarHeader, tarPadding, type TarHeader } from './tar-header.ts';

export interface TarReceiver {
  /** What is known of the snapshot; comes before the image, if at all. */
  readonly about: (text: string) => Promise<void>;
  /** The copy of a volume. */
  readonly volume: (n: number, packed: AsyncIterable<Buffer>) => Promise<void>;
  /** The name of the image: `slipway/agent:name`. Asked for once, before the image comes. */
  readonly image: () => Promise<string>;
}

const MAX_TEXT_BYTES = 8 * 1024 ** 2;
const VOLUME = /^slipway\/volumes\/(\d{1,2})\.tar\.gz$/;
/** How `docker save` and its like share a layer between two places. */
const LAYER = /^[0-9a-f]{64}\/layer\.tar$/;
const LAYER_TARGET = /^\.\.\/(?:[0-9a-f]{64}\/layer\.tar|[0-9a-f]{64}\.tar)$/;
const TEXTS = ['manifest.json', 'index.json', 'repositories'];

/** Throws VALIDATION. */
export async function* loadableTar(
  bytes: AsyncIterable<Uint8Array>,
  receiver: TarReceiver,
): AsyncGenerator<Buffer> {
  const reader = extract();
  const fed = pipeline(Readable.from(unpacked(bytes), { objectMode: false }), reader);
  // heard of where the entries end
  fed.catch(() => undefined);
  let image: string | null = null;
  let hasManifest = false;
  try {
    for await (const entry of reader) {
      const content = entry as AsyncIterable<Buffer>;
      const { name, size, type, linkTarget } = checked(entry.header);
      const volume = VOLUME.exec(name)?.[1];
      if (name === '') entry.resume();
      else if (name === SNAPSHOT_FILE) {
        const text = await readText(content, name);
        if (image === null) await receiver.about(text);
      } else if (volume !== undefined) await receiver.volume(Number(volume), content);
      else {
        image ??= await receiver.image();
        if (TEXTS.includes(name)) {
          const text = renamed(name, await readText(content, name), image);
          hasManifest ||= name === 'manifest.json';
          if (text !== null) yield* whole(name, text);
        } else {
          yield tarHeader({ name, type, size, linkTarget });
          yield* content;
          yield tarPadding(size);
        }
        entry.resume();
      }
    }
    await fed;
    if (!hasManifest) throw refused('is no image as "docker save" writes it');
    yield tarEnd();
  } catch (error) {
    throw error instanceof AppError ? error : refused('is broken or cut off', error);
  } finally {
    reader.destroy();
  }
}

/** Throws VALIDATION for what `docker save` does not write. An empty name is the folder of all. */
function checked({ name: given, type, size, linkname }: Header): Required<Omit<TarHeader, 'modifiedAt'>> {
  const name = given.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  const isFolder = type === 'directory';
  if (name.startsWith('/') || name.split('/').includes('..') || !fitsTar(name))
    throw refused(`holds a bad path: ${name}`);
  if (isFolder)
    return { name: name === '.' || name === 'slipway' ? '' : name, type, size: 0, linkTarget: '' };
  if (type === 'file') return { name, type, size, linkTarget: '' };
  if ((type === 'symlink' || type === 'link') && LAYER.test(name) && LAYER_TARGET.test(linkname))
    return { name, type, size: 0, linkTarget: linkname };
  throw refused(`holds something that no image has: ${name}`);
}

function* whole(name: string, text: string): Generator<Buffer> {
  const content = Buffer.from(text);
  yield tarHeader({ name, type: 'file', size: content.length });
  yield content;
  yield tarPadding(content.length);
}

/** How many bytes came; throws VALIDATION past the limit. */
export async function* limited(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > maxBytes) throw refused(`is larger than ${formatBytes(maxBytes)}, which is the limit here`);
    onBytes(total);
    yield piece;
  }
}

/** The text of a description of images, with our name in it; null: it goes. */
function renamed(name: string, text: string, image: string): string | null {
  if (name === 'repositories') return null;
  const value = parsed(name, text);
  if (name === 'manifest.json') {
    const [only, ...more] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    if (!isMap(only) || more.length > 0) throw refused('must hold one image');
    return JSON.stringify([{ ...only, RepoTags: [image] }]);
  }
  if (!isMap(value) || !Array.isArray(value['manifests'])) throw refused(`holds a bad ${name}`);
  const manifests = (value['manifests'] as readonly unknown[]).filter(isMap).map((each) => ({
    ...each,
    annotations: {
      'io.containerd.image.name': `docker.io/${image}`,
      'org.opencontainers.image.ref.name': image.split(':').at(-1) ?? '',
    },
  }));
  if (manifests.length !== 1) throw refused('must hold one image');
  return JSON.stringify({ ...value, manifests });
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(`holds a bad ${name}`, error);
  }
}

async function readText(content: AsyncIterable<Buffer>, name: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    if (length > MAX_TEXT_BYTES) throw refused(`holds a ${name} that is too large`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** As it is, or out of gzip. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<Buffer> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield Buffer.from(next.value);
    } finally {
      await iterator.return?.();
    }
  }
  const isPacked = first.done !== true && first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isPacked) {
    yield* all();
    return;
  }
  const gunzip = createGunzip();
  Readable.from(all(), { objectMode: false })
    .on('error', (error) => gunzip.destroy(error))
    .pipe(gunzip);
  yield* gunzip as AsyncIterable<Buffer>;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(rule: string, cause?: unknown): AppError {
  const { message, details } = validationError([{ field: 'file', value: 'tar', rule }]);
  return new AppError('VALIDATION', message, { ...(details ? { details } : {}), cause });
}
