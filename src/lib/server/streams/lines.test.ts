import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogFrame } from '../engine/engine.ts';
import { LineAssembler, MAX_LINE_BYTES, type RawLine } from './lines.ts';

const TIME = '2026-03-01T12:00:00.123456789Z';
const PIECE = 16 * 1024;

/** A line as the engine keeps it: in pieces of 16 KiB that repeat the time, with a newline after the last. */
function stored(bytes: Buffer, time = TIME, newline = true): Buffer {
  const whole = newline ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  const pieces: Buffer[] = [];
  for (let at = 0; at < whole.length; at += PIECE)
    pieces.push(Buffer.from(`${time} `), whole.subarray(at, at + PIECE));
  return Buffer.concat(pieces);
}

const frame = (bytes: Buffer | string, stream: LogFrame['stream'] = 'stdout'): LogFrame => ({
  stream,
  bytes: Buffer.from(bytes),
});

function assemble(...frames: readonly LogFrame[]): RawLine[] {
  const assembler = new LineAssembler();
  const lines = frames.flatMap((each) => assembler.push(each));
  return [...lines, ...assembler.end()];
}

const texts = (lines: readonly RawLine[]) => lines.map((line) => line.text);

/** The same bytes in chunks of one size, as a terminal's output comes. */
function chunks(bytes: Buffer, size: number): LogFrame[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    frame(bytes.subarray(n * size, (n + 1) * size)),
  );
}

describe('a line', () => {
  it('has its time with nine digits, its stream and its text without the newline', () => {
    expect(assemble(frame(`${TIME} hello\n`, 'stderr'))).toEqual([
      { time: TIME, stream: 'stderr', text: 'hello' },
    ]);
    expect(
      assemble(frame('2026-03-01T12:00:00.5Z a\n'), frame('2026-03-01T12:00:00Z b\n')).map(
        (line) => line.time,
      ),
    ).toEqual(['2026-03-01T12:00:00.500000000Z', '2026-03-01T12:00:00.000000000Z']);
  });

  it('may be empty, or hold spaces and tabs that stay', () => {
    expect(texts(assemble(frame(`${TIME} \n${TIME}   a\tb  \n`)))).toEqual(['', '  a\tb  ']);
  });

  it('loses the carriage return of a terminal, and only that one', () => {
    expect(texts(assemble(frame(`${TIME} one\r\n${TIME} 10 %\r20 %\r\n${TIME} \r\r\n`)))).toEqual([
      'one',
      '10 %\r20 %',
      '\r',
    ]);
  });

  it('is given when its newline comes, not before', () => {
    const assembler = new LineAssembler();
    expect(assembler.push(frame(`${TIME} ha`))).toEqual([]);
    expect(texts(assembler.push(frame('lf\n')))).toEqual(['half']);
    expect(assembler.end()).toEqual([]);
  });

  it('that never got its newline is given at the end', () => {
    expect(texts(assemble(frame(`${TIME} whole\n${TIME} last words`)))).toEqual(['whole', 'last words']);
  });

  it('without a time has an empty one and keeps its text', () => {
    expect(assemble(frame('no time here\n'))).toEqual([{ time: '', stream: 'stdout', text: 'no time here' }]);
    expect(texts(assemble(frame('\n')))).toEqual(['']);
  });

  it('that itself begins with a time keeps it', () => {
    expect(texts(assemble(frame(`${TIME} ${TIME} started\n`)))).toEqual([`${TIME} started`]);
  });
});

describe('the two streams', () => {
  it('do not mix, whatever the order in which their pieces come', () => {
    const lines = assemble(
      frame(`${TIME} out`),
      frame(`${TIME} err`, 'stderr'),
      frame('put\n'),
      frame('or\n', 'stderr'),
    );
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'output'],
      ['stderr', 'error'],
    ]);
  });
});

