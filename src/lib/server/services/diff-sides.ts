/** The two that are compared: an agent as it is now, the image that an agent runs, a snapshot. */
import { AppError, notFound } from '#lib/domain/errors.ts';
import type { HostId } from '#lib/domain/ids.ts';
import type { DiffSideView } from '#lib/protocol/changes.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { SnapshotRepository } from '../storage/snapshots.ts';
import { containerIdOf } from './verb-tools.ts';

export type SideWish =
  /** `agent`: id, or name of one that is not removed. */
  | { readonly kind: 'agent' | 'image'; readonly agent: string }
  | { readonly kind: 'snapshot'; readonly id: string };

export interface Side {
  readonly view: DiffSideView;
  readonly hostId: HostId;
  /** The image itself, or the one that the agent was made from. */
  readonly imageId: string;
  /** Of an agent: the container to look into. null: an image, which does not change. */
  readonly containerId: string | null;
}

export interface SideParts {
  readonly agents: AgentRepository;
  readonly snapshotRows: SnapshotRepository;
}

/** Throws NOT_FOUND, CONFLICT for an agent without a container, VALIDATION when they are on different hosts. */
export function sidesOf(
  parts: SideParts,
  from: SideWish,
  to: SideWish,
): { readonly from: Side; readonly to: Side } {
  const sides = { from: sideOf(parts, from), to: sideOf(parts, to) };
  if (sides.from.hostId === sides.to.hostId) return sides;
  throw new AppError(
    'VALIDATION',
    `${sides.from.view.name} and ${sides.to.view.name} are on different hosts`,
    {
      hint: 'Copy one of them to the host of the other first.',
    },
  );
}

function sideOf({ agents, snapshotRows }: SideParts, wish: SideWish): Side {
  if (wish.kind === 'snapshot') {
    const row = snapshotRows.byId(wish.id);
    if (row === undefined) throw notFound('snapshot', wish.id);
    const name = `${row.agentName}:${row.name}`;
    return {
      view: { kind: 'snapshot', id: row.id, name },
      hostId: row.hostId,
      imageId: row.imageId,
      containerId: null,
    };
  }
  const row = agents.byName(wish.agent) ?? agents.byId(wish.agent);
  if (row === undefined) throw notFound('agent', wish.agent);
  const containerId = containerIdOf(row);
  if (row.imageId === null) throw new AppError('CONFLICT', `It is not known which image ${row.name} runs`);
  const { hostId, imageId } = row;
  return wish.kind === 'agent'
    ? { view: { kind: 'agent', id: row.id, name: row.name }, hostId, imageId, containerId }
    : { view: { kind: 'image', id: imageId, name: row.spec.image }, hostId, imageId, containerId: null };
}
