/**
 * What crosses the wire, to the browser and to scripts: plain JSON. Times are ISO 8601 in UTC, amounts are bytes, cores and milliseconds.
 */
import type { AgentCommand, AgentState, Wanted } from '../domain/agent-state.ts';
import type { AgentSpec, IdleMode } from '../domain/agent-spec.ts';
import type { Problem } from '../domain/errors.ts';
import type { CrashVerdict } from '../domain/exit-verdict.ts';
import type { ActivitySource } from '../domain/idle.ts';
import type { LogLine } from './log-line.ts';

export type { ActivitySource, CrashVerdict };
export type AgentStatus = AgentState | 'unreachable';

export const ATTENTION_KINDS = [
  'waiting_input',
  'needs_login',
  'crashed',
  'failed',
  'stalled',
  'limit',
  'done_unseen',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** What to show: the state, or `unreachable` while the host is away. */
  readonly status: AgentStatus;
  /** The last true state. */
  readonly state: AgentState;
  readonly wanted: Wanted;
  /** Why it is in this state: `operator ada`, `crash 3`, `oom`, `external`, … */
  readonly reason: string | null;
  readonly since: string;
  readonly host: string;
  readonly hostId: string;
  readonly containerId: string | null;
  readonly image: string;
  readonly imageId: string | null;
  readonly role: string | null;
  readonly capabilities: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly limits: { readonly memory: number | null; readonly cpu: number | null };
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly exitCode: number | null;
  readonly error: Problem | null;
  readonly attention: AttentionKind | null;
  /** The line behind `waiting_input`. */
  readonly prompt?: string;
  /** What stands behind `needs_login`. */
  readonly login: LoginNeedView | null;
  /** While stopping: when the main process is killed if it has not ended by then. While a removal can be taken back: when it begins. */
  readonly stopDeadline: string | null;
  readonly notes: string;
  readonly color: string | null;
  readonly adopted: boolean;
  /** The snapshot that its filesystem goes back to: taken, restored or forked from last. */
  readonly snapshotId: string | null;
  readonly can: readonly AgentCommand[];
}

/** An agent with everything that its own page and `GET /api/agents/:id` show. */
export interface AgentDetailView extends AgentView {
  readonly lastActivityAt: string | null;
  readonly spec: AgentSpec;
  /** The body of `POST /api/agents` that makes the same agent, as short as it can be, without its name. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The docker run command that makes the same container. */
  readonly command: string;
}

/** The quick figures of an agent, sampled; they are a flow and never in the journal. null: not known, never zero instead. */
export interface Pulse {
  /** Percent of one core. */
  readonly cpu: number | null;
  /** Bytes without page cache. */
  readonly memory: number | null;
  readonly memoryLimit: number | null;
  /** CPU of the last ten minutes, 30 values of 20 s each, oldest first; percent of one core; null where nothing was measured. */
  readonly spark: readonly (number | null)[];
  readonly lastOutput: string | null;
  readonly lastActivityAt: string | null;
  readonly idle: IdleView | null;
}

/** One sample of an agent's use, for the charts of its page. */
export interface StatsSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly memoryLimit: number | null;
  /** Bytes per second. */
  readonly netRx: number | null;
  readonly netTx: number | null;
  readonly blockRead: number | null;
  readonly blockWrite: number | null;
  readonly pids: number | null;
  /** Milliseconds in which the kernel held it back at its limit, per second. */
  readonly throttled: number | null;
}

/** An agent's program says that it has no login. */
export interface LoginNeedView {
  /** The line that says so, without terminal codes. */
  readonly line: string;
  /** What to do, as its type says; null: nothing is known. */
  readonly help: string | null;
}

/** One start-to-end of an agent's container. */
export interface LifeView {
  readonly id: string;
  readonly containerId: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly reason: string | null;
}

export interface FileChangeView {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'deleted';
}