describe('a long line', () => {
  it.each([PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7, MAX_LINE_BYTES])(
    'of %i bytes is put together, without the repeated times',
    (length) => {
      const text = 'abcdefghij'.repeat(Math.ceil(length / 10)).slice(0, length);
      const bytes = stored(Buffer.from(text));
      for (const lines of [
        assemble(frame(bytes)),
        assemble(...chunks(bytes, 1000)),
        assemble(...chunks(bytes, PIECE + 31)),
      ]) {
        expect(lines).toEqual([{ time: TIME, stream: 'stdout', text }]);
      }
    },
  );

  it('comes as one frame for each piece without a terminal', () => {
    const text = 'x'.repeat(PIECE + 5);
    const pieces = [`${TIME} ${text.slice(0, PIECE)}`, `${TIME} ${text.slice(PIECE)}\n`];
    expect(assemble(...pieces.map((piece) => frame(piece)))).toEqual([
      { time: TIME, stream: 'stdout', text },
    ]);
  });

  it('keeps a character whole that was split over two pieces', () => {
    const text = `${'x'.repeat(PIECE - 1)}ü and 🦊`;
    expect(texts(assemble(frame(stored(Buffer.from(text)))))).toEqual([text]);
  });

  it('keeps a character whole that was split over two chunks', () => {
    const bytes = stored(Buffer.from('für 🦊'));
    for (let size = 1; size < 8; size += 1)
      expect(texts(assemble(...chunks(bytes, size)))).toEqual(['für 🦊']);
  });

  it('keeps its own text where it looks like a repeated time at another place', () => {
    const text = `${'x'.repeat(PIECE - 10)}${TIME} ${'y'.repeat(PIECE)}`;
    expect(texts(assemble(frame(stored(Buffer.from(text)))))).toEqual([text]);
  });

  it.each([MAX_LINE_BYTES + 1, MAX_LINE_BYTES + PIECE, 5_000_000])(
    'of %i bytes is cut at 64 KB, with a mark',
    (length) => {
      const text = 'abcdefghij'.repeat(Math.ceil(length / 10)).slice(0, length);
      const bytes = stored(Buffer.from(text));
      const [line, next, ...more] = assemble(
        ...chunks(Buffer.concat([bytes, Buffer.from(`${TIME} next\n`)]), 32_768),
      );
      expect(line).toEqual({ time: TIME, stream: 'stdout', text: text.slice(0, MAX_LINE_BYTES), cut: true });
      expect(next).toEqual({ time: TIME, stream: 'stdout', text: 'next' });
      expect(more).toEqual([]);
    },
  );

  it('is not cut in the middle of a character', () => {
    const text = `x${'ü'.repeat(MAX_LINE_BYTES)}`;
    const [line] = assemble(frame(stored(Buffer.from(text))));
    expect(line?.text).toBe(text.slice(0, MAX_LINE_BYTES / 2));
    expect(line?.text).not.toContain('\uFFFD');
  });

  it('without any newline takes no more memory than its cut', () => {
    const assembler = new LineAssembler();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 64; count += 1) expect(assembler.push(frame(chunk))).toEqual([]);
    const [line] = assembler.end();
    expect(line).toMatchObject({ cut: true });
    expect(line?.text.length).toBe(MAX_LINE_BYTES);
  });
});

describe('rubbish', () => {
  it('of any bytes becomes text, without losing the lines after it', () => {
    const rubbish = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 11 : byte))));
    fc.assert(
      fc.property(rubbish, fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        const all = Buffer.concat([Buffer.from(`${TIME} `), bytes, Buffer.from(`\n${TIME} fine\n`)]);
        const lines = assemble(...chunks(all, size));
        expect(lines).toHaveLength(2);
        expect(lines[1]?.text).toBe('fine');
      }),
    );
  });
});

describe('any lines', () => {
  const text = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.string({
        unit: fc.constantFrom('a', ' ', '\t', '\r', '\0', 'ö', '€', '🦊', '\u001b[1m'),
        maxLength: 40,
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: PIECE / 2, max: 2 * PIECE })
        .map((length) => 'aö🦊'.repeat(length).slice(0, length)),
    },
  );
  // a newline ends a line, a return at its end is the terminal's, a lone surrogate is no text
  const line = text.map((each) => each.toWellFormed().replaceAll('\n', ' ').replace(/\r+$/, ''));
  const time = fc
    .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 999_999_999 }))
    .map(
      ([second, nano]) =>
        `2026-03-01T12:00:${String(second).padStart(2, '0')}.${String(nano).padStart(9, '0')}Z`,
    );
  const lines = fc.array(fc.record({ time, text: line }), { maxLength: 12 });
  const cuts = fc.infiniteStream(
    fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 40_000 })),
  );

  function cut(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = Number(sizes.next().value);
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return parts;
  }

  it('cut into any chunks come out the same', () => {
    fc.assert(
      fc.property(lines, cuts, fc.boolean(), (wanted, sizes, open) => {
        const bytes = wanted.map((each, n) =>
          stored(Buffer.from(each.text), each.time, !(open && n === wanted.length - 1)),
        );
        const given = assemble(...cut(Buffer.concat(bytes), sizes).map((part) => frame(part)));
        // an empty line that has no newline was never written
        const last = wanted.at(-1);
        const all = open && last?.text === '' ? wanted.slice(0, -1) : wanted;
        expect(given).toEqual(all.map((each) => ({ ...each, stream: 'stdout' })));
      }),
      { numRuns: 200 },
    );
  });

  it('of two streams, with their pieces in any mixture, come out the same', () => {
    fc.assert(
      fc.property(
        lines,
        lines,
        cuts,
        cuts,
        fc.infiniteStream(fc.boolean()),
        (out, err, outSizes, errSizes, turns) => {
          const parts = {
            stdout: cut(
              Buffer.concat(out.map((each) => stored(Buffer.from(each.text), each.time))),
              outSizes,
            ),
            stderr: cut(
              Buffer.concat(err.map((each) => stored(Buffer.from(each.text), each.time))),
              errSizes,
            ),
          };
          const frames: LogFrame[] = [];
          while (parts.stdout.length + parts.stderr.length > 0) {
            const stream = turns.next().value === true ? 'stdout' : 'stderr';
            const part = parts[stream].shift();
            if (part !== undefined) frames.push(frame(part, stream));
          }
          const given = assemble(...frames);
          const of = (stream: string) =>
            given
              .filter((each) => each.stream === stream)
              .map(({ time: at, text: words }) => ({ time: at, text: words }));
          expect(of('stdout')).toEqual(out);
          expect(of('stderr')).toEqual(err);
        },
      ),
      { numRuns: 100 },
    );
  });
});
