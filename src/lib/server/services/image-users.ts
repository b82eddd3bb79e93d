/** Who uses the images of a host: agents, other containers, agent types; and which image is a snapshot. */
import { AppError } from '#lib/domain/errors.ts';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import type { AgentNameView, ImageView } from '#lib/protocol/images.ts';
import type { ContainerSummary, ImageFacts } from '../engine/engine.ts';
import type { AgentRow } from '../storage/agents.ts';
import type { SnapshotRow } from '../storage/snapshots.ts';

export interface HostUsers {
  /** Those that are not removed. */
  readonly agents: readonly AgentRow[];
  readonly containers: readonly ContainerSummary[];
  readonly snapshots: readonly SnapshotRow[];
  readonly types: readonly { readonly name: string; readonly image: string | null }[];
}

type Users = Pick<ImageView, 'agents' | 'containers' | 'types' | 'snapshot'>;

/** By the id that they run, and by the name that they would be made of anew. */
export function usersOf(image: Pick<ImageFacts, 'id' | 'tags'>, host: HostUsers): Users {
  const isNamed = (reference: string) => reference === image.id || image.tags.includes(tagOf(reference));
  const agents = host.agents.filter((row) => row.imageId === image.id || isNamed(row.spec.image));
  const agentContainers = new Set(host.agents.map((row) => row.containerId));
  const snapshot = host.snapshots.find((row) => row.imageId === image.id || image.tags.includes(row.image));
  return {
    agents: agents.map(nameOf),
    containers: host.containers
      .filter((each) => each.imageId === image.id && !agentContainers.has(each.id))
      .map((each) => each.name),
    types: host.types.flatMap((type) => (type.image !== null && isNamed(type.image) ? [type.name] : [])),
    snapshot:
      snapshot === undefined
        ? null
        : {
            id: snapshot.id,
            name: snapshot.name,
            agent: { id: snapshot.agentId, name: snapshot.agentName },
          },
  };
}

function nameOf({ id, name }: AgentRow): AgentNameView {
  return { id, name };
}

/** As the engine writes it: `nginx:latest`. What is no reference is nobody's tag. */
function tagOf(reference: string): string {
  try {
    return formatImageReference(parseImageReference(reference));
  } catch (error) {
    if (error instanceof AppError) return reference;
    throw error;
  }
}
