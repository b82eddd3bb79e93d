/**
 * The life of an agent. People ask with commands, the engine answers with observations, our own work moves on in steps.
 *
 * - `allowed[state]` says which commands make sense; guards and the page's buttons come from this one table.
 * - `advance(from, to)` is for our own steps: a move that is not in the table is a bug and throws.
 * - `observe(...)` is for what the engine reports: it is never refused; a late or repeated report is a no-op (null).
 *
 * `unreachable` is not a state of an agent: it is what a view says while the agent's host is away.
 */
export const AGENT_STATES = [
  'queued',
  'preparing',
  'creating',
  'starting',
  'ready',
  'stopping',
  'stopped',
  'removing',
  'removed',
  'paused',
  'restarting',
  'failed',
  'crashed',
  'exited',
] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** What the operator wants in the end; the state says how far it is. */
export type Wanted = 'running' | 'stopped' | 'removed';

export const AGENT_COMMANDS = [
  'start',
  'stop',
  'restart',
  'pause',
  'resume',
  'kill',
  'remove',
  'snapshot',
  'rename',
  'update',
  'recreate',
  'cancel',
] as const;
export type AgentCommand = (typeof AGENT_COMMANDS)[number];

export const allowed = {
  queued: ['cancel', 'remove'],
  preparing: ['cancel', 'remove'],
  creating: ['cancel', 'remove'],
  starting: ['cancel', 'kill', 'remove'],
  ready: ['stop', 'restart', 'pause', 'kill', 'snapshot', 'rename', 'update', 'recreate', 'remove'],
  stopping: ['cancel', 'kill', 'remove'],
  stopped: ['start', 'snapshot', 'rename', 'update', 'recreate', 'remove'],
  removing: ['cancel'],
  removed: [],
  paused: ['resume', 'stop', 'kill', 'snapshot', 'rename', 'update', 'remove'],
  restarting: ['stop', 'kill', 'update', 'remove'],
  failed: ['start', 'stop', 'snapshot', 'rename', 'update', 'recreate', 'remove'],
  crashed: ['start', 'snapshot', 'rename', 'update', 'recreate', 'remove'],
  exited: ['start', 'snapshot', 'rename', 'update', 'recreate', 'remove'],
} as const satisfies Record<AgentState, readonly AgentCommand[]>;

export function can(state: AgentState, command: AgentCommand): boolean {
  return (allowed[state] as readonly AgentCommand[]).includes(command);
}

/** States in which our own work goes on; after a restart of Slipway it is taken up again. */
export const WORKING_STATES = [
  'queued',
  'preparing',
  'creating',
  'starting',
  'stopping',
  'removing',
  'restarting',
] as const satisfies readonly AgentState[];

/** States in which the container has a running main process. */
export const LIVE_STATES = [
  'starting',
  'ready',
  'stopping',
  'paused',
  'restarting',
] as const satisfies readonly AgentState[];

export function isLive(state: AgentState): boolean {
  return (LIVE_STATES as readonly AgentState[]).includes(state);
}

const steps: Record<AgentState, readonly AgentState[]> = {
  queued: ['preparing', 'failed', 'removing'],
  preparing: ['creating', 'failed', 'removing'],
  creating: ['starting', 'failed', 'removing'],
  starting: ['ready', 'failed', 'removing', 'stopped'],
  ready: ['stopping', 'restarting', 'removing'],
  // back to what it was: the stop was taken back while it was still counting down, or the engine did not do it
  stopping: ['ready', 'paused', 'restarting', 'failed', 'removing'],
  stopped: ['starting', 'queued', 'removing'],
  // back to what it was: the removal was taken back in its grace, or the engine did not do it
  removing: [
    'removed',
    'ready',
    'stopping',
    'stopped',
    'paused',
    'restarting',
    'failed',
    'crashed',
    'exited',
  ],
  // started again from a snapshot
  removed: ['queued'],
  paused: ['stopping', 'removing'],
  restarting: ['ready', 'stopped', 'stopping', 'failed', 'removing'],
  failed: ['queued', 'starting', 'stopping', 'removing', 'stopped'],
  crashed: ['starting', 'queued', 'removing'],
  exited: ['starting', 'queued', 'removing'],
};

/** Checks a step of our own. Throws a plain Error (a bug, not an AppError) when the table does not have it. */
export function advance(from: AgentState, to: AgentState): AgentState {
  if (!steps[from].includes(to)) throw new Error(`illegal transition of an agent: ${from} -> ${to}`);
  return to;
}

