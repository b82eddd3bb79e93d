/** Folders (or files) packed while they are read. Nothing of it is whole in memory. */
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { AppError } from '#lib/domain/errors.ts';
import type { ArchiveFormat } from '#lib/domain/inputs/file-inputs.ts';
import { folderOf, isWithin, nameIn } from '#lib/domain/paths.ts';
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import type { Engine } from '../engine/engine.ts';
import { pathOfEntry } from './file-index.ts';
import { isInMemory, type FilePlace } from './file-place.ts';
import { shellCommand } from './file-shell.ts';
import { firstEntry } from './file-tar.ts';
import { zipOf } from './file-zip.ts';
import { walkTar } from './image-walk.ts';

/** `path` has no links in it. */
export function packed(
  place: FilePlace,
  path: string,
  format: ArchiveFormat,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  const tar = isInMemory(place, path)
    ? packedInside(place, path, signal)
    : place.engine.readArchive(place.containerId, path, signal);
  if (format === 'zip') return zipOf(tar, path, (inner) => again(place, inner, signal));
  return isWithin(SECRET_FOLDER, path) ? withoutSecrets(tar, path) : tar;
}

const SUM_HINT = 'Download it while the agent runs, or its files one by one.';

/** The engine does not look into what is in memory. */
async function* packedInside(
  { engine, containerId, status }: FilePlace,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (status !== 'running') throw new AppError('CONFLICT', `${path} is in memory`, { hint: SUM_HINT });
  const session = await engine.openExec(containerId, {
    command: shellCommand('pack', [folderOf(path), nameIn(path)]),
    terminal: null,
    stdin: false,
    user: '0',
  });
  const stop = () => void session.end();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const { stream, bytes } of session.output) if (stream === 'stdout') yield bytes;
    signal.throwIfAborted();
    if ((await session.exitCode()) !== 0)
      throw new AppError('CONFLICT', `${path} could not be packed`, {
        hint: 'The image has no tar, or may not read it.',
      });
  } finally {
    signal.removeEventListener('abort', stop);
    await session.end().catch(() => false);
  }
}

/** The same tar, without what nobody may see. */
async function* withoutSecrets(tar: AsyncIterable<Buffer>, root: string): AsyncGenerator<Buffer> {
  const out = pack();
  const done = walkTar(tar, async (header, content) => {
    if (isWithin(pathOfEntry(root, header.name), SECRET_FOLDER)) return;
    const entry = out.entry(header);
    if (header.type === 'file') await pipeline(content, entry);
  }).then(
    () => {
      out.finalize();
    },
    (error: unknown) => {
      out.destroy(error instanceof Error ? error : new Error(String(error)));
    },
  );
  try {
    yield* out as AsyncIterable<Buffer>;
  } finally {
    out.destroy();
    await done;
  }
}

/** A file by itself, for a further name of one that came before. */
async function again(
  { engine, containerId }: { readonly engine: Engine; readonly containerId: string },
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  return (await firstEntry(engine.readArchive(containerId, path, signal))).content;
}
