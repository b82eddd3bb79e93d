/** The content of one file, as it comes: out of what the engine packs, or from a program inside where the engine does not see it. */
import { createHash } from 'node:crypto';
import { AppError } from '#lib/domain/errors.ts';
import { isWithin } from '#lib/domain/paths.ts';
import type { FilePlace } from './file-place.ts';
import { isInMemory, refuseSecrets } from './file-place.ts';
import { lookUp, realPath, type FoundFile } from './file-lookup.ts';
import { shellCommand, type ShellUser } from './file-shell.ts';
import { firstEntry } from './file-tar.ts';

export interface OpenContent {
  readonly file: FoundFile;
  /** Without links. */
  readonly path: string;
  /** null: not known before its end. */
  readonly size: number | null;
  readonly bytes: AsyncIterable<Buffer>;
}

/** Up to here a file is known by a digest of its content, and can be edited. */
export const SMALL_BYTES = 1024 ** 2;

/** A file that is asked for, all links followed. Throws NOT_FOUND, and VALIDATION for what is no file: nothing else is ever opened. */
export async function findFile(
  place: FilePlace,
  path: string,
): Promise<{ readonly path: string; readonly file: FoundFile }> {
  const real = await realPath(place, path);
  const file = real === null ? null : await lookUp(place, real);
  if (real === null || file === null) throw new AppError('NOT_FOUND', `There is no file ${path}`);
  refuseSecrets(real);
  if (file.kind !== 'file')
    throw new AppError('VALIDATION', `${path} is no file`, { hint: `It is a ${file.kind}: not opened.` });
  if (['/proc', '/sys'].some((folder) => isWithin(real, folder)))
    throw new AppError('VALIDATION', `${path} is made by the kernel while it is read`, {
      hint: 'Read it in the terminal.',
    });
  return { path: real, file };
}

/** Throws what `findFile` throws. */
export async function openContent(
  place: FilePlace,
  asked: string,
  signal: AbortSignal,
): Promise<OpenContent> {
  const { path, file } = await findFile(place, asked);
  if (isInMemory(place, path) && file.seenInside)
    return { file, path, size: null, bytes: await readInside(place, path, signal) };
  const { engine, containerId } = place;
  const { header, content } = await firstEntry(engine.readArchive(containerId, path, signal));
  if (header.type !== 'file') throw new AppError('CONFLICT', `${path} has changed while it was opened`);
  return { file, path, size: header.size, bytes: content };
}

async function readInside(
  place: FilePlace,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  for (const user of ['0', null] as const) {
    const pieces = insideAs(place, path, user, signal);
    const first = await pieces.next().catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'FORBIDDEN' && user !== null) return null;
      throw error;
    });
    if (first !== null) return goOn(first, pieces);
  }
  throw new AppError('FORBIDDEN', `Nobody inside may read ${path}`);
}

async function* goOn(
  first: IteratorResult<Buffer, void>,
  rest: AsyncGenerator<Buffer, void>,
): AsyncGenerator<Buffer> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

async function* insideAs(
  { engine, containerId }: FilePlace,
  path: string,
  user: ShellUser,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const session = await engine.openExec(containerId, {
    command: shellCommand('read', [path]),
    terminal: null,
    stdin: false,
    ...(user === null ? {} : { user }),
  });
  const stop = () => void session.end();
  signal.addEventListener('abort', stop, { once: true });
  let hasEnded = false;
  try {
    for await (const { stream, bytes } of session.output) if (stream === 'stdout') yield bytes;
    signal.throwIfAborted();
    hasEnded = true;
    if ((await session.exitCode()) !== 0) throw new AppError('FORBIDDEN', `${path} may not be read`);
  } finally {
    signal.removeEventListener('abort', stop);
    if (!hasEnded) await session.end();
  }
}

/** The beginning of a content; the rest is not read. */
export async function headOf(
  bytes: AsyncIterable<Buffer>,
  mostBytes: number,
): Promise<{ readonly head: Buffer; readonly cut: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    length += piece.length;
    if (length > mostBytes) break;
  }
  return { head: Buffer.concat(pieces).subarray(0, mostBytes), cut: length > mostBytes };
}

/** Tells one content from another: a digest, or of a large file size and time. */
export function versionOf(
  { size, modifiedAt }: Pick<FoundFile, 'size' | 'modifiedAt'>,
  whole: Buffer | null,
): string {
  return whole === null ? `${size}-${modifiedAt}` : createHash('sha256').update(whole).digest('hex');
}
