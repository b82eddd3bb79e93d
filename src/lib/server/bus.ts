/** Repeats what was written, to browsers and to whoever else listens. A listener that throws is a bug of its own and stops nobody else. */
export class Bus<Messages extends object> {
  readonly #listeners = new Map<keyof Messages, Set<(message: never) => void>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  on<Kind extends keyof Messages>(kind: Kind, listener: (message: Messages[Kind]) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  emit<Kind extends keyof Messages>(kind: Kind, message: Messages[Kind]): void {
    for (const listener of this.#listeners.get(kind) ?? []) {
      try {
        Reflect.apply(listener, undefined, [message]);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
