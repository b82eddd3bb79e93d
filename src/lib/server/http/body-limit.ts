/**
 * How large a request may be. The adapter lets everything through, because some addresses take files of any size: those stream what they get and
 * count it themselves. All others are held to this.
 */
import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '#lib/domain/errors.ts';
import { formatBytes } from '#lib/domain/quantities.ts';

const MAX_BYTES = 10 * 1024 ** 2;

/** Addresses that take files, and the type that a file has. */
const UPLOADS: readonly { readonly path: RegExp; readonly type: RegExp }[] = [
  { path: /^\/api\/builds$/, type: /^application\/(?:x-tar|gzip|x-gzip|octet-stream)\b/i },
  { path: /^\/api\/snapshots\/import$/, type: /./ },
  { path: /^\/api\/agents\/[^/]+\/files\/(?:content|archive)$/, type: /^/ },
];

/** The answer to a body that says that it is too large, or null. One that does not say its length is counted while it is read. */
export function limitBody(event: Pick<RequestEvent, 'request' | 'url' | 'locals'>): Response | null {
  const { request, url, locals } = event;
  const type = request.headers.get('content-type') ?? '';
  if (UPLOADS.some((each) => each.path.test(url.pathname) && each.type.test(type))) return null;
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > MAX_BYTES)
    return Response.json(
      { error: { ...tooLarge().toProblem(), requestId: locals.requestId } },
      { status: 413, headers: { connection: 'close' } },
    );
  if (length === null && request.body !== null) {
    const half = { body: request.body.pipeThrough(counted()), duplex: 'half' };
    event.request = new Request(request, half);
  }
  return null;
}

function counted(): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(piece, controller) {
      total += piece.length;
      if (total > MAX_BYTES) controller.error(tooLarge());
      else controller.enqueue(piece);
    },
  });
}

function tooLarge(): AppError {
  return new AppError('VALIDATION', `The request is larger than ${formatBytes(MAX_BYTES)}`);
}
