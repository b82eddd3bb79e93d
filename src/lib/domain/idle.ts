/** When an agent counts as idle. Pure: the loop brings the times. All times are milliseconds since 1970. */
import type { AgentSpec, IdleMode } from './agent-spec.ts';

export type ActivitySource = 'start' | 'input' | 'output' | 'cpu' | 'ssh';

/** What counts as activity in each mode; the start always does. */
export const IDLE_SOURCES: Readonly<Record<IdleMode, readonly ActivitySource[]>> = {
  io: ['input', 'output', 'ssh'],
  user: ['input', 'ssh'],
  agent: ['output', 'cpu'],
  ssh: ['ssh'],
  boot: [],
  disabled: [],
};

export interface IdleTimes {
  readonly bootedAt: number;
  /** The newest activity of a source of the mode, null: none since the start. */
  readonly lastActivityAt: number | null;
  readonly keepAliveUntil: number | null;
  /** How long since then nobody could look, because the host was away. */
  readonly uncountedMs: number;
}

export interface Deadline {
  readonly at: number;
  readonly because: 'idle' | 'ttl';
}

/** When it is to be stopped; null: never. An age limit wins over everything, keep-alive over idleness only. */
export function deadlineOf(
  { idle, ttl }: Pick<AgentSpec, 'idle' | 'ttl'>,
  times: IdleTimes,
): Deadline | null {
  const age = ttl === null ? null : times.bootedAt + ttl * 1000;
  const quiet = idle.mode === 'disabled' ? null : quietUntil(idle.timeout, times);
  if (age !== null && (quiet === null || age <= quiet)) return { at: age, because: 'ttl' };
  return quiet === null ? null : { at: quiet, because: 'idle' };
}

function quietUntil(timeout: number, times: IdleTimes): number {
  const { bootedAt, lastActivityAt, keepAliveUntil, uncountedMs } = times;
  const last = Math.max(bootedAt, lastActivityAt ?? 0);
  return Math.max(last + uncountedMs + timeout * 1000, keepAliveUntil ?? 0);
}
