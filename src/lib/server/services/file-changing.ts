/** Moving, deleting, new folders. The engine has no calls for the first two: they need a container that runs, with a shell. */
import { AppError } from '#lib/domain/errors.ts';
import { folderOf, nameIn } from '#lib/domain/paths.ts';
import type { WhyNot } from '#lib/protocol/files.ts';
import { isInMemory, meansAt, refuseFixed, refuseSecrets, type FilePlace } from './file-place.ts';
import { lookUp, realPath } from './file-lookup.ts';
import { runInside, SAID, type ScriptName, type ShellAnswer } from './file-shell.ts';
import { tarOfFolder } from './file-tar.ts';

const HINTS = {
  stopped: 'Start the agent: a container that does not run can only be read from and written to.',
  paused: 'Resume the agent first.',
  'no-shell': 'This image has no shell with the usual tools.',
  'read-only': 'It is mounted read-only.',
  memory: 'It lies in memory, which is there only while the agent runs.',
  kernel: 'It belongs to the kernel.',
} as const satisfies Record<WhyNot, string>;

export function impossible(path: string, why: WhyNot): AppError {
  return new AppError('CONFLICT', `${path} cannot be changed now`, { hint: HINTS[why] });
}

/** The folder that holds it, without links in it, and its own name: the name itself may be a link. */
export async function settle(place: FilePlace, path: string): Promise<string> {
  const folder = await realPath(place, folderOf(path));
  if (folder === null) throw new AppError('NOT_FOUND', `There is no ${folderOf(path)}`);
  const settled = folder === '/' ? `/${nameIn(path)}` : `${folder}/${nameIn(path)}`;
  refuseSecrets(settled);
  return settled;
}

/** A new name is never a folder to move into. Throws NOT_FOUND, CONFLICT where it is taken. */
export async function move(
  place: FilePlace,
  wish: { readonly from: string; readonly to: string; readonly overwrite: boolean },
): Promise<void> {
  const from = await settle(place, wish.from);
  const to = await settle(place, wish.to);
  refuseFixed(place, from);
  refuseFixed(place, to);
  if (from === to) return;
  const answer = await change(place, 'move', [from, to, wish.overwrite ? 'over' : ''], from);
  refuse(answer, {
    [SAID.absent]: new AppError('NOT_FOUND', `There is no ${from}`),
    [SAID.notFolder]: new AppError('NOT_FOUND', `There is no folder ${folderOf(to)}`),
    [SAID.taken]: taken(to),
  });
}

/** A link goes, not what it leads to. Throws CONFLICT for a folder that holds something, unless `recursive`. */
export async function remove(place: FilePlace, path: string, recursive: boolean): Promise<void> {
  const settled = await settle(place, path);
  refuseFixed(place, settled);
  const answer = await change(place, 'delete', [settled, recursive ? 'recursive' : ''], settled);
  refuse(answer, {
    [SAID.absent]: new AppError('NOT_FOUND', `There is no ${path}`),
    [SAID.full]: new AppError('CONFLICT', `${path} holds something`, {
      hint: 'Delete it with all that is in it, or empty it first.',
    }),
  });
}

/** It gets the owner of the folder that it is in. */
export async function makeFolder(place: FilePlace, path: string): Promise<void> {
  const settled = await settle(place, path);
  if ((await lookUp(place, settled)) !== null) throw taken(path);
  const above = await lookUp(place, folderOf(settled));
  if (above?.kind !== 'folder') throw new AppError('NOT_FOUND', `There is no folder ${folderOf(path)}`);
  if (isInMemory(place, settled)) {
    const answer = await runInside(place, 'folder', [settled]);
    if (answer === null) throw impossible(path, 'memory');
    refuse(answer, {
      [SAID.taken]: taken(path),
      [SAID.absent]: new AppError('NOT_FOUND', `There is no ${folderOf(path)}`),
    });
    return;
  }
  const { uid, gid } = above;
  const header = { name: nameIn(settled), mode: 0o755, uid, gid, mtime: new Date() };
  await place.engine.writeArchive(place.containerId, folderOf(settled), tarOfFolder(header));
}

async function change(
  place: FilePlace,
  script: ScriptName,
  args: readonly string[],
  path: string,
): Promise<ShellAnswer> {
  const answer = await runInside(place, script, args);
  if (answer !== null) return answer;
  throw impossible(path, meansAt(place, path, false).move ?? 'no-shell');
}

function refuse(
  { exitCode, stderr }: Pick<ShellAnswer, 'exitCode' | 'stderr'>,
  known: Readonly<Record<number, AppError>>,
): void {
  if (exitCode === 0) return;
  const words = stderr.toString().trim().slice(0, 500);
  throw (
    known[exitCode] ??
    new AppError('CONFLICT', words === '' ? 'It was refused inside the container' : words, {
      hint: 'Neither root nor the own user of the container may do it there.',
    })
  );
}

function taken(path: string): AppError {
  return new AppError('CONFLICT', `${path} is there already`, { hint: 'Choose another name.' });
}
