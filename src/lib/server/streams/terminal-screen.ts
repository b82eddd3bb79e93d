/** A terminal without eyes: it keeps what a real one would show, so that whoever comes later sees the same. */
import serialize from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { TerminalSize } from '../engine/engine.ts';

const SCROLLBACK_LINES = 5_000;
/** So many bytes may wait to be read into it. */
const MOST_WAITING = 512 * 1024;

export class TerminalScreen {
  readonly #terminal: InstanceType<typeof headless.Terminal>;
  readonly #addon = new serialize.SerializeAddon();
  #waiting = 0;
  #room: PromiseWithResolvers<undefined> | null = null;

  constructor({ columns, rows }: TerminalSize) {
    this.#terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: SCROLLBACK_LINES,
      allowProposedApi: true,
    });
    this.#terminal.loadAddon(this.#addon);
  }

  get size(): TerminalSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** What a program asks its terminal (its position, its kind) is answered here, whether somebody looks or not. */
  onAnswer(listener: (answer: string) => void): void {
    this.#terminal.onData(listener);
  }

  /** Resolves at once, or when there is room for more. */
  async write(bytes: Buffer): Promise<void> {
    this.#waiting += bytes.length;
    this.#terminal.write(bytes, () => {
      this.#waiting -= bytes.length;
      if (this.#waiting >= MOST_WAITING) return;
      this.#room?.resolve(undefined);
      this.#room = null;
    });
    if (this.#waiting < MOST_WAITING) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#terminal.resize(columns, rows);
  }

  /** What draws it on an empty terminal of its size, as of all that was written until now. `drawn` is called before what is written later counts. */
  snapshot(drawn: (screen: string) => void): void {
    this.#terminal.write('', () => {
      drawn(this.#addon.serialize());
    });
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
