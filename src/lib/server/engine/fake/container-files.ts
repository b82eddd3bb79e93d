/** Looking at and changing the files of a fake container, through its mounts. */
import type { FileFacts } from '../engine.ts';
import { tar, type TarEntry } from '../testing/tar.ts';
import type { FakeContainer } from './container.ts';
import { directory, file, joined, parentOf, type FileNode, type Files } from './files.ts';
import { EngineRefusal } from './refusal.ts';
import { nodeOf, readTar } from './tar-reader.ts';
import type { World } from './world.ts';

const FOLDER_BYTES = 4096;

/** Where a path lies: in the container's own files, or in a volume that is mounted above it. */
interface Place {
  readonly files: Files;
  readonly path: string;
  readonly volume: string | null;
}

function placeOf(world: World, { files, mounts }: FakeContainer, path: string): Place {
  const whole = joined('/', path);
  const mount = mounts
    .filter(({ type, target }) => type === 'volume' && (whole === target || whole.startsWith(`${target}/`)))
    .toSorted((left, right) => right.target.length - left.target.length)[0];
  if (mount === undefined) return { files, path: whole, volume: null };
  const inner = joined('/', whole.slice(mount.target.length));
  return { files: world.volumes.filesOf(mount.source), path: inner, volume: mount.target };
}

export function stat(world: World, container: FakeContainer, path: string): FileFacts | null {
  const { files, path: at } = placeOf(world, container, path);
  const node = files.get(at);
  if (node === undefined) return null;
  return {
    path,
    kind: node.kind,
    size: sizeOf(node),
    mode: node.mode & 0o777,
    modifiedAt: node.modifiedAt,
    linkTarget: node.kind === 'link' ? files.follow(at) : null,
  };
}

export function read(world: World, container: FakeContainer, path: string): Buffer {
  const { files, path: at } = placeOf(world, container, path);
  const node = files.get(at);
  if (node === undefined) throw missing(path, container);
  // of a path that ends in `/.` the engine gives what is in the folder
  const name = path.endsWith('/.') ? '.' : (joined('/', path).split('/').at(-1) ?? '');
  const within = files.under(at);
  const top = within[0]?.[0] ?? at;
  return tar(
    within.map(([each, entry]) => entryOf(`${name}${each.slice(top === '/' ? 0 : top.length)}`, entry)),
  );
}

export function write(world: World, container: FakeContainer, folder: string, packed: Buffer): void {
  const place = placeOf(world, container, folder);
  const top = place.files.get(place.files.follow(place.path));
  if (top === undefined) throw missing(folder, container);
  if (top.kind !== 'directory') throw new EngineRefusal(500, 'extraction point is not a directory');
  refuseReadOnly(container, place.volume);
  for (const item of readTar(packed)) {
    const done = place.files.put(joined(place.files.follow(place.path), item.path), nodeOf(item));
    if (place.volume === null) container.noteChanges(done);
  }
}

/** What a test says that differs: files that nobody wrote are empty. */
export function pretend(container: FakeContainer): void {
  const { changed, files } = container;
  for (const { path, kind } of changed) {
    if (kind === 'deleted') files.remove(path);
    else if (files.get(path) === undefined) {
      const isFolder = changed.some((other) => parentOf(other.path) === path);
      files.put(path, isFolder ? directory(container.createdAt) : file(Buffer.alloc(0), container.createdAt));
    }
  }
}

function refuseReadOnly({ plan: { HostConfig } }: FakeContainer, volume: string | null): void {
  if (volume === null && HostConfig.ReadonlyRootfs === true)
    throw new EngineRefusal(403, 'container rootfs is marked read-only');
  const isReadOnly =
    (HostConfig.Mounts ?? []).some(({ Target, ReadOnly }) => Target === volume && ReadOnly === true) ||
    (HostConfig.Binds ?? []).some((bind) => {
      const [, target, mode = ''] = bind.split(':');
      return target === volume && mode.split(',').includes('ro');
    });
  if (isReadOnly) throw new EngineRefusal(403, 'mounted volume is marked read-only');
}

function missing(path: string, { id }: FakeContainer): EngineRefusal {
  return new EngineRefusal(404, `Could not find the file ${path} in container ${id}`);
}

function sizeOf({ kind, content, target }: FileNode): number {
  return kind === 'directory' ? FOLDER_BYTES : kind === 'link' ? target.length : content.length;
}

function entryOf(path: string, { kind, content, target, mode }: FileNode): TarEntry {
  if (kind === 'link') return { path, link: target };
  return kind === 'file' ? { path, content, mode } : { path: `${path}/`, folder: true, mode };
}
