/** The beginning of a stream, up to so many bytes; the rest is let go. */
export class Kept {
  readonly #most: number;
  readonly #parts: Buffer[] = [];
  #length = 0;
  #truncated = false;

  constructor(most: number) {
    this.#most = most;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  add(bytes: Buffer): void {
    const part = bytes.subarray(0, this.#most - this.#length);
    if (part.length < bytes.length) this.#truncated = true;
    if (part.length === 0) return;
    // a copy: what comes is a piece of a larger buffer
    this.#parts.push(Buffer.from(part));
    this.#length += part.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
