/** An exported snapshot as a tar: what is known of it, its copies of volumes, and then `docker save` as it comes, so that `docker load` takes it. */
import { SNAPSHOT_FILE, volumeEntry, type SnapshotFile } from '#lib/domain/inputs/snapshot-file.ts';
import { tarHeader, tarPadding } from './tar-header.ts';

export interface PackedVolume {
  readonly size: number;
  readonly content: AsyncIterable<Buffer>;
}

export async function* snapshotTar(
  about: SnapshotFile,
  volumes: readonly PackedVolume[],
  image: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const text = Buffer.from(`${JSON.stringify(about, null, 2)}\n`);
  const modifiedAt = Date.parse(about.createdAt);
  const file = (name: string, size: number) => tarHeader({ name, type: 'file', size, modifiedAt });
  yield Buffer.concat([file(SNAPSHOT_FILE, text.length), text, tarPadding(text.length)]);
  for (const [n, { size, content }] of volumes.entries()) {
    yield file(volumeEntry(n), size);
    yield* content;
    yield tarPadding(size);
  }
  // its end is the end of the whole tar
  yield* image;
}
