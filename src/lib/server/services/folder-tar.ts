/**
 * A folder of Slipway's machine as a tar, as `docker build` sends one: without what `.dockerignore` names, links kept as links, nothing that
 * lies outside of it, no sockets or devices, everything owned by root.
 */
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import ignore from '@balena/dockerignore';
import { pack, type Pack } from 'tar-stream';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { formatBytes } from '#lib/domain/quantities.ts';

export interface FolderTar {
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  readonly bytes: AsyncIterable<Buffer>;
}

const MAX_DOCKERFILE_BYTES = 1024 ** 2;

/** Throws VALIDATION for what is no folder, has no such Dockerfile, or cannot be read; while it is read also for one that is too large. */
export async function folderTar(
  path: string,
  options: { readonly file: string; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<FolderTar> {
  const root = await realpath(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!(await lstat(root)).isDirectory()) throw refused(path, 'must be a folder');
  const found = await realpath(join(root, options.file)).catch(() => null);
  if (found === null || !(found === root || found.startsWith(`${root}/`)))
    throw validationError([
      { field: 'file', value: options.file, rule: `is not there in the folder ${path}` },
    ]);
  const stats = await lstat(found);
  if (!stats.isFile() || stats.size > MAX_DOCKERFILE_BYTES)
    throw validationError([{ field: 'file', value: options.file, rule: 'must be a file of 1 MB at most' }]);
  const dockerfile = await readFile(found, 'utf8');
  const skips = await ignoreRules(root, options.file);
  const { maxBytes, signal } = options;
  return {
    dockerfile,
    bytes: packed(async (tar) => {
      let total = 0;
      for await (const { name, full, stats: entry } of walk(root, '', skips)) {
        signal.throwIfAborted();
        total += entry.isFile() ? entry.size : 0;
        if (total > maxBytes)
          throw refused(path, `holds more than ${formatBytes(maxBytes)}; leave out more with .dockerignore`);
        await addEntry(tar, name, full, entry);
      }
    }),
  };
}

/** One file. */
export function dockerfileTar(text: string): AsyncIterable<Buffer> {
  return packed((tar) => {
    tar.entry({ name: 'Dockerfile', mode: 0o644 }, text);
    return Promise.resolve();
  });
}

interface IgnoreRules {
  readonly leavesOut: (name: string) => boolean;
  /** A folder that is left out may hold what is not. */
  readonly hasExceptions: boolean;
}

async function ignoreRules(root: string, dockerfile: string): Promise<IgnoreRules> {
  const text = await readFile(join(root, '.dockerignore'), 'utf8').catch(() => '');
  const rules = ignore().add(text.replace(/^\uFEFF/, ''));
  // the engine needs both, and leaves them out of what COPY sees by itself
  const needed = new Set([dockerfile.replace(/^\.\//, ''), '.dockerignore']);
  return {
    leavesOut: (name) => !needed.has(name) && rules.ignores(name),
    hasExceptions: /^\s*!/m.test(text) || dockerfile.includes('/'),
  };
}

interface Found {
  readonly name: string;
  readonly full: string;
  readonly stats: Stats;
}

async function* walk(root: string, folder: string, skips: IgnoreRules): AsyncGenerator<Found> {
  const names = await readdir(join(root, folder)).catch((error: unknown) => {
    throw unreadable(join(root, folder), error);
  });
  for (const each of names.sort()) {
    const name = folder === '' ? each : `${folder}/${each}`;
    const full = join(root, name);
    const stats = await lstat(full).catch(() => null);
    if (stats === null) continue;
    const isOut = skips.leavesOut(name);
    if (!isOut && (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()))
      yield { name, full, stats };
    if (stats.isDirectory() && (!isOut || skips.hasExceptions)) yield* walk(root, name, skips);
  }
}

async function addEntry(tar: Pack, name: string, full: string, stats: Stats): Promise<void> {
  const header = { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isDirectory()) {
    tar.entry({ ...header, type: 'directory' });
    return;
  }
  if (stats.isSymbolicLink()) {
    tar.entry({ ...header, type: 'symlink', linkname: await readlink(full) });
    return;
  }
  // in between it may have become a link to elsewhere
  const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw unreadable(full, error);
  });
  try {
    const { size } = await file.stat();
    const entry = tar.entry({ ...header, type: 'file', size });
    let left = size;
    const pieces = file.createReadStream({ autoClose: false, end: Math.max(0, size - 1) });
    if (size > 0)
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        left -= piece.length;
        if (!entry.write(piece)) await drained(entry);
        if (tar.destroyed) return;
      }
    if (left !== 0) throw refused(full, 'was changed while it was read');
    entry.end(null);
  } finally {
    await file.close();
  }
}

/** Or closed, when nobody reads any more. */
function drained(entry: ReturnType<Pack['entry']>): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      entry.off('drain', over).off('close', over);
      resolve();
    };
    entry.on('drain', over).on('close', over);
  });
}

/** The bytes of a tar while it is filled, no faster than they are read. */
async function* packed(fill: (tar: Pack) => Promise<void>): AsyncGenerator<Buffer> {
  const tar = pack();
  const failed: { with: Error | null } = { with: null };
  const filling = fill(tar).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      failed.with = error instanceof Error ? error : new Error(String(error));
      tar.destroy();
    },
  );
  try {
    for await (const piece of tar as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    throw failed.with ?? error;
  } finally {
    tar.destroy();
    await filling;
  }
  if (failed.with !== null) throw failed.with;
}

function refused(path: string, rule: string): AppError {
  return validationError([{ field: 'context', value: path, rule }]);
}

function unreadable(path: string, error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = { ENOENT: 'is not there', EACCES: 'may not be read', ENOTDIR: 'is no folder' }[code];
  return refused(path, why ?? 'cannot be read');
}
