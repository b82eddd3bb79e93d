/** The rules of an agent as the fields of a form, and the fields of the API that they are about. Pure. */
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { dockerBytes } from '#lib/domain/quantities.ts';
import { a } from '#lib/text/en-agent.ts';

export interface RulesFields {
  readonly memory: string;
  readonly cpu: string;
  readonly pids: string;
  readonly restart: string;
  readonly restartTries: string;
  readonly idleMode: string;
  readonly idleTimeout: string;
  readonly ttl: string;
  readonly notes: string;
  readonly color: string;
}

export function rulesFields(
  { resources, restart, idle, ttl }: Pick<AgentSpec, 'resources' | 'restart' | 'idle' | 'ttl'>,
  { notes, color }: { readonly notes: string; readonly color: string | null },
): RulesFields {
  return {
    memory: resources.memory === null ? a.rules.unlimited : dockerBytes(resources.memory),
    cpu: resources.cpu === null ? a.rules.unlimited : String(resources.cpu),
    pids: resources.pids === null ? a.rules.unlimited : String(resources.pids),
    restart: restart.name,
    restartTries: String(restart.maximumRetryCount),
    idleMode: idle.mode,
    idleTimeout: secondsText(idle.timeout),
    ttl: ttl === null ? a.rules.none : secondsText(ttl),
    notes,
    color: color ?? '',
  };
}

/** `5400` as `90m`: the largest unit that has no rest. */
export function secondsText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const;
  const [unit, size] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** Under which names the API refuses what a field of the form says. */
export const API_FIELDS = {
  memory: ['resources.memory'],
  cpu: ['resources.cpu'],
  pids: ['resources.pids'],
  restart: ['restart', 'restart.name'],
  restartTries: ['restart.maximumRetryCount'],
  idleMode: ['idle.mode', 'idle'],
  idleTimeout: ['idle.timeout'],
  ttl: ['ttl'],
  notes: ['notes'],
  color: ['color'],
} as const satisfies Record<keyof RulesFields, readonly string[]>;
