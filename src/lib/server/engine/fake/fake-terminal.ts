import type { TerminalSize } from '../facts.ts';

const INTERRUPT = 3;
const END_OF_INPUT = 4;
const RETURN = 13;
const NEWLINE = 10;

interface Ends {
  readonly echo: (bytes: Buffer) => void;
  readonly deliver: (line: Buffer) => void;
  readonly endInput: () => void;
  readonly interrupt: () => void;
}

/** What lies between a person's keys and a program with a terminal: echo, whole lines, Ctrl-C and Ctrl-D. */
export class FakeTerminal {
  readonly #ends: Ends;
  #line: number[] = [];
  size: TerminalSize;

  constructor(size: TerminalSize, ends: Ends) {
    this.size = size;
    this.#ends = ends;
  }

  type(bytes: Buffer): void {
    for (const byte of bytes) this.#key(byte);
  }

  #key(byte: number): void {
    if (byte === INTERRUPT) {
      this.#ends.echo(Buffer.from('^C'));
      this.#line = [];
      this.#ends.interrupt();
    } else if (byte === END_OF_INPUT) {
      if (this.#line.length === 0) this.#ends.endInput();
      else this.#deliver();
    } else if (byte === RETURN || byte === NEWLINE) {
      this.#ends.echo(Buffer.from('\r\n'));
      this.#line.push(NEWLINE);
      this.#deliver();
    } else {
      this.#ends.echo(Buffer.from([byte]));
      this.#line.push(byte);
    }
  }

  #deliver(): void {
    const line = Buffer.from(this.#line);
    this.#line = [];
    this.#ends.deliver(line);
  }
}

/** A terminal's line discipline adds the carriage return. */
export function asTerminal(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
