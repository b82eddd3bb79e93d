/**
 * The socket.io channel of a page, on the path `/live`. Handshake: the session cookie and an Origin of our own.
 *
 * A page says `hello` with the number of the last fact that its data holds; it gets the missed facts, or `reload` when they are no longer
 * kept, and from then on everything new. Flows (log lines, figures) are subscribed to one by one and end with the socket.
 */
import type { Problem } from '../domain/errors.ts';
import type { Fact } from './facts.ts';
import type { LogLine } from './log-line.ts';
import type { TerminalToClient, TerminalToServer } from './terminal.ts';
import type { HostFigures } from './metrics.ts';
import type { ProgressView, Pulse, StatsSample } from './views.ts';

export const SOCKET_PATH = '/live';

export interface LogBatch {
  readonly agentId: string;
  readonly lines: readonly LogLine[];
  /** Lines that were left out before these, because there were too many for this browser at once. */
  readonly skipped?: number;
  /** Numbers of the first and the last line that were left out; they can be loaded: `GET …/logs?format=json&after=<from - 1>`. */
  readonly skippedFrom?: number;
  readonly skippedTo?: number;
  /** These are the newest lines and do not join what is on screen: drop that. */
  readonly reset?: true;
}

export interface LogState {
  readonly agentId: string;
  /** `live`: following; `ended`: the container does not run; `waiting`: the engine is away, it goes on by itself. */
  readonly state: 'live' | 'ended' | 'waiting';
}

export interface ServerToClient extends TerminalToClient {
  facts: (facts: readonly Fact[]) => void;
  pulses: (pulses: Readonly<Record<string, Pulse>>) => void;
  /** What hosts use and have, to those who follow the quick figures. */
  hostFigures: (figures: Readonly<Record<string, HostFigures>>) => void;
  progress: (progress: ProgressView) => void;
  log: (batch: LogBatch) => void;
  logState: (state: LogState) => void;
  stats: (agentId: string, samples: readonly StatsSample[]) => void;
}

export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Problem };

export interface ClientToServer extends TerminalToServer {
  /** Ask for what happened after `since`. */
  hello: (
    since: number,
    reply: (answer: Reply<{ readonly reload: boolean; readonly seq: number }>) => void,
  ) => void;
  /** Follow an agent's log after the line with this number and time; null: from the newest 200 lines on. */
  followLog: (
    agentId: string,
    after: { readonly seq: number; readonly time: string } | null,
    reply: (answer: Reply<null>) => void,
  ) => void;
  unfollowLog: (agentId: string) => void;
  /** Samples each second for as long as somebody looks; the reply holds what is known of the last minutes. */
  followStats: (agentId: string, reply: (answer: Reply<readonly StatsSample[]>) => void) => void;
  unfollowStats: (agentId: string) => void;
  /** Tell the quick figures of all agents as they come. */
  followPulses: (reply: (answer: Reply<Readonly<Record<string, Pulse>>>) => void) => void;
  unfollowPulses: () => void;
}
