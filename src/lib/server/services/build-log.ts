/** The whole output of builds, one file each, written as it comes and read while it grows. */
import { createWriteStream, mkdirSync, openSync, rmSync, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildId } from '#lib/domain/ids.ts';

/** A program that never stops talking must not fill the disk. */
const MAX_BYTES = 64 * 1024 ** 2;
const PIECE_BYTES = 64 * 1024;

export interface OpenLog {
  write(text: string): void;
  /** Resolves when all of it is on the disk. */
  close(): Promise<void>;
}

interface Growing {
  readonly file: WriteStream;
  bytes: number;
  /** Settled and made anew with each write. */
  grew: PromiseWithResolvers<undefined>;
}

export class BuildLogs {
  readonly #folder: string;
  readonly #growing = new Map<string, Growing>();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'builds');
  }

  open(id: BuildId, onError: (error: unknown) => void): OpenLog {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    // opened at once: whoever follows it finds a file
    const fd = openSync(this.#path(id), 'wx', 0o600);
    const file = createWriteStream('', { fd });
    // a full disk ends no build
    file.on('error', onError);
    const log: Growing = { file, bytes: 0, grew: Promise.withResolvers() };
    this.#growing.set(id, log);
    const tellReaders = () => {
      log.grew.resolve(undefined);
      log.grew = Promise.withResolvers();
    };
    return {
      write: (text) => {
        if (log.bytes > MAX_BYTES) return;
        log.bytes += Buffer.byteLength(text);
        file.write(
          log.bytes > MAX_BYTES ? `\n… more than ${MAX_BYTES} bytes: the rest is left out\n` : text,
          () => {
            tellReaders();
          },
        );
      },
      close: async () => {
        await new Promise<void>((resolve) => {
          file.on('close', resolve);
          file.end();
          if (file.destroyed) resolve();
        });
        this.#growing.delete(id);
        tellReaders();
      },
    };
  }

  /** What is there; with `follow` also what comes, until the build is over or the signal says so. Nothing when there is no file. */
  async *read(
    id: BuildId,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncGenerator<Buffer> {
    const { follow, signal } = options;
    const file = await open(this.#path(id), 'r').catch(() => null);
    if (file === null) return;
    try {
      let position = 0;
      for (;;) {
        // asked for before the read, so that what comes in between is not missed
        const growing = this.#growing.get(id);
        const grew = growing?.grew.promise;
        const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, position);
        position += bytesRead;
        if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
        else if (!follow || grew === undefined || signal.aborted) return;
        else await Promise.race([grew, aborted(signal)]);
      }
    } finally {
      await file.close();
    }
  }

  /** The end of it, from the beginning of a line on. */
  async tail(id: BuildId, maxBytes: number): Promise<string> {
    const file = await open(this.#path(id), 'r').catch(() => null);
    if (file === null) return '';
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - maxBytes);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
      const text = buffer.subarray(0, bytesRead).toString('utf8');
      return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await file.close();
    }
  }

  delete(id: BuildId): void {
    rmSync(this.#path(id), { force: true });
  }

  #path(id: BuildId): string {
    return join(this.#folder, `${id}.log`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
