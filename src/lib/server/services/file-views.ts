/** Files as they are shown: a page of a folder in its order, each with what is mounted there and where links lead. */
import type { FolderQuery } from '#lib/domain/inputs/file-inputs.ts';
import { linkEnd, pathBelow } from '#lib/domain/paths.ts';
import type { FileEntry, FileKind, FileLink } from '#lib/protocol/files.ts';
import type { FolderList } from './file-folders.ts';
import type { IndexedFile } from './file-index.ts';
import { realPath } from './file-lookup.ts';
import { mountAt, type FilePlace } from './file-place.ts';
import type { FileRecord } from './file-records.ts';
import { runInside } from './file-shell.ts';

type Listed = FileRecord | IndexedFile;

const AT_ONCE = 8;

/** Folders before the rest, whatever the order. */
export function ordered(files: readonly Listed[], { sort, down }: Pick<FolderQuery, 'sort' | 'down'>) {
  const turn = down ? -1 : 1;
  const byName = (one: Listed, other: Listed) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
  const by = {
    name: byName,
    size: (one: Listed, other: Listed) => one.size - other.size || byName(one, other),
    time: (one: Listed, other: Listed) => one.modifiedAt - other.modifiedAt || byName(one, other),
  }[sort];
  const rank = ({ kind }: Listed) => (kind === 'folder' ? 0 : 1);
  return files.toSorted((one, other) => rank(one) - rank(other) || turn * by(one, other));
}

/** `real`: the folder without links; `shown`: as it was asked for. */
export async function entriesOf(
  place: FilePlace,
  { real, shown }: { readonly real: string; readonly shown: string },
  list: FolderList,
  files: readonly Listed[],
): Promise<readonly FileEntry[]> {
  const links = files.filter(({ kind, nameless }) => kind === 'link' && !nameless);
  const paths = links.map(({ name }) => pathBelow(real, name));
  const ends =
    list.source === 'inside'
      ? await endsInside(place, paths)
      : await endsPacked(place, list, links.filter(isIndexed), real);
  return files.map((file) =>
    entryOf(place, pathBelow(shown, file.name), file, ends.get(pathBelow(real, file.name)) ?? null),
  );
}

export function entryOf(place: FilePlace, path: string, file: FileRecord, link: FileLink | null): FileEntry {
  const { name, kind, mode, user, group, nameless } = file;
  return {
    name,
    path,
    kind,
    size: kind === 'file' ? file.size : null,
    mode,
    user,
    group,
    modifiedAt: new Date(file.modifiedAt).toISOString(),
    link: kind === 'link' ? (link ?? { target: '', to: null }) : null,
    mount: mountAt(place, path)?.type ?? null,
    nameless,
  };
}

/** Of one link. */
export async function linkAt(place: FilePlace, path: string): Promise<FileLink | null> {
  const inside = (await endsInside(place, [path])).get(path);
  if (inside !== undefined) return inside;
  const end = await realPath(place, path);
  if (end === null) return { target: '', to: null };
  return { target: end, to: await kindOf(place, end) };
}

const KINDS: Readonly<Record<string, FileKind>> = { folder: 'folder', file: 'file', other: 'other' };

async function endsInside(
  place: FilePlace,
  paths: readonly string[],
): Promise<ReadonlyMap<string, FileLink>> {
  if (paths.length === 0) return new Map();
  const answer = await runInside(place, 'links', paths);
  if (answer?.exitCode !== 0) return new Map();
  const words = answer.stdout.toString().split('\0');
  return new Map(
    paths.map((path, at) => {
      // a dot and the newline of echo stand behind the target, so that newlines of its own are kept
      const target = (words[at * 2] ?? '').replace(/\.$/, '');
      return [path, { target, to: KINDS[words[at * 2 + 1] ?? ''] ?? null }];
    }),
  );
}

function isIndexed(file: Listed): file is IndexedFile {
  return 'target' in file;
}

async function endsPacked(
  place: FilePlace,
  { index }: FolderList,
  links: readonly IndexedFile[],
  folder: string,
): Promise<ReadonlyMap<string, FileLink>> {
  const ends = new Map<string, FileLink>();
  const waiting = links.values();
  const look = async () => {
    for (const { name, target } of waiting) {
      const path = pathBelow(folder, name);
      const known = index?.find(linkEnd(path, target ?? ''));
      const isEnd = known !== undefined && known.kind !== 'link';
      ends.set(path, { target: target ?? '', to: isEnd ? known.kind : await endKind(place, path) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return ends;
}

async function endKind(place: FilePlace, path: string): Promise<FileKind | null> {
  const end = await realPath(place, path);
  return end === null ? null : kindOf(place, end);
}

async function kindOf({ engine, containerId }: FilePlace, path: string): Promise<FileKind | null> {
  const facts = await engine.statPath(containerId, path);
  if (facts === null) return null;
  return facts.kind === 'directory' ? 'folder' : facts.kind === 'file' ? 'file' : 'other';
}
