/** One terminal session in a page: what it shows and takes, over breaks of the connection too. Loaded with the terminal itself. */
import type { Socket } from 'socket.io-client';
import type { Problem } from '#lib/domain/errors.ts';
import type { ClientToServer, ServerToClient } from '#lib/protocol/socket.ts';
import type { TerminalView } from '#lib/protocol/terminal.ts';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

/** What draws it. */
export interface TerminalFace {
  /** Calls `drawn` when the bytes are on the screen. */
  write(bytes: Uint8Array, drawn: () => void): void;
  /** Replaces everything. */
  replace(screen: string, size: { readonly columns: number; readonly rows: number } | null): void;
  resize(columns: number, rows: number): void;
}

/** A socket takes no larger message. */
const PIECE_BYTES = 32_768;
const TELL_DRAWN_BYTES = 16_384;

export class TerminalSight {
  view = $state.raw<TerminalView | null>(null);
  mayWrite = $state(false);
  problem = $state.raw<Problem | null>(null);
  joined = $state(false);
  readonly #id: string;
  readonly #face: TerminalFace;
  #socket: LiveSocket | null = null;
  #waiting: Uint8Array[] = [];
  #sending = false;
  #undrawn = 0;
  #size: { readonly columns: number; readonly rows: number } | null = null;

  constructor(id: string, face: TerminalFace) {
    this.#id = id;
    this.#face = face;
  }

  /** Shows it until the returned function is called. */
  follow(socket: LiveSocket): () => void {
    this.#socket = socket;
    const join = () => {
      this.#join(socket);
    };
    const lost = () => {
      this.joined = false;
    };
    const output = (id: string, bytes: Uint8Array) => {
      if (id === this.#id) this.#draw(new Uint8Array(bytes));
    };
    const screen = (id: string, text: string) => {
      if (id === this.#id) this.#face.replace(text, null);
    };
    const changed = (view: TerminalView) => {
      if (view.id === this.#id) this.#seen(view);
    };
    socket.on('connect', join);
    socket.on('disconnect', lost);
    socket.on('terminalOutput', output);
    socket.on('terminalScreen', screen);
    socket.on('terminalChanged', changed);
    if (socket.connected) join();
    return () => {
      socket.off('connect', join);
      socket.off('disconnect', lost);
      socket.off('terminalOutput', output);
      socket.off('terminalScreen', screen);
      socket.off('terminalChanged', changed);
      socket.emit('leaveTerminal', this.#id);
      this.#socket = null;
      this.joined = false;
    };
  }

  type(bytes: Uint8Array): void {
    if (!this.mayWrite || this.view?.state === 'ended') return;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      this.#waiting.push(bytes.subarray(at, at + PIECE_BYTES));
    this.#send();
  }

  /** The size that fits here. */
  fit(columns: number, rows: number): void {
    this.#size = { columns, rows };
    if (this.joined && this.mayWrite) this.#socket?.emit('terminalSize', this.#id, columns, rows);
  }

  #join(socket: LiveSocket): void {
    socket.emit('joinTerminal', this.#id, (answer) => {
      if (!answer.ok) {
        this.problem = answer.error;
        return;
      }
      const { terminal, screen, mayWrite } = answer.value;
      this.problem = null;
      this.#undrawn = 0;
      this.#face.replace(screen, terminal);
      this.mayWrite = mayWrite;
      this.joined = true;
      this.view = terminal;
      if (this.#size !== null) this.fit(this.#size.columns, this.#size.rows);
      this.#sending = false;
      this.#send();
    });
  }

  #seen(view: TerminalView): void {
    const before = this.view;
    this.view = view;
    if (before?.columns !== view.columns || before.rows !== view.rows)
      this.#face.resize(view.columns, view.rows);
  }

  #draw(bytes: Uint8Array): void {
    this.#face.write(bytes, () => {
      this.#undrawn += bytes.length;
      if (this.#undrawn < TELL_DRAWN_BYTES) return;
      this.#socket?.emit('terminalDrawn', this.#id, this.#undrawn);
      this.#undrawn = 0;
    });
  }

  #send(): void {
    if (this.#sending || !this.joined) return;
    const piece = joined(this.#waiting);
    if (piece === null) return;
    this.#sending = true;
    this.#socket?.emit('terminalInput', this.#id, piece, (answer) => {
      this.#sending = false;
      if (answer.ok) this.#send();
      else this.#waiting = [];
    });
  }
}

/** Takes as many whole pieces off the front as one message holds. */
function joined(pieces: Uint8Array[]): Uint8Array | null {
  const first = pieces.shift();
  if (first === undefined) return null;
  const taken = [first];
  let length = first.length;
  for (let next = pieces[0]; next !== undefined && length + next.length <= PIECE_BYTES; next = pieces[0]) {
    taken.push(next);
    length += next.length;
    pieces.shift();
  }
  if (taken.length === 1) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of taken) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
