/** What was written to a program and what it has not read yet. */
export class InputQueue {
  readonly #pieces: Buffer[] = [];
  #ended = false;
  #changed = Promise.withResolvers<undefined>();

  push(bytes: Buffer): void {
    if (bytes.length > 0) this.#pieces.push(Buffer.from(bytes));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** null: it has ended. */
  async read(): Promise<Buffer | null> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.#ended) return null;
      await this.#changed.promise;
    }
  }

  #wake(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }
}
