/**
 * The files of an image, out of what `docker save` gives, as they come: a tar of layers, each a tar itself (compressed on the containerd
 * store). Nothing is whole in memory. Used by the search for secrets and by the comparison of images.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';

export interface ImageFile {
  /** The entry of the outer tar that holds it: `<id>/layer.tar`, `blobs/sha256/…`; null for what belongs to no layer (manifest, config). */
  readonly layer: string | null;
  /** Without a slash in front; a whiteout (`.wh.name`) is as it is. */
  readonly path: string;
  readonly type: Header['type'];
  readonly size: number;
  readonly mode: number;
  /** `uid:gid` */
  readonly owner: string;
  readonly linkTarget: string | null;
}

/** Called for each file in turn; it has to read the content to its end, or to return without touching it. */
export type ImageVisitor = (file: ImageFile, content: AsyncIterable<Buffer>) => Promise<void> | void;

const BLOCK = 512;

export async function walkImage(tar: AsyncIterable<Buffer>, visit: ImageVisitor): Promise<void> {
  await walkTar(tar, async (header, content) => {
    // a layer that is saved already is a link to where it stands
    if (header.type === 'symlink') await visit(fileOf(null, header), content);
    if (header.type !== 'file') return;
    const { first, whole } = await peek(content);
    const packed = first.length > 2 && first[0] === 0x1f && first[1] === 0x8b;
    // a link between layers, or a text: an image's own JSON is no tar
    if (!packed && !isTar(first)) {
      await visit(fileOf(null, header), whole);
      return;
    }
    await walkTar(packed ? unpacked(whole) : whole, (inner, bytes) =>
      visit(fileOf(header.name, inner), bytes),
    );
  });
}

function fileOf(layer: string | null, header: Header): ImageFile {
  return {
    layer,
    path: header.name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''),
    type: header.type,
    size: header.size,
    mode: header.mode,
    owner: `${header.uid}:${header.gid}`,
    linkTarget: header.linkname || null,
  };
}

/** Calls `each` for every entry in turn, and reads over what it leaves. Rejects for what is no tar. */
export async function walkTar(
  bytes: AsyncIterable<Buffer>,
  each: (header: Header, content: AsyncIterable<Buffer>) => Promise<void> | void,
): Promise<void> {
  const reader = extract();
  const walked = (async () => {
    for await (const entry of reader) {
      await each(entry.header, entry as AsyncIterable<Buffer>);
      entry.resume();
    }
  })();
  await Promise.all([pipeline(Readable.from(bytes, { objectMode: false }), reader), walked]);
}

function isTar(block: Buffer): boolean {
  if (block.length < BLOCK) return false;
  // an empty layer is nothing but zeros
  return (
    block.toString('latin1', 257, 262) === 'ustar' || block.subarray(0, BLOCK).every((byte) => byte === 0)
  );
}

/** The first block, and everything with it. */
async function peek(
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly first: Buffer; readonly whole: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let length = 0;
  while (length < BLOCK) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield* held;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  return { first: Buffer.concat(held), whole: whole() };
}

function unpacked(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  Readable.from(bytes, { objectMode: false })
    .on('error', (error) => gunzip.destroy(error))
    .pipe(gunzip);
  return gunzip;
}
