/** A tar as a zip, while it comes. */
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { Header } from 'tar-stream';
import { ZipFile } from 'yazl';
import { folderOf, isWithin } from '#lib/domain/paths.ts';
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import { pathOfEntry } from './file-index.ts';
import { walkTar } from './image-walk.ts';

const ZIP64_FROM = 0xf000_0000;

/** Links are kept as links; devices, pipes and secrets are left out. `openAgain` gives a file that the tar has under an earlier name. */
export async function* zipOf(
  tar: AsyncIterable<Buffer>,
  root: string,
  openAgain: (path: string) => Promise<AsyncIterable<Buffer>>,
): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const out = new PassThrough();
  zip.outputStream.pipe(out);
  const fail = (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  const add = async (header: Header, content: AsyncIterable<Buffer>): Promise<void> => {
    const path = pathOfEntry(root, header.name);
    if (isWithin(path, SECRET_FOLDER)) return;
    const name = zipName(root, path);
    if (name === '') return;
    const { mode, mtime, size } = header;
    if (header.type === 'directory') zip.addEmptyDirectory(name, { mtime, mode: mode | 0o040000 });
    else if (header.type === 'symlink')
      zip.addBuffer(Buffer.from(header.linkname), name, { mtime, mode: mode | 0o120000 });
    else if (header.type === 'file' || header.type === 'link') {
      const isAgain = header.type === 'link';
      const bytes = isAgain ? await openAgain(pathOfEntry(root, header.linkname)) : content;
      const source = Readable.from(bytes, { objectMode: false });
      source.on('error', fail);
      zip.addReadStream(source, name, {
        mtime,
        mode: mode | 0o100000,
        forceZip64Format: size > ZIP64_FROM,
      });
      await Promise.race([once(source, 'close'), once(out, 'close')]);
    }
  };
  const done = walkTar(tar, add).then(() => {
    zip.end();
  }, fail);
  try {
    yield* out as AsyncIterable<Buffer>;
  } finally {
    out.destroy();
    await done;
  }
}

/** A backslash would be read as a slash, and a drive letter as one. */
function zipName(root: string, path: string): string {
  const below = path.slice(folderOf(root) === '/' ? 1 : folderOf(root).length + 1);
  return below.replaceAll('\\', '_').replace(/^([A-Za-z]):/, '$1_');
}
