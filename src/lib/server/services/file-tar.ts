/** Tars of one file: taken apart while they come, and made while they go. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Header } from 'tar-stream';
import { AppError } from '#lib/domain/errors.ts';

export type SentHeader = Pick<Header, 'name' | 'mode' | 'uid' | 'gid' | 'mtime'>;

export interface FirstEntry {
  readonly header: Header;
  /** Read to its end or left: then the tar is given up. */
  readonly content: AsyncIterable<Buffer>;
  /** For whoever wants the header alone. */
  close(): void;
}

/** Throws CONFLICT for a tar without an entry. */
export async function firstEntry(tar: AsyncIterable<Buffer>): Promise<FirstEntry> {
  const reader = extract();
  const source = Readable.from(tar, { objectMode: false });
  const fed = pipeline(source, reader);
  // it is heard where the entry is read
  fed.catch(() => undefined);
  const entries = reader[Symbol.asyncIterator]();
  const first = await entries.next();
  if (first.done === true)
    throw new AppError('CONFLICT', 'It has changed while it was read', { hint: 'Try again.' });
  const entry = first.value;
  const close = () => {
    source.destroy();
    reader.destroy();
  };
  const content = async function* (): AsyncGenerator<Buffer> {
    try {
      for await (const piece of entry as AsyncIterable<Buffer>) yield piece;
    } finally {
      close();
    }
  };
  return { header: entry.header, content: content(), close };
}

/** Throws what the content throws, and for a content of another length. */
export async function* tarOf(
  header: SentHeader & { readonly size: number },
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const tar = pack();
  const entry = tar.entry(header);
  let broken: { readonly error: unknown } | null = null;
  const fed = pipeline(Readable.from(content, { objectMode: false }), entry).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      broken = { error };
      tar.destroy();
    },
  );
  try {
    for await (const piece of tar as AsyncIterable<Buffer>) yield piece;
  } finally {
    tar.destroy();
    await fed;
  }
  throwBroken(broken);
}

/** A folder has nothing behind its header. */
export async function* tarOfFolder(header: SentHeader): AsyncGenerator<Buffer> {
  const tar = pack();
  tar.entry({ ...header, type: 'directory', size: 0 });
  tar.finalize();
  yield* tar as AsyncIterable<Buffer>;
}

function throwBroken(broken: { readonly error: unknown } | null): void {
  if (broken !== null) throw broken.error;
}
