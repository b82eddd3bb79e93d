/**
 * The content of one open file: a program inside that reads or writes it from some place on, as a stream. What clients do is sequential, from
 * the first byte or from where they left off; a read or write somewhere else begins a new program there.
 */
import type { ExecSession } from '../../engine/engine.ts';
import { readStat, type WholeAttributes } from './attributes.ts';
import { failureOf, READ_WORD, word } from './words.ts';

/** Opens it, says its attributes, waits for the place to begin at, and goes on from there. `$2` is what to do first. */
const OPENING = `LC_ALL=C; export LC_ALL
${READ_WORD}
no() { echo "$1" >&2; exit 1; }
text "$1"; p=$r
[ ! -d "$p" ] || no 'Is a directory'
[ ! -p "$p" ] || no 'Is a pipe'
`;
const READING = `${OPENING}exec 3<"$p" || exit 1
stat -L -c '%f %s %u %g %X %Y' -- "$p" || exit 1
read -r o || exit 0
[ "$o" = 0 ] || dd bs=1 skip="$o" count=0 <&3 2>/dev/null
exec cat <&3`;
const WRITING = `${OPENING}case $2 in *c*) ;; *) [ -e "$p" ] || no 'No such file' ;; esac
[ -e "$p" ] || new=1
umask "$3"
case $2 in
  *x*) set -C; exec 3>"$p" || exit 1 ;;
  *t*) exec 3>"$p" || exit 1 ;;
  *a*) exec 3>>"$p" || exit 1 ;;
  *) exec 3<>"$p" || exit 1 ;;
esac
[ -z "$new" ] || [ -z "$4" ] || chmod "$4" "$p" || exit 1
echo ok
read -r o || exit 0
[ "$o" = 0 ] || dd bs=1 seek="$o" count=0 conv=notrunc >&3 </dev/null 2>/dev/null
exec cat >&3`;

/** A shell makes files without the bits of programs; they are given to a new one after it was made. */
const UMASK = 0o022;

/** Starts a program inside with its input open. */
export type Start = (command: readonly string[]) => Promise<ExecSession>;

export interface WriteWish {
  readonly create: boolean;
  readonly truncate: boolean;
  readonly exclusive: boolean;
  readonly append: boolean;
  readonly mode: number | null;
}

export class ReadStream {
  readonly attributes: WholeAttributes;
  readonly #start: Start;
  readonly #path: string;
  #session: ExecSession;
  #frames: AsyncIterator<Buffer>;
  #pieces: Buffer[] = [];
  #buffered = 0;
  /** Where the first buffered byte stands; null: not begun. */
  #at: number | null = null;
  #ended = false;

  private constructor(start: Start, path: string, opened: Opened) {
    this.#start = start;
    this.#path = path;
    this.#session = opened.session;
    this.#frames = opened.frames;
    const found = readStat(opened.line);
    if (found === null) throw failureOf(opened.line);
    this.attributes = found.attributes;
  }

  static async open(start: Start, path: string): Promise<ReadStream> {
    return new ReadStream(start, path, await open(start, ['sh', '-c', READING, 'sh', word(path)]));
  }

  /** As many bytes as asked for, in pieces, fewer only before the end; none at the end. */
  async read(offset: number, length: number): Promise<readonly Buffer[]> {
    if (this.#at !== offset) await this.#seek(offset);
    while (this.#buffered < length && !this.#ended) {
      const next = await this.#frames.next();
      if (next.done === true) this.#ended = true;
      else {
        this.#pieces.push(next.value);
        this.#buffered += next.value.length;
      }
    }
    return this.#take(Math.min(length, this.#buffered));
  }

  #take(length: number): readonly Buffer[] {
    const taken: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = this.#pieces.shift() ?? Buffer.alloc(0);
      taken.push(piece.subarray(0, missing));
      if (piece.length > missing) this.#pieces.unshift(piece.subarray(missing));
      missing -= Math.min(missing, piece.length);
    }
    this.#buffered -= length;
    this.#at = (this.#at ?? 0) + length;
    return taken;
  }

  async close(): Promise<void> {
    // one that was never read from waits for its input and ends with it
    if (this.#at === null) this.#session.endInput();
    else if (!this.#ended) await this.#session.end();
  }

  async #seek(offset: number): Promise<void> {
    if (this.#at !== null) {
      await this.#session.end(0);
      const again = await open(this.#start, ['sh', '-c', READING, 'sh', word(this.#path)]);
      this.#session = again.session;
      this.#frames = again.frames;
      this.#pieces = [];
      this.#buffered = 0;
      this.#ended = false;
    }
    this.#at = offset;
    await this.#session.write(Buffer.from(`${offset}\n`));
    this.#session.endInput();
  }
}

export class WriteStream {
  readonly #start: Start;
  readonly #path: string;
  readonly #append: boolean;
  #opened: Opened | null;
  /** null: not begun. */
  #at: number | null = null;

  private constructor(start: Start, path: string, append: boolean, opened: Opened) {
    this.#start = start;
    this.#path = path;
    this.#append = append;
    this.#opened = opened;
  }

  static async open(start: Start, path: string, wish: WriteWish): Promise<WriteStream> {
    return new WriteStream(start, path, wish.append, await open(start, writing(path, wish)));
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    if (this.#at !== null && this.#at !== offset && !this.#append) await this.settle();
    if (this.#opened === null) {
      const wish = { create: false, truncate: false, exclusive: false, append: this.#append, mode: null };
      this.#opened = await open(this.#start, writing(this.#path, wish));
      this.#at = null;
    }
    const { session } = this.#opened;
    if (this.#at === null) await session.write(Buffer.from(`${this.#append ? 0 : offset}\n`));
    this.#at = offset + bytes.length;
    await session.write(bytes);
  }

  /** All of it is in the file. Throws SftpFailure when it is not: the disk is full. */
  async settle(): Promise<void> {
    const opened = this.#opened;
    if (opened === null) return;
    this.#opened = null;
    opened.session.endInput();
    for (;;) if ((await opened.frames.next()).done === true) break;
    const code = await opened.session.exitCode();
    if (code !== 0) throw failureOf(opened.complaint());
  }

  /** Whatever is not in the file yet is left out. */
  async abandon(): Promise<void> {
    await this.#opened?.session.end();
  }
}

function writing(path: string, { create, truncate, exclusive, append, mode }: WriteWish): readonly string[] {
  const flags = `${create ? 'c' : ''}${exclusive ? 'x' : ''}${truncate ? 't' : ''}${append ? 'a' : ''}-`;
  const bits = (mode ?? 0o666) & ~UMASK;
  const rights = mode === null ? '' : (bits & 0o777).toString(8);
  return ['sh', '-c', WRITING, 'sh', word(path), flags, (~bits & 0o777).toString(8), rights];
}

interface Opened {
  readonly session: ExecSession;
  /** What it prints after the first line. */
  readonly frames: AsyncIterator<Buffer>;
  readonly line: string;
  readonly complaint: () => string;
}

async function open(start: Start, command: readonly string[]): Promise<Opened> {
  const session = await start(command);
  let complaint = '';
  async function* printed() {
    for await (const { stream, bytes } of session.output) {
      if (stream === 'stdout') yield bytes;
      else complaint = (complaint + bytes.toString('latin1')).slice(-2_000);
    }
  }
  const frames = printed();
  let line = '';
  while (!line.includes('\n')) {
    const next = await frames.next();
    if (next.done === true) throw failureOf(complaint);
    line += next.value.toString('latin1');
  }
  // the program waits for the place to begin at before it says more
  return { session, frames, line: line.trim(), complaint: () => complaint };
}