/** What was kept when an agent ended by itself, or never became ready. */
export interface CrashReportView {
  readonly id: string;
  readonly agentId: string;
  readonly containerId: string;
  readonly at: string;
  readonly verdict: CrashVerdict;
  /** The last 500 lines. */
  readonly lines: readonly LogLine[];
  /** The last five minutes. */
  readonly samples: readonly StatsSample[];
  /** The first 1,000 changes of its filesystem against its image; null: could not be read. */
  readonly changes: readonly FileChangeView[] | null;
  readonly changesTotal: number;
  /** `ps` lines, header first; null: it had ended already. */
  readonly processes: readonly string[] | null;
}

/** When an agent will be stopped for being idle or too old, and why then. */
export interface IdleView {
  readonly mode: IdleMode;
  /** Seconds without activity. */
  readonly timeout: number;
  /** null: not counting (disabled, not running, host away). */
  readonly stopsAt: string | null;
  readonly because: 'idle' | 'ttl' | null;
  readonly lastActivity: { readonly at: string; readonly source: ActivitySource } | null;
  readonly keepAliveUntil: string | null;
}

export type OperationKind =
  | 'spawn'
  | 'start'
  | 'stop'
  | 'restart'
  | 'remove'
  | 'rename'
  | 'update'
  | 'recreate'
  | 'adopt'
  | 'snapshot'
  | 'pull'
  | 'push'
  | 'build'
  | 'export'
  | 'import'
  | 'copy'
  | 'type-test'
  | 'diff'
  | 'prune';
export type OperationState = 'running' | 'succeeded' | 'failed' | 'cancelled';
export type StepState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed';

export interface StepView {
  readonly name: string;
  readonly state: StepState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What it found or did, in words. */
  readonly note: string | null;
}

export interface OperationView {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly agentId: string | null;
  readonly agentName: string | null;
  /** What it is about where that is no agent. */
  readonly subject?: string;
  readonly host: string | null;
  readonly actor: string;
  readonly steps: readonly StepView[];
  readonly error: Problem | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly cancellable: boolean;
  /** It failed or was cancelled, and what was asked for is known. */
  readonly retryable: boolean;
}

/** An operation with what the engine said meanwhile. */
export interface OperationDetailView extends OperationView {
  readonly output: readonly string[];
}

/** How far the running step of an operation is; a flow. */
export interface ProgressView {
  readonly operationId: string;
  readonly agentId: string | null;
  readonly step: string;
  /** 0 to 100, null where it cannot be known. */
  readonly percent: number | null;
  readonly text: string;
  /** Of a pull or a push. */
  readonly transfer?: TransferView;
}

export type LayerState = 'waiting' | 'moving' | 'checking' | 'unpacking' | 'done';

/** One layer on its way to or from a registry. */
export interface LayerView {
  readonly id: string;
  readonly state: LayerState;
  /** Bytes of what it is doing. */
  readonly current: number | null;
  readonly total: number | null;
}

/** All layers of an image on their way. */
export interface TransferView {
  readonly layers: readonly LayerView[];
  /** Bytes that came over, and those of the layers whose size is known so far. */
  readonly current: number;
  readonly total: number;
  /** Over the last seconds; null: not known yet. */
  readonly bytesPerSecond: number | null;
  /** null: not all sizes are known, or nothing moves. */
  readonly secondsLeft: number | null;
}

export interface SnapshotView {
  readonly id: string;
  readonly name: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly hostId: string;
  readonly image: string;
  readonly imageId: string;
  /** Bytes of the whole image as the engine counts it. */
  readonly size: number;
  readonly parentId: string | null;
  readonly comment: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly origin: SnapshotOrigin;
  /** What the search for the values of secrets found. */
  readonly scan: SnapshotScan;
  /** Named volumes whose content was copied along, by the path that they had inside. */
  readonly volumes: readonly SnapshotVolume[];
}

/** Who asked for it: a person, a rule of the agent, or a file that was imported. */
export type SnapshotOrigin = 'manual' | 'stop' | 'remove' | 'schedule' | 'import';

export type SnapshotScan =
  /** There was no secret to look for, or it has not been looked for yet. */
  | { readonly state: 'none' | 'pending' }
  | { readonly state: 'clean' }
  /** Names of secrets, and the paths that hold their values. */
  | { readonly state: 'found'; readonly files: readonly { readonly path: string; readonly secret: string }[] }
  | { readonly state: 'failed'; readonly message: string };

