/**
 * The socket.io channel of a page, on the path `/live`. Handshake: the session cookie and an Origin of our own.
 *
 * A page says `hello` with the number of the last fact that its data holds; it gets the missed facts, or `reload` when they are no longer
 * kept, and from then on everything new. Flows (log lines, figures) are subscribed to one by one and end with the socket.
 */
import type { Problem } from '../domain/errors.ts';
import type { Fact } from './facts.ts';
import type { LogLine } from './log-line.ts';
import type { ProgressView, Pulse, StatsSample } from './views.ts';

export const SOCKET_PATH = '/live';

export interface LogBatch {
  readonly agentId: string;
  readonly lines: readonly LogLine[];
  /** Lines that were left out before these because this browser was too slow. */
  readonly skipped?: number;
  /** The container was started anew or its log could not be followed without a gap: drop what is on screen. */
  readonly reset?: true;
}

export interface LogState {
  readonly agentId: string;
  /** `live`: following; `ended`: the container does not run; `waiting`: the engine is away, it goes on by itself. */
  readonly state: 'live' | 'ended' | 'waiting';
}

export interface ServerToClient {
  facts: (facts: readonly Fact[]) => void;
  pulses: (pulses: Readonly<Record<string, Pulse>>) => void;
  progress: (progress: ProgressView) => void;
  log: (batch: LogBatch) => void;
  logState: (state: LogState) => void;
  stats: (agentId: string, samples: readonly StatsSample[]) => void;
}

export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Problem };

export interface ClientToServer {
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
