/** Files of agents over HTTP: what a browser may do with them, and what it sends. */
import { Readable } from 'node:stream';
import { AppError } from '#lib/domain/errors.ts';
import type { SentContent } from '../services/files.ts';
import { imageType } from '../services/file-sight.ts';

/** Whatever it is, it is nothing of ours: no scripts, no requests, an origin of its own. */
const SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";
const SNIFFED_BYTES = 512;

/** `isShown`: a picture is sent as one; everything else, and without it a picture too, is only ever saved. */
export async function fileAnswer(file: SentContent, isShown: boolean): Promise<Response> {
  const { head, bytes } = await peek(file.bytes);
  const type = isShown ? imageType(head) : null;
  return new Response(streamOf(bytes), {
    headers: {
      'content-type': type ?? 'application/octet-stream',
      'content-disposition': `${type === null ? 'attachment' : 'inline'}; ${fileName(file.name)}`,
      'content-security-policy': SANDBOX,
      ...(file.size === null ? {} : { 'content-length': String(file.size) }),
      ...(file.version === null ? {} : { etag: `"${file.version}"` }),
    },
  });
}

export function archiveAnswer(archive: {
  readonly name: string;
  readonly format: 'tar' | 'zip';
  readonly bytes: AsyncIterable<Buffer>;
}): Response {
  return new Response(streamOf(archive.bytes), {
    headers: {
      'content-type': archive.format === 'zip' ? 'application/zip' : 'application/x-tar',
      'content-disposition': `attachment; ${fileName(`${archive.name}.${archive.format}`)}`,
      'content-security-policy': SANDBOX,
    },
  });
}

/** As RFC 5987 wants it, which is stricter than an address. */
function fileName(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
  return `filename*=UTF-8''${encoded}`;
}

async function peek(
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly bytes: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let length = 0;
  while (length < SNIFFED_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.length;
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    try {
      yield* held;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { head: Buffer.concat(held), bytes: whole() };
}

/** One that nobody reads any more is left at once. */
function streamOf(bytes: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(bytes, { objectMode: false })) as ReadableStream<Uint8Array>;
}

/** What a body says of itself. null: nothing. */
export function lengthOf(request: Request): number | null {
  const text = request.headers.get('content-length');
  return text === null || !/^\d+$/.test(text) ? null : Number(text);
}

/** The conditions of a PUT: `If-Match` with a version or `*`, `If-None-Match: *`. Throws VALIDATION for others. */
export function conditionsOf(request: Request): {
  readonly ifMatch?: string;
  readonly onlyNew: boolean;
} {
  const ifMatch = request.headers.get('if-match');
  const ifNoneMatch = request.headers.get('if-none-match');
  if (ifNoneMatch !== null && ifNoneMatch !== '*')
    throw new AppError('VALIDATION', 'If-None-Match: can only be *');
  return {
    ...(ifMatch === null ? {} : { ifMatch: ifMatch.replace(/^"(.*)"$/, '$1') }),
    onlyNew: ifNoneMatch === '*',
  };
}
