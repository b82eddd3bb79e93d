/** A connection that is a plain stream both ways, after a hijack: read as it is consumed, written as the other side takes it. */
import type { Duplex } from 'node:stream';
import { AppError } from '#lib/domain/errors.ts';

const CLOSE_MS = 2_000;

export class TwoWay {
  readonly #stream: Duplex;
  readonly #head: Buffer;
  #inputOver = false;
  #closed = false;

  constructor(stream: Duplex, head: Buffer) {
    this.#stream = stream;
    this.#head = head;
    // whoever reads or writes hears of it; it must not end the process
    stream.on('error', () => undefined);
  }

  /** We have closed it ourselves. */
  get closed(): boolean {
    return this.#closed;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    if (this.#head.length > 0) yield this.#head;
    try {
      for await (const chunk of this.#stream as AsyncIterable<Buffer>) yield chunk;
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  /** Resolves when all of it has left us. */
  async write(bytes: Buffer): Promise<void> {
    const stream = this.#stream;
    if (this.#inputOver || this.#closed || !stream.writable)
      throw new AppError('CONFLICT', 'Its input has ended');
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(new AppError('CONFLICT', 'It ended before it had read its input', { cause: error }));
      });
    });
  }

  endInput(): void {
    if (this.#inputOver || this.#closed) return;
    this.#inputOver = true;
    this.#stream.end();
  }

  /** What was written before still arrives. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const stream = this.#stream;
    const gone = () => stream.destroy();
    if (this.#inputOver || !stream.writable) {
      gone();
      return;
    }
    stream.end(gone);
    // the other side may read no more
    setTimeout(gone, CLOSE_MS).unref();
  }
}
