/** A tar that somebody sends to be unpacked: looked through before anything of it goes to an engine. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Header } from 'tar-stream';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { walkTar } from './image-walk.ts';

const ALLOWED: ReadonlySet<string> = new Set(['file', 'contiguous-file', 'link', 'symlink', 'directory']);

/** Reads a whole tar (plain or gzip) and gives the number of its entries. Throws VALIDATION for what does not belong into one. */
export async function checkTar(content: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  const check = (header: Header) => {
    count += 1;
    refuseName(header.name);
    if (header.type === 'link') refuseName(header.linkname);
    if (!ALLOWED.has(header.type)) throw bad(`holds ${header.name}, which is no file, folder or link`);
  };
  try {
    await walkTar(await plain(content), check);
  } catch (error) {
    throw error instanceof AppError ? error : bad('is no tar, plain or gzip, or is cut off');
  }
  if (count === 0) throw bad('is an empty tar, or none');
  return count;
}

function refuseName(name: string): void {
  if (name.startsWith('/')) throw bad(`holds ${name}, which is an absolute path`);
  if (name.split('/').includes('..')) throw bad(`holds ${name}, which leads out of the folder`);
}

function bad(rule: string): AppError {
  return validationError([{ field: 'body', value: null, rule }]);
}

async function plain(content: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const iterator = content[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw bad('is empty');
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  };
  const isPacked = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isPacked) return whole();
  const gunzip = createGunzip();
  pipeline(Readable.from(whole(), { objectMode: false }), gunzip).catch(() => undefined);
  return gunzip;
}
