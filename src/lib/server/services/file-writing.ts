/**
 * A file that is sent. What comes is written beside its final name and renamed when it is whole, by a program inside; where nothing can be run
 * inside, it is whole on Slipway's machine before the engine begins. So a sender that breaks off never leaves half a file under the name.
 */
import { AppError } from '#lib/domain/errors.ts';
import { newId } from '#lib/domain/ids.ts';
import { folderOf, nameIn, pathBelow } from '#lib/domain/paths.ts';
import type { Engine, ExecSession } from '../engine/engine.ts';
import { impossible, settle } from './file-changing.ts';
import { lookUp, realPath, type FoundFile } from './file-lookup.ts';
import { isInMemory, meansAt, refuseSecrets, type FilePlace } from './file-place.ts';
import { runInside, shellCommand, type ShellUser } from './file-shell.ts';
import type { Spool } from './file-spool.ts';
import { tarOf } from './file-tar.ts';

export interface Sent {
  readonly content: AsyncIterable<Uint8Array>;
  /** null: it did not say. */
  readonly size: number | null;
}

interface Target {
  readonly path: string;
  readonly folder: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly isThere: boolean;
}

/** Throws NOT_FOUND without the folder, CONFLICT for what is there and is no file. `check` sees what is there before anything is written. */
export async function writeFile(
  place: FilePlace,
  path: string,
  sent: Sent,
  options: {
    readonly spool: Spool;
    readonly check: (path: string, file: FoundFile | null) => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { spool, check, signal } = options;
  const { target, file } = await targetOf(place, path);
  await check(target.path, file);
  const user = await whoMayRename(place, target.folder);
  const why = meansAt(place, target.path, user !== undefined).write;
  if (why !== null) throw impossible(path, why);
  if (user !== undefined && isInMemory(place, target.path)) {
    await beside(place, target, (part) => pourIn(place, target, part, user, sent, signal));
    return target.path;
  }
  if (user !== undefined && sent.size !== null) {
    const { size } = sent;
    await beside(place, target, (part) => putIn(place, target, part, { ...sent, size }, signal));
    return target.path;
  }
  await using whole = await spool.take(sent.content);
  signal.throwIfAborted();
  const { size } = whole;
  const again = { content: whole.read(), size };
  // from here on the sender may go: it is begun and will be ended
  const onward = new AbortController().signal;
  if (user === undefined) await putIn(place, target, target.path, again, onward);
  else await beside(place, target, (part) => putIn(place, target, part, again, onward));
  return target.path;
}

/** A link is written through: what it leads to gets the content. */
async function targetOf(
  place: FilePlace,
  path: string,
): Promise<{ readonly target: Target; readonly file: FoundFile | null }> {
  if (path === '/') throw new AppError('VALIDATION', '/ is a folder');
  const settled = (await realPath(place, path)) ?? (await settle(place, path));
  refuseSecrets(settled);
  const file = await lookUp(place, settled);
  if (file !== null && file.kind !== 'file')
    throw new AppError('CONFLICT', `${path} is there, and is no file`, { hint: `It is a ${file.kind}.` });
  const folder = folderOf(settled);
  const above = await lookUp(place, folder);
  if (above?.kind !== 'folder') throw new AppError('NOT_FOUND', `There is no folder ${folderOf(path)}`);
  const { uid, gid } = file ?? above;
  const mode = file?.mode ?? 0o644;
  return { target: { path: settled, folder, mode, uid, gid, isThere: file !== null }, file };
}

/** undefined: nobody, or nothing can be run there. */
async function whoMayRename(place: FilePlace, folder: string): Promise<ShellUser | undefined> {
  const answer = await runInside(place, 'writable', [folder, `.slipway-${newId()}.part`]);
  return answer?.exitCode === 0 ? answer.user : undefined;
}

async function beside(
  place: FilePlace,
  { folder, path }: Target,
  fill: (part: string) => Promise<void>,
): Promise<void> {
  const part = pathBelow(folder, `.slipway-${newId()}.part`);
  try {
    await fill(part);
    const moved = await runInside(place, 'move', [part, path, 'over']);
    if (moved?.exitCode !== 0)
      throw new AppError('CONFLICT', `${path} could not be replaced`, {
        hint: moved?.stderr.toString().trim().slice(0, 500) || 'The container stopped meanwhile.',
      });
  } catch (error) {
    await runInside(place, 'delete', [part, '']).catch(() => null);
    throw error;
  }
}

/** By the engine, which unpacks a tar of one file. */
function putIn(
  { engine, containerId }: { readonly engine: Engine; readonly containerId: string },
  { folder, mode, uid, gid }: Target,
  path: string,
  { content, size }: { readonly content: AsyncIterable<Uint8Array>; readonly size: number },
  signal: AbortSignal,
): Promise<void> {
  const header = { name: nameIn(path), size, mode, uid, gid, mtime: new Date() };
  return engine.writeArchive(containerId, folder, tarOf(header, content), signal);
}

/** By a program inside, where the engine does not reach. */
async function pourIn(
  { engine, containerId }: FilePlace,
  { path, isThere }: Target,
  part: string,
  user: ShellUser,
  { content }: Sent,
  signal: AbortSignal,
): Promise<void> {
  const session = await engine.openExec(containerId, {
    command: shellCommand('write', [part, isThere ? path : '']),
    terminal: null,
    stdin: true,
    ...(user === null ? {} : { user }),
  });
  try {
    for await (const piece of content) {
      signal.throwIfAborted();
      await session.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    session.endInput();
    await refuseFailed(session, path);
  } catch (error) {
    await session.end(0).catch(() => false);
    throw error;
  }
}

async function refuseFailed(session: ExecSession, path: string): Promise<void> {
  const said: Buffer[] = [];
  for await (const { bytes } of session.output) if (said.length < 10) said.push(bytes);
  const exitCode = await session.exitCode();
  if (exitCode === 0) return;
  throw new AppError('CONFLICT', `${path} could not be written`, {
    hint: Buffer.concat(said).toString().trim().slice(0, 500) || 'Look at the room that is left there.',
  });
}