export interface SnapshotVolume {
  readonly target: string;
  readonly name: string;
  /** Bytes of the copy. */
  readonly size: number;
}

/** A container that Slipway did not make. */
export interface UnmanagedView {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly image: string;
  readonly command: string;
  readonly status: string;
  /** As the engine words it: `Up 3 hours`. */
  readonly statusText: string;
  readonly createdAt: string;
  /** `127.0.0.1:8080->80/tcp`. */
  readonly ports: readonly string[];
  readonly networks: readonly string[];
  /** It is an agent of another Slipway on the same engine: not to be adopted. */
  readonly ofAnotherInstance: boolean;
}

/** What a bulk command did, or would do, to one agent. */
export interface BulkResult {
  readonly id: string;
  readonly name: string;
  readonly ok: boolean;
  /** What it is now, or for a preview what it was. */
  readonly status: AgentStatus;
  readonly error: Problem | null;
}

export interface PruneItem {
  readonly kind: 'agent' | 'image' | 'network' | 'volume';
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** Bytes that it frees, where the engine says so. */
  readonly size: number | null;
  /** Why it may go: "stopped 3 days ago". */
  readonly why: string;
  /** null: a dry run, or it went. */
  readonly error: Problem | null;
}

/** One thing that the pre-flight looked at. */
export interface CheckView {
  readonly name: 'image' | 'allowed' | 'name' | 'ports' | 'room' | 'mounts' | 'networks' | 'host';
  readonly result: 'ok' | 'note' | 'refused';
  readonly text: string;
}

export interface PreflightView {
  readonly ok: boolean;
  /** Fields that are not right; the checks are empty then. */
  readonly problem: Problem | null;
  /** Where it would go, null when it fits nowhere. */
  readonly host: string | null;
  readonly checks: readonly CheckView[];
  /** Every host, and why it is not the one. */
  readonly hosts: readonly { readonly name: string; readonly fits: boolean; readonly why: string }[];
  /** The equivalent docker run command. */
  readonly command: string | null;
}

/** What a snapshot would hold, before it is taken. */
export interface SnapshotEstimate {
  /** Bytes of what was written since the image; null: not known. */
  readonly size: number | null;
  /** Mounts, whose content a snapshot never holds. */
  readonly left: readonly {
    readonly target: string;
    readonly source: string;
    readonly kind: string;
    /** A named volume whose content can be copied along. */
    readonly copyable: boolean;
  }[];
}

export type HostState = 'connecting' | 'online' | 'degraded' | 'offline' | 'disabled';

export interface HostView {
  readonly id: string;
  readonly name: string;
  readonly kind: 'local' | 'tcp' | 'ssh' | 'host-agent' | 'swarm';
  readonly address: string;
  readonly state: HostState;
  readonly since: string;
  readonly error: Problem | null;
  readonly engine: EngineView | null;
  /** When the next try to reach it is due, while it is offline. */
  readonly nextTryAt: string | null;
}

/** What agents get when nobody says anything: on one host, and where that says nothing. Bytes and cores; null is unlimited. */
export interface HostDefaultsView {
  readonly own: Partial<HostDefaultsView['instance']>;
  readonly instance: {
    readonly memory: number | null;
    readonly cpu: number | null;
    readonly pids: number | null;
    readonly network: string;
  };
}

export interface EngineView {
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly cpus: number;
  readonly memory: number;
  readonly cgroupVersion: string;
  readonly storageDriver: string;
}

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface SessionView {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly address: string;
  readonly userAgent: string;
  readonly current: boolean;
}

/** One line of an agent's history: a change of state, with who or what caused it. */
export interface HistoryEntry {
  readonly seq: number;
  readonly at: string;
  readonly from: AgentState | null;
  readonly to: AgentState;
  readonly reason: string | null;
}

/** What to show for an agent in `state` on a host in `hostState`. */
export function shownStatus(state: AgentState, hostState: HostState | undefined): AgentStatus {
  if (hostState !== 'offline' && hostState !== 'disabled') return state;
  return state === 'removed' || state === 'failed' ? state : 'unreachable';
}
