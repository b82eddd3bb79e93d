/** A session as it was seen, in the form asciicast v2: a line of JSON about it, then one for each piece of output and each change of size. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { TerminalSize } from '../engine/engine.ts';

const MAX_BYTES = 256 * 1024 ** 2;

export class TerminalRecording {
  readonly #file: WriteStream;
  readonly #begunAt = Date.now();
  readonly #decoder = new StringDecoder('utf8');
  #bytes = 0;
  #over = false;

  constructor(path: string, { columns, rows }: TerminalSize, title: string) {
    this.#file = createWriteStream(path, { mode: 0o600, flags: 'wx' });
    // a full disk ends the recording, not the session
    this.#file.on('error', () => (this.#over = true));
    const timestamp = Math.floor(this.#begunAt / 1000);
    this.#line({
      version: 2,
      width: columns,
      height: rows,
      timestamp,
      title,
      env: { TERM: 'xterm-256color' },
    });
  }

  /** Resolves when there is room for more. Past 256 MiB it takes nothing any more. */
  async output(bytes: Buffer): Promise<void> {
    const text = this.#decoder.write(bytes);
    if (text !== '') await this.#event('o', text);
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    await this.#event('r', `${columns}x${rows}`);
  }

  async close(): Promise<void> {
    this.#over = true;
    await new Promise<void>((resolve) => {
      this.#file.once('error', () => {
        resolve();
      });
      this.#file.end(() => {
        resolve();
      });
    });
  }

  async #event(kind: 'o' | 'r', data: string): Promise<void> {
    if (this.#over) return;
    const seconds = Math.round(Date.now() - this.#begunAt) / 1000;
    if (this.#line([seconds, kind, data])) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#file.off('drain', go);
        this.#file.off('error', go);
        resolve();
      };
      this.#file.on('drain', go);
      this.#file.on('error', go);
    });
  }

  #line(value: unknown): boolean {
    const line = `${JSON.stringify(value)}\n`;
    this.#bytes += line.length;
    if (this.#bytes > MAX_BYTES) this.#over = true;
    return this.#file.write(line);
  }
}