/** Why a container ended, as far as can be told. `slipway` means that a command of ours asked for it. */
export type EndedBy = 'itself' | 'external' | 'host restart' | 'slipway';

/** What the engine says about the container of an agent. `started` is news, `running` only a reading. */
export type Observation =
  | { readonly kind: 'started' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  /** Its restart policy starts it again; with the end that came before, where it was heard. */
  | { readonly kind: 'restarting'; readonly exitCode?: number; readonly oomKilled?: boolean }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly oomKilled: boolean; readonly by: EndedBy }
  | { readonly kind: 'gone' };

export interface Transition {
  readonly to: AgentState;
  /** Short, for the history: `external`, `crash 3`, `oom`, `host restart`, or null where the command's own reason stands. */
  readonly reason: string | null;
}

type Exit = Extract<Observation, { kind: 'exited' }>;

function ended(exit: Exit): Transition {
  if (exit.by === 'slipway') return { to: 'stopped', reason: null };
  if (exit.by === 'external') return { to: 'stopped', reason: 'external' };
  if (exit.by === 'host restart') return { to: 'stopped', reason: 'host restart' };
  if (exit.oomKilled && exit.exitCode !== 0) return { to: 'crashed', reason: 'oom' };
  if (exit.exitCode === 0) return { to: 'exited', reason: 'exit 0' };
  return { to: 'crashed', reason: `crash ${exit.exitCode}` };
}

const external = (to: AgentState): Transition => ({ to, reason: 'external' });

function restarts(seen: Extract<Observation, { kind: 'restarting' }>): Transition {
  const { exitCode, oomKilled = false } = seen;
  if (exitCode === undefined) return external('restarting');
  return { to: 'restarting', reason: ended({ kind: 'exited', exitCode, oomKilled, by: 'itself' }).reason };
}

/** Whether a reason says that the container ended by itself. */
export function isOwnEnd(reason: string | null): boolean {
  return reason !== null && /^(?:crash \d+|exit 0|oom)$/.test(reason);
}

/**
 * Folds one observation into the state. Null: nothing new.
 * In `queued`, `preparing` and `creating` the container is not ours to read yet; the spawn itself moves on from there.
 */
export function observe(state: AgentState, seen: Observation): Transition | null {
  switch (state) {
    case 'queued':
    case 'preparing':
    case 'creating':
    case 'removed':
      return null;
    case 'removing':
      return seen.kind === 'gone' ? { to: 'removed', reason: null } : null;
    case 'starting':
      if (seen.kind === 'exited') return ended(seen);
      return seen.kind === 'gone' ? external('removed') : null;
    case 'ready':
      if (seen.kind === 'exited') return ended(seen);
      if (seen.kind === 'paused') return external('paused');
      if (seen.kind === 'restarting') return restarts(seen);
      return seen.kind === 'gone' ? external('removed') : null;
    case 'paused':
      if (seen.kind === 'exited') return ended(seen);
      if (seen.kind === 'restarting') return restarts(seen);
      if (seen.kind === 'running' || seen.kind === 'started') return external('ready');
      return seen.kind === 'gone' ? external('removed') : null;
    case 'stopping':
      // whatever the code: we asked for this end, the command's reason stands
      if (seen.kind === 'exited') return { to: 'stopped', reason: null };
      return seen.kind === 'gone' ? external('removed') : null;
    case 'restarting':
      // in the middle of a restart an end is expected; a start, or a reading of running, completes it
      if (seen.kind === 'started' || seen.kind === 'running') return { to: 'ready', reason: null };
      if (seen.kind === 'exited' && seen.by !== 'slipway') return ended(seen);
      if (seen.kind === 'paused') return external('paused');
      return seen.kind === 'gone' ? external('removed') : null;
    case 'failed':
      // the container of a failed agent is kept for a look: that it still runs is no news, that it starts again is
      if (seen.kind === 'started') return external('ready');
      return seen.kind === 'gone' ? external('removed') : null;
    case 'stopped':
    case 'crashed':
    case 'exited':
      if (seen.kind === 'started' || seen.kind === 'running') return external('ready');
      if (seen.kind === 'paused') return external('paused');
      if (seen.kind === 'restarting') return restarts(seen);
      return seen.kind === 'gone' ? external('removed') : null;
  }
}
