import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogFrame } from '../engine.ts';
import { demultiplex } from './frames.ts';

/** A piece of output with the engine's header. */
function framed(text: string, stream = 1): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function* chunks(...parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield await Promise.resolve(part);
}

async function read(tty: boolean, ...parts: readonly Buffer[]): Promise<string[][]> {
  const frames: string[][] = [];
  for await (const frame of demultiplex(chunks(...parts), tty))
    frames.push([frame.stream, frame.bytes.toString()]);
  return frames;
}

/** Neighbours of one stream put together: how many pieces they came in says nothing. */
function joined(frames: readonly (readonly string[])[]): string[][] {
  const runs: string[][] = [];
  for (const [stream = '', text = ''] of frames.filter((each) => each[1] !== '')) {
    const last = runs.at(-1);
    if (last?.[0] === stream) last[1] = `${last[1] ?? ''}${text}`;
    else runs.push([stream, text]);
  }
  return runs;
}

describe('without a terminal', () => {
  it('gives pieces with their stream, and those of one stream that came together as one', async () => {
    const pieces = [framed('out 1\n'), framed('out 2\n'), framed('err\n', 2), framed(''), framed('out 3\n')];
    expect(await read(false, Buffer.concat(pieces))).toEqual([
      ['stdout', 'out 1\nout 2\n'],
      ['stderr', 'err\n'],
      ['stdout', 'out 3\n'],
    ]);
  });

  it('puts a piece together whose header or text was split over chunks', async () => {
    const bytes = framed('a text', 2);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await read(false, bytes.subarray(0, at), bytes.subarray(at))).toEqual([['stderr', 'a text']]);
    }
  });

  it('drops a piece that broke off', async () => {
    expect(await read(false, framed('whole'), framed('broken off').subarray(0, 12))).toEqual([
      ['stdout', 'whole'],
    ]);
    expect(await read(false, framed('whole'), Buffer.from([1, 0, 0]))).toEqual([['stdout', 'whole']]);
  });

  it('gives any pieces in any chunks as they were', async () => {
    const piece = fc.record({
      stream: fc.constantFrom<LogFrame['stream']>('stdout', 'stderr'),
      text: fc.string({ unit: fc.constantFrom('a', 'ö', '€', '🦊', '\n', '\0', '\u0001'), maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        async (pieces, sizes) => {
          let rest: Buffer = Buffer.concat(
            pieces.map((each) => framed(each.text, each.stream === 'stderr' ? 2 : 1)),
          );
          const parts: Buffer[] = [];
          for (let n = 0; rest.length > 0; n += 1) {
            const size = sizes[n % sizes.length] ?? 1;
            parts.push(rest.subarray(0, size));
            rest = rest.subarray(size);
          }
          expect(joined(await read(false, ...parts))).toEqual(
            joined(pieces.map((each) => [each.stream, each.text])),
          );
        },
      ),
    );
  });
});

describe('with a terminal', () => {
  it('gives the bytes as they come, all as standard output', async () => {
    const text = Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 65, 66]);
    expect(await read(true, text.subarray(0, 3), text.subarray(3))).toEqual([
      ['stdout', text.subarray(0, 3).toString()],
      ['stdout', text.subarray(3).toString()],
    ]);
  });
});

it('asks for the next chunk only when the last was consumed', async () => {
  let asked = 0;
  async function* source(): AsyncGenerator<Buffer> {
    for (;;) {
      asked += 1;
      yield await Promise.resolve(framed('x'));
    }
  }
  const frames = demultiplex(source(), false);
  await frames.next();
  expect(asked).toBe(1);
  await frames.next();
  expect(asked).toBe(2);
  await frames.return(undefined);
});
