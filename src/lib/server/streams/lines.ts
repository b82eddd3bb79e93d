/**
 * From frames to lines. The engine writes `<time> <text>\n`, and cuts a line into pieces of 16 KiB that repeat the line's time and have a
 * newline only after the last. So bytes are gathered up to a newline, then the repeated times are taken out and the whole is decoded: a
 * character that was split over two pieces or two chunks is whole again.
 */
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LogFrame } from '../engine/engine.ts';

/** Longer lines are cut with a mark. Bytes of UTF-8. */
export const MAX_LINE_BYTES = 64 * 1024;
/** The engine's buffer: pieces of a long line have exactly this many bytes. */
const PIECE_BYTES = 16 * 1024;
/** What is gathered of one line at most: the cut line with the times of its pieces. */
const MAX_PENDING_BYTES = MAX_LINE_BYTES + 4 * 64;
const NEWLINE = 0x0a;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z $/;

export type RawLine = Omit<LogLine, 'seq'>;

interface Pending {
  chunks: Buffer[];
  bytes: number;
  overflow: boolean;
}

/** Puts lines together, one assembler for each follow. Feed it frames in order, then `end()`. */
export class LineAssembler {
  readonly #pending = new Map<LogFrame['stream'], Pending>();

  push({ stream, bytes }: LogFrame): RawLine[] {
    const lines: RawLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      lines.push(this.#finish(stream, bytes.subarray(from, end)));
      from = end + 1;
    }
    if (from < bytes.length) this.#keep(stream, bytes.subarray(from));
    return lines;
  }

  /** The lines that had no newline when the stream closed. */
  end(): RawLine[] {
    return [...this.#pending.keys()].map((stream) => this.#finish(stream, Buffer.alloc(0)));
  }

  #keep(stream: LogFrame['stream'], chunk: Buffer): void {
    const pending = this.#pending.get(stream) ?? { chunks: [], bytes: 0, overflow: false };
    this.#pending.set(stream, pending);
    const room = MAX_PENDING_BYTES - pending.bytes;
    if (chunk.length > room) pending.overflow = true;
    if (room <= 0) return;
    const part = chunk.subarray(0, room);
    pending.chunks.push(part);
    pending.bytes += part.length;
  }

  #finish(stream: LogFrame['stream'], last: Buffer): RawLine {
    if (!this.#pending.has(stream)) return toLine(stream, last, false);
    this.#keep(stream, last);
    const { chunks, overflow } = this.#pending.get(stream) ?? { chunks: [], overflow: false };
    this.#pending.delete(stream);
    return toLine(stream, Buffer.concat(chunks), overflow);
  }
}

function toLine(stream: LogFrame['stream'], bytes: Buffer, overflow: boolean): RawLine {
  const space = bytes.subarray(0, 40).indexOf(0x20);
  const stamp = bytes.subarray(0, space + 1);
  const timed = space > 0 && TIME.test(stamp.toString('latin1'));
  let text = timed ? bytes.subarray(stamp.length) : bytes;
  if (timed && text.length > PIECE_BYTES) text = withoutRepeatedTimes(text, stamp);
  const cut = overflow || text.length > MAX_LINE_BYTES;
  // a character cut in two at the end becomes the replacement character; it goes with the rest
  const decoded = cut
    ? text
        .subarray(0, MAX_LINE_BYTES)
        .toString('utf8')
        .replace(/\uFFFD$/, '')
    : text.toString('utf8');
  return {
    time: timed ? normalTime(stamp.toString('latin1').trimEnd()) : '',
    stream,
    text: decoded.endsWith('\r') ? decoded.slice(0, -1) : decoded,
    ...(cut ? { cut: true } : {}),
  };
}

function withoutRepeatedTimes(text: Buffer, stamp: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let rest = text;
  while (rest.length > PIECE_BYTES && rest.subarray(PIECE_BYTES, PIECE_BYTES + stamp.length).equals(stamp)) {
    pieces.push(rest.subarray(0, PIECE_BYTES));
    rest = rest.subarray(PIECE_BYTES + stamp.length);
  }
  return pieces.length === 0 ? text : Buffer.concat([...pieces, rest]);
}

/** With exactly nine digits of fraction, so that times sort as text. The engine leaves trailing zeros out. */
function normalTime(time: string): string {
  const [seconds = '', fraction = ''] = time.slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}Z`;
}
