/** What is sent without its length, or has to be whole before it may go on, lies in a file of Slipway's machine meanwhile. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#lib/domain/errors.ts';
import { newId } from '#lib/domain/ids.ts';

export interface Spooled extends AsyncDisposable {
  readonly size: number;
  read(): AsyncIterable<Buffer>;
}

export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes away what a crash left. */
  async start(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Throws RESOURCE_LIMIT when there is no room, and what the content throws; then nothing is left. */
  async take(content: AsyncIterable<Uint8Array>): Promise<Spooled> {
    const path = join(this.#folder, newId());
    const gone = () => rm(path, { force: true });
    try {
      await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(path, { mode: 0o600 }));
      const { size } = await stat(path);
      return { size, read: () => createReadStream(path), [Symbol.asyncDispose]: gone };
    } catch (error) {
      await gone();
      throw isFull(error) ? noRoom(error) : error;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function noRoom(cause: unknown): AppError {
  return new AppError('RESOURCE_LIMIT', "There is no room left on the disk of Slipway's machine", {
    hint: 'What is sent to a container that does not run lies there first. Make room, or start the agent.',
    cause,
  });
}
