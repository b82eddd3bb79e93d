/** One path of a container: what it is, what it holds, and its content as a stream. Links are shown, never followed. */
import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Header } from 'tar-stream';
import { AppError } from '#lib/domain/errors.ts';
import type { FileSideView } from '#lib/protocol/changes.ts';
import type { Engine } from '../engine/engine.ts';
import { walkTar } from './image-walk.ts';
import { lineFacts } from './text-diff.ts';

/** The most of a file that is read to compare it. */
export const COMPARED_BYTES = 1024 ** 2;

type FileEngine = Pick<Engine, 'statPath' | 'readArchive'>;

export interface FileRead {
  readonly view: FileSideView;
  /** null: no file, or one that is too large. */
  readonly content: Buffer | null;
}

/** null when there is nothing. */
export async function readFile(
  engine: FileEngine,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<FileRead | null> {
  const facts = await engine.statPath(containerId, path, signal);
  if (facts === null || !(await isReachedPlainly(engine, containerId, path, signal))) return null;
  const known = {
    type: facts.kind,
    size: facts.kind === 'file' ? facts.size : 0,
    mode: facts.mode,
    owner: null,
    linkTarget: facts.linkTarget,
    sha256: null,
    ...lineFacts(null),
  };
  const isSmall = facts.kind === 'file' && facts.size <= COMPARED_BYTES;
  if (!isSmall && facts.kind !== 'link') return { view: known, content: null };
  const { header, content } = await firstEntry(engine.readArchive(containerId, path, signal));
  signal.throwIfAborted();
  const told = {
    ...known,
    mode: header.mode & 0o7777,
    owner: `${header.uid}:${header.gid}`,
  };
  if (facts.kind === 'link' || header.type === 'symlink') {
    const target = header.type === 'symlink' ? header.linkname : facts.linkTarget;
    return { view: { ...told, type: 'link', size: 0, linkTarget: target }, content: null };
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { view: { ...told, size: content.length, sha256, ...lineFacts(content) }, content };
}

/** The content as it is. Throws NOT_FOUND for what is no file. `ended` is called once, however it ends. */
export async function openFile(
  engine: FileEngine,
  containerId: string,
  path: string,
  ended: () => Promise<void>,
): Promise<{ readonly size: number; readonly stream: ReadableStream<Uint8Array> }> {
  const over = new AbortController();
  const facts = await engine.statPath(containerId, path, over.signal);
  const isFile = facts?.kind === 'file' && (await isReachedPlainly(engine, containerId, path, over.signal));
  if (!isFile) throw new AppError('NOT_FOUND', `There is no file ${path} on this side`);
  const out = new PassThrough();
  const done = walkTar(engine.readArchive(containerId, path, over.signal), (_, bytes) =>
    pipeline(bytes, out),
  );
  done
    .catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))))
    .finally(() => void ended());
  out.on('close', () => over.abort());
  return { size: facts.size, stream: Readable.toWeb(out) as ReadableStream<Uint8Array> };
}

/** Whether no folder on the way is a link: one could lead into a mount. */
async function isReachedPlainly(
  engine: FileEngine,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const names = path.split('/').slice(1, -1);
  const folders = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
  const facts = await Promise.all(folders.map((folder) => engine.statPath(containerId, folder, signal)));
  return facts.every((each) => each?.kind === 'directory');
}

async function firstEntry(
  tar: AsyncIterable<Buffer>,
): Promise<{ readonly header: Header; readonly content: Buffer }> {
  const entries: { readonly header: Header; readonly content: Buffer }[] = [];
  await walkTar(tar, async (header, bytes) => {
    if (entries.length === 0) entries.push({ header, content: await buffer(bytes) });
  });
  const [first] = entries;
  if (first === undefined) throw new AppError('CONFLICT', 'The file has changed while it was read');
  return first;
}
