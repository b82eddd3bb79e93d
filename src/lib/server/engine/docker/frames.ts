import type { LogFrame } from '../engine.ts';

const HEADER_BYTES = 8;

/**
 * Takes the engine's output apart. Without a TTY each piece has a header of 8 bytes: stream (1 stdout, 2 stderr), three zeros, length as
 * uint32 big endian. With a TTY the bytes come raw. Pieces of one stream that came together are given as one: a line is mostly a piece of its own,
 * and there may be a hundred thousand in a second. Reads with back-pressure: the next chunk is asked for when this one was consumed.
 */
export async function* demultiplex(source: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<LogFrame> {
  if (tty) {
    for await (const bytes of source) yield { stream: 'stdout', bytes };
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const { frames, end } = framesOf(rest);
    yield* frames;
    rest = rest.subarray(end);
  }
}

/** The whole pieces at the beginning of `bytes`, and where they end. Their text is moved together in place, over the headers. */
function framesOf(bytes: Buffer): { readonly frames: readonly LogFrame[]; readonly end: number } {
  const frames: LogFrame[] = [];
  let stream: LogFrame['stream'] = 'stdout';
  let from = 0;
  let to = 0;
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const length = bytes.readUInt32BE(at + 4);
    if (bytes.length - at - HEADER_BYTES < length) break;
    const its = bytes[at] === 2 ? 'stderr' : 'stdout';
    if (its !== stream && to > from) {
      frames.push({ stream, bytes: bytes.subarray(from, to) });
      from = to;
    }
    stream = its;
    bytes.copyWithin(to, at + HEADER_BYTES, at + HEADER_BYTES + length);
    to += length;
    at += HEADER_BYTES + length;
  }
  if (to > from) frames.push({ stream, bytes: bytes.subarray(from, to) });
  return { frames, end: at };
}
