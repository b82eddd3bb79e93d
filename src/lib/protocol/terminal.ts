/** Terminal sessions on the wire. Bytes cross as they are; sizes are columns and rows. */
import type { Reply } from './socket.ts';

/** `waiting`: the engine is away, it goes on by itself. */
export type TerminalState = 'open' | 'waiting' | 'ended';

/** Why a session is over. `exit`: its program ended by itself. */
export type TerminalEnd = 'exit' | 'ended' | 'unwatched' | 'container' | 'connection' | 'restart';

export interface TerminalView {
  readonly id: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly door: 'page' | 'ssh';
  /** Who opened it. */
  readonly actor: string;
  /** Empty: the main process of the container. */
  readonly command: readonly string[];
  readonly user: string | null;
  readonly state: TerminalState;
  readonly viewers: number;
  readonly columns: number;
  readonly rows: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly end: TerminalEnd | null;
  readonly exitCode: number | null;
  /** There is something to replay. */
  readonly recorded: boolean;
}

export interface TerminalJoin {
  readonly terminal: TerminalView;
  /** What writes the screen, its modes and its scrollback onto an empty terminal of this size. */
  readonly screen: string;
  readonly mayWrite: boolean;
}

export interface TerminalToServer {
  /** From now on its output comes; a second call of the same socket begins anew. */
  joinTerminal: (terminalId: string, reply: (answer: Reply<TerminalJoin>) => void) => void;
  leaveTerminal: (terminalId: string) => void;
  /** Answers when the program has been given it: the next piece (32 KiB at most) waits for that. */
  terminalInput: (terminalId: string, bytes: Uint8Array, reply: (answer: Reply<null>) => void) => void;
  terminalSize: (terminalId: string, columns: number, rows: number) => void;
  /** So many bytes of output have been drawn. Without it no more than about a megabyte comes. */
  terminalDrawn: (terminalId: string, bytes: number) => void;
}

export interface TerminalToClient {
  terminalOutput: (terminalId: string, bytes: Uint8Array) => void;
  /** This browser was too slow: what is on its screen is replaced. */
  terminalScreen: (terminalId: string, screen: string) => void;
  terminalChanged: (terminal: TerminalView) => void;
}
