/** What a client of SFTP has open. */
import type { Answer } from './answers.ts';
import type { Entry } from './file-shell.ts';
import type { ReadStream, WriteStream } from './file-stream.ts';
import { ANSWER, SftpFailure, STATUS, text } from './packets.ts';

export const MAX_HANDLES = 100;

/** `line` settles when the request before is done. */
export type Handle =
  | { readonly kind: 'read'; readonly path: string; readonly stream: ReadStream; line: Promise<unknown> }
  | { readonly kind: 'write'; readonly path: string; readonly stream: WriteStream; line: Promise<unknown> }
  | { readonly kind: 'folder'; readonly path: string; rest: Entry[]; line: Promise<unknown> };

export class Handles {
  readonly #open = new Map<string, Handle>();
  #numbers = 0;

  get size(): number {
    return this.#open.size;
  }

  add(handle: Handle): Answer {
    this.#numbers += 1;
    const id = String(this.#numbers);
    this.#open.set(id, handle);
    return [ANSWER.HANDLE, ...text(id)];
  }

  /** Throws SftpFailure. */
  known(id: string): Handle {
    const handle = this.#open.get(id);
    if (handle === undefined) throw new SftpFailure(STATUS.FAILURE, 'it is not open');
    return handle;
  }

  delete(id: string): void {
    this.#open.delete(id);
  }

  takeAll(): readonly Handle[] {
    const all = [...this.#open.values()];
    this.#open.clear();
    return all;
  }
}

/** After the requests on it that came before. */
export function inLine(handle: Handle, work: (handle: Handle) => Promise<Answer>): Promise<Answer> {
  const turn = handle.line.then(() => work(handle));
  handle.line = turn.catch(() => undefined);
  return turn;
}
