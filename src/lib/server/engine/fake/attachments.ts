import type { LogFrame } from '../facts.ts';
import type { Pipe } from './pipe.ts';

/** Who reads what a main process prints as it comes. */
export class Attachments {
  readonly #pipes = new Set<Pipe<LogFrame>>();

  add(pipe: Pipe<LogFrame>): void {
    this.#pipes.add(pipe);
  }

  tell(frame: LogFrame): void {
    for (const pipe of this.#pipes) pipe.push(frame);
  }

  /** The main process has ended. */
  end(): void {
    for (const pipe of this.#pipes) pipe.end();
    this.#pipes.clear();
  }
}
