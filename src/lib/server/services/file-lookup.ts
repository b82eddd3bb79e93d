/** One path: what is there, and where it is in the end. */
import type { Header } from 'tar-stream';
import { AppError } from '#lib/domain/errors.ts';
import { folderOf, nameIn, pathBelow, settledPath } from '#lib/domain/paths.ts';
import type { FileKind } from '#lib/protocol/files.ts';
import type { FileFacts } from '../engine/engine.ts';
import { isInMemory, type FilePlace } from './file-place.ts';
import { readRecords, type FileRecord } from './file-records.ts';
import { runInside } from './file-shell.ts';
import { firstEntry } from './file-tar.ts';

export interface FoundFile extends FileRecord {
  /** A program inside has seen it; otherwise the engine has. */
  readonly seenInside: boolean;
}

const KINDS = { file: 'file', directory: 'folder', link: 'link', other: 'other' } as const satisfies Record<
  FileFacts['kind'],
  FileKind
>;
const OTHER_KINDS: Readonly<Partial<Record<Header['type'], FileKind>>> = {
  'character-device': 'device',
  'block-device': 'device',
  fifo: 'fifo',
};

/** Links are not followed. null when there is nothing. The engine is asked, which is quick, unless it cannot see it. */
export async function lookUp(place: FilePlace, path: string): Promise<FoundFile | null> {
  if (isInMemory(place, path)) {
    const record = await recordInside(place, path);
    if (record !== null) return record;
  }
  const facts = await statOrNull(place, path);
  return facts === null ? null : fromEngine(place, path, facts);
}

/** The same with the names of its owner, where something can be run inside. */
export async function lookInside(place: FilePlace, path: string): Promise<FoundFile | null> {
  return (await recordInside(place, path)) ?? (await lookUp(place, path));
}

async function recordInside(place: FilePlace, path: string): Promise<FoundFile | null> {
  if (path === '/') return null;
  const answer = await runInside(place, 'stat', [folderOf(path), nameIn(path)]);
  const [record] = answer?.exitCode === 0 ? readRecords(answer.stdout) : [];
  return record === undefined ? null : { ...record, seenInside: true };
}

/** What the engine says is no error: a link that leads to itself is there, and leads nowhere. */
async function statOrNull({ engine, containerId }: FilePlace, path: string): Promise<FileFacts | null> {
  try {
    return await engine.statPath(containerId, path);
  } catch (error) {
    if (!(error instanceof AppError) || !/too many|loop/i.test(error.message)) throw error;
    return { path, kind: 'link', size: 0, mode: 0o777, modifiedAt: 0, linkTarget: null };
  }
}

async function fromEngine(
  { engine, containerId }: FilePlace,
  path: string,
  facts: FileFacts,
): Promise<FoundFile> {
  const { signal } = new AbortController();
  // a socket is in no tar
  const first = await firstEntry(engine.readArchive(containerId, path, signal)).catch(() => null);
  first?.close();
  const header = first?.header ?? null;
  const [uid, gid] = [header?.uid ?? 0, header?.gid ?? 0];
  return {
    name: nameIn(path),
    kind: facts.kind === 'other' ? (OTHER_KINDS[header?.type ?? 'file'] ?? 'socket') : KINDS[facts.kind],
    size: facts.size,
    mode: header === null ? facts.mode : header.mode & 0o7777,
    uid,
    gid,
    user: header?.uname || String(uid),
    group: header?.gname || String(gid),
    modifiedAt: facts.modifiedAt,
    nameless: false,
    seenInside: false,
  };
}

/** The same without any link in it; null when it leads to nothing. */
export async function realPath(place: FilePlace, path: string): Promise<string | null> {
  const { end, isPlain } = await walkTo(place, path);
  if (isPlain && !isInMemory(place, path)) return end;
  const answer = await runInside(place, 'resolve', [path]);
  if (answer?.exitCode !== 0) return end;
  const printed = answer.stdout.toString().trimEnd();
  return settledPath(printed.slice(0, -1));
}

/** As the engine sees it, which does not look into what is in memory. */
async function walkTo(
  place: FilePlace,
  path: string,
): Promise<{ readonly end: string | null; readonly isPlain: boolean }> {
  let at = '/';
  let isPlain = true;
  for (const name of path.split('/').filter((each) => each !== '')) {
    const facts = await statOrNull(place, pathBelow(at, name));
    if (facts === null) return { end: null, isPlain };
    if (facts.kind === 'link') {
      isPlain = false;
      const end = facts.linkTarget === null ? null : settledPath(facts.linkTarget);
      if (end === null || (await statOrNull(place, end)) === null) return { end: null, isPlain };
      at = end;
    } else at = pathBelow(at, name);
  }
  return { end: at, isPlain };
}
