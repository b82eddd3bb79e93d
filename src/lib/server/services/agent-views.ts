import { allowed, type AgentCommand } from '#lib/domain/agent-state.ts';
import {
  shownStatus,
  type AgentView,
  type AttentionKind,
  type LifeView,
  type LoginNeedView,
} from '#lib/protocol/views.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRow, LifeRow } from '../storage/agents.ts';

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

/** A row as everybody sees it. The host's state is looked up at this moment; `need` is what its program says, `prompt` what it asks. */
export function agentView(
  row: AgentRow,
  fleet: Fleet,
  need: LoginNeedView | null = null,
  prompt: string | null = null,
): AgentView {
  const host = fleet.find(row.hostId);
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    status: shownStatus(row.state, host?.state),
    state: row.state,
    wanted: row.wanted,
    reason: row.reason,
    since: new Date(row.since).toISOString(),
    host: host?.name ?? row.hostId,
    hostId: row.hostId,
    containerId: row.containerId,
    image: row.spec.image,
    imageId: row.imageId,
    role: row.spec.role,
    capabilities: row.spec.capabilities,
    tags: row.spec.tags,
    limits: { memory: row.spec.resources.memory, cpu: row.spec.resources.cpu },
    createdAt: new Date(row.createdAt).toISOString(),
    createdBy: row.createdBy,
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    exitCode: row.exitCode,
    error: row.error,
    attention: attentionOf(row, need, prompt),
    ...(row.state === 'ready' && prompt !== null ? { prompt } : {}),
    login: row.state === 'ready' ? need : null,
    stopDeadline: row.state === 'stopping' || row.state === 'removing' ? iso(row.stopDeadline) : null,
    notes: row.notes,
    color: row.color,
    adopted: row.adopted,
    snapshotId: row.snapshotId,
    can: commandsOf(row),
  };
}

/** What makes sense now: the table of the state machine, less what needs a container where there is none. */
function commandsOf(row: AgentRow): readonly AgentCommand[] {
  const table: readonly AgentCommand[] = allowed[row.state];
  // a stop can be taken back until its signal is sent; from then on the row no longer wants to run
  const tooLate =
    (row.state === 'stopping' && row.wanted !== 'running') ||
    (row.state === 'removing' && row.wanted === 'removed');
  const commands = tooLate ? table.filter((command) => command !== 'cancel') : table;
  if (row.containerId !== null) return commands;
  return commands.filter((command) => command !== 'snapshot' && command !== 'stop' && command !== 'update');
}

function attentionOf(row: AgentRow, need: LoginNeedView | null, prompt: string | null): AttentionKind | null {
  if (row.state === 'crashed') return 'crashed';
  if (row.state === 'failed' && row.error?.code !== 'CANCELLED') return 'failed';
  if (row.state !== 'ready') return null;
  if (need !== null) return 'needs_login';
  return prompt === null ? null : 'waiting_input';
}

export function lifeView(life: LifeRow): LifeView {
  return {
    id: life.id,
    containerId: life.containerId,
    startedAt: new Date(life.startedAt).toISOString(),
    endedAt: iso(life.endedAt),
    exitCode: life.exitCode,
    oomKilled: life.oomKilled,
    reason: life.reason,
  };
}
