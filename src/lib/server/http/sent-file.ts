/**
 * A file that somebody sends: as the body itself, or as the one file of a form (multipart/form-data), whose text fields come before it. It is
 * read while it comes and is never whole in memory.
 */
import { AppError } from '#lib/domain/errors.ts';

export interface SentFile {
  readonly fields: Readonly<Record<string, string>>;
  readonly content: AsyncIterable<Uint8Array>;
  /** What the form says it is called, without folders. null: not sent by a form. */
  readonly name: string | null;
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_DROPPED_BYTES = 2 * 1024 ** 3;

/** Throws VALIDATION for a form without a file. */
export async function sentFile(request: Request): Promise<SentFile> {
  const bytes = bytesOf(request);
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(
    request.headers.get('content-type') ?? '',
  )?.[1];
  if (boundary === undefined) return { fields: {}, content: bytes, name: null };
  const reader = new FormReader(bytes, boundary);
  const fields: Record<string, string> = {};
  for (;;) {
    const part = await reader.next();
    if (part === null) throw new AppError('VALIDATION', 'file: is required');
    if (part.isFile) return { fields, content: part.content, name: part.fileName };
    const pieces: Buffer[] = [];
    for await (const piece of part.content) {
      pieces.push(piece);
      if (pieces.reduce((sum, each) => sum + each.length, 0) > MAX_HEAD_BYTES) throw badForm();
    }
    fields[part.name] = Buffer.concat(pieces).toString('utf8');
  }
}

async function* bytesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await readOver(reader);
  }
}

/** A browser hears of no answer before it has sent everything: what nobody wants is read and dropped, up to a limit. */
async function readOver(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    for (let dropped = 0; dropped < MAX_DROPPED_BYTES;) {
      const next = await reader.read();
      if (next.done) return;
      dropped += next.value.length;
    }
    await reader.cancel();
  } catch {
    // the sender went away
  }
}

interface FormPart {
  readonly name: string;
  readonly isFile: boolean;
  readonly fileName: string;
  readonly content: AsyncGenerator<Buffer>;
}

/** One part after the other; the content of each has to be read to its end. */
class FormReader {
  readonly #bytes: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  #held: Buffer;
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>, boundary: string) {
    this.#bytes = bytes[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    // the first delimiter has no line before it
    this.#held = Buffer.from('\r\n');
  }

  /** null when there are no more. */
  async next(): Promise<FormPart | null> {
    for await (const _ of this.#until(this.#delimiter)) {
      // what stands before the first part is nothing
    }
    const line = await this.#text(Buffer.from('\r\n'));
    if (line.startsWith('--')) return null;
    const head = await this.#text(Buffer.from('\r\n\r\n'));
    const name = /\bname="([^"]*)"/i.exec(head)?.[1] ?? '';
    const isFile = /\bfilename(?:\*)?=/i.test(head);
    // browsers write these three in a name as they are in an address, and nothing else
    const fileName = (/\bfilename="([^"]*)"/i.exec(head)?.[1] ?? '')
      .replaceAll('%22', '"')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n');
    return { name, isFile, fileName: fileName.replace(/^.*[/\\]/s, ''), content: this.#content() };
  }

  async *#content(): AsyncGenerator<Buffer> {
    yield* this.#until(this.#delimiter);
    // the next part begins with it
    this.#held = Buffer.concat([this.#delimiter, this.#held]);
  }

  async #text(end: Buffer): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.#until(end)) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_HEAD_BYTES) throw badForm();
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** What comes before `end`, which is taken away. Throws VALIDATION when it does not come. */
  async *#until(end: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(end);
      if (at !== -1) {
        const before = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + end.length);
        if (before.length > 0) yield before;
        return;
      }
      if (this.#ended) throw badForm();
      // its beginning may stand at the end of what is here
      const safe = Math.max(0, this.#held.length - end.length + 1);
      const before = this.#held.subarray(0, safe);
      this.#held = this.#held.subarray(safe);
      if (before.length > 0) yield before;
      const next = await this.#bytes.next();
      if (next.done === true) this.#ended = true;
      else this.#held = Buffer.concat([this.#held, next.value]);
    }
  }
}

function badForm(): AppError {
  return new AppError('VALIDATION', 'file: the form is broken or cut off');
}
