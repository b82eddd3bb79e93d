/** One stream from the fake engine to a reader: pushed on one side, iterated on the other, broken or frozen in between. */
export class Pipe<Value> {
  readonly #queue: Value[] = [];
  #ended = false;
  #frozen = false;
  #broken: Error | null = null;
  #changed = Promise.withResolvers<undefined>();

  push(...values: readonly Value[]): void {
    this.#queue.push(...values);
    this.#wake();
  }

  /** What was pushed before still arrives. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader gets the error, and nothing of what was still on its way. */
  break(error: Error): void {
    this.#broken ??= error;
    this.#wake();
  }

  /** A frozen pipe gives nothing and says nothing, as the stream of an engine that hangs. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#wake();
  }

  /** Ends without an error when the signal does. */
  async *read(signal: AbortSignal): AsyncGenerator<Value> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (;;) {
        if (signal.aborted) return;
        if (this.#broken !== null) throw this.#broken;
        if (!this.#frozen) {
          const [value] = this.#queue.splice(0, 1);
          if (value !== undefined) {
            yield value;
            continue;
          }
          if (this.#ended) return;
        }
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  #wake(): void {
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }
}
