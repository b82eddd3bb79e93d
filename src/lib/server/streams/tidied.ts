import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type CollectGarbage = (options: { readonly type: 'minor' }) => void;

const EVERY_BYTES = 8 * 1024 * 1024;
let collectGarbage: CollectGarbage | null = null;

/**
 * The same pieces, with the memory of those that went by given back on the way. Each piece from a socket is memory outside of V8's heap, which it
 * counts but collects only after 64 MB: a stream of a gigabyte would hold that much for nothing. A collection of the young ones takes
 * about a millisecond.
 */
export async function* tidied(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece;
    bytes += piece.length;
    if (bytes < EVERY_BYTES) continue;
    bytes = 0;
    collectGarbage ??= openCollector();
    collectGarbage({ type: 'minor' });
  }
}

/** V8 gives the function to contexts that are made while the flag is set. */
function openCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
