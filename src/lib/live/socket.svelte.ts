/**
 * The page's one connection. It says which fact it had last, so that a break costs nothing but time; subscriptions are asked for again after
 * every reconnect. Loaded after the page is usable.
 */
import { io, type Socket } from 'socket.io-client';
import {
  SOCKET_PATH,
  type ClientToServer,
  type LogBatch,
  type LogState,
  type Reply,
  type ServerToClient,
} from '#lib/protocol/socket.ts';
import type { StatsSample } from '#lib/protocol/views.ts';
import type { Live } from './live.svelte.ts';

export interface LogListener {
  /** Where to go on after a break; null: from the newest lines. */
  cursor(): { readonly seq: number; readonly time: string } | null;
  batch(batch: LogBatch): void;
  state(state: LogState['state']): void;
}

export type LineState =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly since: number; readonly nextTryAt: number | null };

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

export class Line {
  state = $state.raw<LineState>({ state: 'connecting' });
  readonly #live: Live;
  readonly #reload: () => void;
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #logs = new Map<string, LogListener>();
  readonly #stats = new Map<string, (samples: readonly StatsSample[]) => void>();
  #pulses = 0;

  /** `reload` is called when what was missed is no longer kept. */
  constructor(live: Live, reload: () => void) {
    this.#live = live;
    this.#reload = reload;
    this.#socket = io({
      path: SOCKET_PATH,
      transports: ['websocket', 'polling'],
      reconnectionDelay: FIRST_RETRY_MS,
      reconnectionDelayMax: LONGEST_RETRY_MS,
      randomizationFactor: 0.3,
      timeout: 5_000,
    });
    const socket = this.#socket;
    socket.on('connect', () => this.#hello());
    socket.on('disconnect', (reason) => {
      this.#lost();
      // the server ended it (restart, session over): socket.io would not come back by itself
      if (reason === 'io server disconnect') setTimeout(() => socket.connect(), FIRST_RETRY_MS);
    });
    socket.on('connect_error', () => this.#lost());
    socket.io.on('reconnect_attempt', (attempt) => {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS);
      if (this.state.state === 'lost') this.state = { ...this.state, nextTryAt: Date.now() + wait };
    });
    socket.on('facts', (facts) => live.take(facts));
    socket.on('pulses', (pulses) => live.seedPulses(pulses));
    socket.on('hostFigures', (figures) => live.seedHostFigures(figures));
    socket.on('progress', (progress) => live.takeProgress(progress));
    socket.on('log', (batch) => this.#logs.get(batch.agentId)?.batch(batch));
    socket.on('logState', ({ agentId, state }) => this.#logs.get(agentId)?.state(state));
    socket.on('stats', (agentId, samples) => this.#stats.get(agentId)?.(samples));
  }

  /** Try again now. */
  retry(): void {
    this.#socket.disconnect().connect();
  }

  close(): void {
    this.#socket.disconnect();
  }

  followLog(agentId: string, listener: LogListener): () => void {
    this.#logs.set(agentId, listener);
    this.#askLog(agentId, listener);
    return () => {
      if (this.#logs.get(agentId) !== listener) return;
      this.#logs.delete(agentId);
      this.#socket.emit('unfollowLog', agentId);
    };
  }

  followStats(agentId: string, listener: (samples: readonly StatsSample[]) => void): () => void {
    this.#stats.set(agentId, listener);
    this.#askStats(agentId, listener);
    return () => {
      if (this.#stats.get(agentId) !== listener) return;
      this.#stats.delete(agentId);
      this.#socket.emit('unfollowStats', agentId);
    };
  }

  /** For a part with events of its own, which is loaded later. Gives what the part gives: what ends it. */
  use(part: (socket: Socket<ServerToClient, ClientToServer>) => () => void): () => void {
    return part(this.#socket);
  }

  followPulses(): () => void {
    this.#pulses += 1;
    if (this.#pulses === 1) this.#askPulses();
    return () => {
      this.#pulses -= 1;
      if (this.#pulses === 0) this.#socket.emit('unfollowPulses');
    };
  }

  #hello(): void {
    this.#socket.emit('hello', this.#live.seq, (answer) => {
      if (!answer.ok) return;
      this.state = { state: 'live' };
      if (answer.value.reload) {
        this.#live.seq = answer.value.seq;
        this.#reload();
      }
    });
    for (const [agentId, listener] of this.#logs) this.#askLog(agentId, listener);
    for (const [agentId, listener] of this.#stats) this.#askStats(agentId, listener);
    if (this.#pulses > 0) this.#askPulses();
  }

  // before the first connect there is nobody to ask; the hello asks for everything
  #askLog(agentId: string, listener: LogListener): void {
    if (this.#socket.connected) this.#socket.emit('followLog', agentId, listener.cursor(), ignore);
  }

  #askStats(agentId: string, listener: (samples: readonly StatsSample[]) => void): void {
    if (!this.#socket.connected) return;
    this.#socket.emit('followStats', agentId, (answer) => {
      if (answer.ok) listener(answer.value);
    });
  }

  #askPulses(): void {
    if (!this.#socket.connected) return;
    this.#socket.emit('followPulses', (answer) => {
      if (answer.ok) this.#live.seedPulses(answer.value);
    });
  }

  #lost(): void {
    if (this.state.state !== 'lost')
      this.state = { state: 'lost', since: Date.now(), nextTryAt: Date.now() + FIRST_RETRY_MS };
  }
}

function ignore(_answer: Reply<null>): void {
  // what follows comes as batches; an agent that is not there gives none
}
