/**
 * A tar that somebody sends, passed on piece by piece while it is looked at: whether it is one (plain or gzip), is not too large, and what its
 * Dockerfile says. The last piece is passed on only after all of it was found right, so that an engine never begins with a bad one.
 */
import { createGunzip, type Gunzip } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { formatBytes } from '#lib/domain/quantities.ts';

export interface UploadChecks {
  /** The name of the Dockerfile in it. */
  readonly file: string;
  readonly maxBytes: number;
  /** Throws what is wrong with it. */
  readonly onDockerfile: (text: string) => Promise<void>;
}

const MAX_DOCKERFILE_BYTES = 1024 ** 2;

/** Throws VALIDATION. */
export async function* uploadTar(
  bytes: AsyncIterable<Uint8Array>,
  checks: UploadChecks,
): AsyncGenerator<Buffer> {
  let inspection: Inspection | null = null;
  let held: Buffer | null = null;
  let total = 0;
  try {
    for await (const each of bytes) {
      const piece = Buffer.from(each.buffer, each.byteOffset, each.byteLength);
      if (piece.length === 0) continue;
      total += piece.length;
      if (total > checks.maxBytes)
        throw refused(`is larger than ${formatBytes(checks.maxBytes)}, which is the limit here`);
      inspection ??= new Inspection(piece, checks);
      await inspection.take(piece);
      if (held !== null) yield held;
      held = piece;
    }
    if (inspection === null) throw refused('is empty');
    await inspection.end();
    if (held !== null) yield held;
  } finally {
    inspection?.stop();
  }
}

class Inspection {
  readonly #checks: UploadChecks;
  readonly #tar: Extract = extract();
  readonly #into: Gunzip | Extract;
  readonly #over: Promise<void>;
  #failed: { readonly error: unknown } | null = null;
  #hasDockerfile = false;

  constructor(first: Buffer, checks: UploadChecks) {
    this.#checks = checks;
    const isPacked = first[0] === 0x1f && first[1] === 0x8b;
    const gunzip = isPacked ? createGunzip() : null;
    this.#into = gunzip ?? this.#tar;
    if (gunzip !== null) void this.#unpack(gunzip);
    this.#tar.on('error', (error) => {
      this.#fail(error);
    });
    this.#over = this.#read().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  async take(piece: Buffer): Promise<void> {
    this.#check();
    if (!this.#into.write(piece)) await Promise.race([drained(this.#into), this.#over]);
    this.#check();
  }

  async end(): Promise<void> {
    this.#into.end(null);
    await this.#over;
    this.#check();
    if (!this.#hasDockerfile)
      throw validationError([
        { field: 'file', value: this.#checks.file, rule: 'is not in the tar that was sent' },
      ]);
  }

  stop(): void {
    this.#into.destroy();
    this.#tar.destroy();
  }

  async #unpack(gunzip: Gunzip): Promise<void> {
    try {
      for await (const piece of gunzip as AsyncIterable<Buffer>)
        if (!this.#tar.write(piece)) await Promise.race([drained(this.#tar), this.#over]);
      this.#tar.end(null);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #read(): Promise<void> {
    for await (const entry of this.#tar) {
      if (plainName(entry.header.name) !== plainName(this.#checks.file)) {
        entry.resume();
        continue;
      }
      this.#hasDockerfile = true;
      const text = await textOf(entry);
      if (entry.header.type === 'file') await this.#checks.onDockerfile(text);
    }
  }

  #fail(error: unknown): void {
    this.#failed ??= { error };
    this.#tar.destroy();
  }

  #check(): void {
    if (this.#failed === null) return;
    const { error } = this.#failed;
    throw error instanceof AppError ? error : refused('is no tar, plain or gzip, or is cut off');
  }
}

async function textOf(entry: AsyncIterable<unknown>): Promise<string> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of entry) {
    if (!Buffer.isBuffer(piece)) continue;
    total += piece.length;
    if (total > MAX_DOCKERFILE_BYTES) throw refused('has a Dockerfile of more than 1 MB');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function drained(stream: Gunzip | Extract): Promise<void> {
  return new Promise((resolve) => {
    stream.once('drain', () => {
      resolve();
    });
  });
}

function plainName(name: string): string {
  return name.replace(/^(?:\.?\/)+/, '');
}

function refused(rule: string): AppError {
  return validationError([{ field: 'body', value: null, rule }]);
}
