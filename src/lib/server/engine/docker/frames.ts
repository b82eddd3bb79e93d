import type { LogFrame } from '../engine.ts';

/**
 * Takes the engine's output apart. Without a TTY each piece has a header of 8 bytes: stream (1 stdout, 2 stderr), three zeros, length as
 * uint32 big endian. With a TTY the bytes come raw. Reads with back-pressure: the next chunk is asked for when this one was consumed.
 */
export async function* demultiplex(source: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<LogFrame> {
  if (tty) {
    for await (const bytes of source) yield { stream: 'stdout', bytes };
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 8) {
      const length = rest.readUInt32BE(at + 4);
      if (rest.length - at - 8 < length) break;
      yield { stream: rest[at] === 2 ? 'stderr' : 'stdout', bytes: rest.subarray(at + 8, at + 8 + length) };
      at += 8 + length;
    }
    rest = at === 0 ? rest : rest.subarray(at);
  }
}
