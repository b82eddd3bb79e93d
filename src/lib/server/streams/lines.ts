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
/** `2026-03-01T12:00:00` up to the second; `0` stands for any digit. */
const SECONDS = Buffer.from('0000-00-00T00:00:00');
const [ZERO, NINE, POINT, ZULU, SPACE] = Buffer.from('09.Z ');
const NANOS_LENGTH = SECONDS.length + '.123456789Z'.length;

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
      const isWhole = this.#pending.size === 0 && end - from <= PIECE_BYTES;
      lines.push(
        isWhole ? shortLine(stream, bytes, from, end) : this.#finish(stream, bytes.subarray(from, end)),
      );
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
    if (!this.#pending.has(stream)) return anyLine(stream, last, false);
    this.#keep(stream, last);
    const { chunks, overflow } = this.#pending.get(stream) ?? { chunks: [], overflow: false };
    this.#pending.delete(stream);
    return anyLine(stream, Buffer.concat(chunks), overflow);
  }
}

/** One that is in a single piece: nearly all are, so nothing is copied and its bytes are decoded once. */
function shortLine(stream: LogFrame['stream'], bytes: Buffer, from: number, to: number): RawLine {
  const textFrom = from + timeLength(bytes, from, to);
  return {
    time: textFrom === from ? '' : normalTime(bytes.toString('latin1', from, textFrom - 1)),
    stream,
    text: bytes.toString('utf8', textFrom, bytes[to - 1] === 0x0d && to > textFrom ? to - 1 : to),
  };
}

function anyLine(stream: LogFrame['stream'], bytes: Buffer, overflow: boolean): RawLine {
  const stamp = bytes.subarray(0, timeLength(bytes, 0, bytes.length));
  let text = bytes.subarray(stamp.length);
  if (stamp.length > 0 && text.length > PIECE_BYTES) text = withoutRepeatedTimes(text, stamp);
  const cut = overflow || text.length > MAX_LINE_BYTES;
  // a character cut in two at the end becomes the replacement character; it goes with the rest
  const decoded = cut
    ? text
        .subarray(0, MAX_LINE_BYTES)
        .toString('utf8')
        .replace(/\uFFFD$/, '')
    : text.toString('utf8');
  return {
    time: stamp.length === 0 ? '' : normalTime(stamp.toString('latin1').trimEnd()),
    stream,
    text: decoded.endsWith('\r') ? decoded.slice(0, -1) : decoded,
    ...(cut ? { cut: true } : {}),
  };
}

/** How many bytes a time and the space after it take at `from`; 0 when there is none. */
function timeLength(bytes: Buffer, from: number, to: number): number {
  const fraction = from + SECONDS.length;
  if (to <= fraction + 1) return 0;
  for (let at = 0; at < SECONDS.length; at += 1) {
    const byte = bytes[from + at];
    if (SECONDS[at] === ZERO ? !isDigit(byte) : byte !== SECONDS[at]) return 0;
  }
  let at = fraction;
  if (bytes[at] === POINT) {
    at += 1;
    while (at < fraction + 10 && isDigit(bytes[at])) at += 1;
    if (at === fraction + 1) return 0;
  }
  return bytes[at] === ZULU && bytes[at + 1] === SPACE && at + 1 < to ? at + 2 - from : 0;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= (ZERO ?? 0) && byte <= (NINE ?? 0);
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

/** With exactly nine digits of fraction, so that times sort as text. Some engines leave trailing zeros out. */
function normalTime(time: string): string {
  if (time.length === NANOS_LENGTH) return time;
  const [seconds = '', fraction = ''] = time.slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}Z`;
}
