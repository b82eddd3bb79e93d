/**
 * Snapshots as the lines of a tree: an agent, below it its snapshots one under the other, and where other agents were forked from one, these
 * one step in with theirs. A branch of the same agent (after a restore) stands one step in as well; its newest line goes on straight. Pure.
 */
import type { AgentView, SnapshotView } from '#lib/protocol/views.ts';

type Agent = Pick<AgentView, 'id' | 'name' | 'type' | 'host' | 'state' | 'snapshotId' | 'createdAt'>;

export type TreeLine<A extends Agent = AgentView> =
  | {
      readonly kind: 'agent';
      readonly key: string;
      readonly depth: number;
      readonly agentId: string;
      readonly name: string;
      /** null: it is gone, or was never here. */
      readonly agent: A | null;
      readonly imported: boolean;
    }
  | {
      readonly kind: 'snapshot';
      readonly key: string;
      readonly depth: number;
      readonly snapshot: SnapshotView;
      /** Agents that began from it. */
      readonly forks: number;
      /** Its own agent's files go back to it. */
      readonly here: boolean;
    };

export function treeLines<A extends Agent>(
  snapshots: readonly SnapshotView[],
  agents: readonly A[],
): readonly TreeLine<A>[] {
  const byId = new Map(snapshots.map((each) => [each.id, each] as const));
  const agentById = new Map(agents.map((each) => [each.id, each] as const));
  const oldestFirst = snapshots.toSorted((a, b) => order(a, b));
  const children = Map.groupBy(oldestFirst, (each) =>
    each.parentId !== null && byId.has(each.parentId) ? each.parentId : '',
  );
  const forksOf = Map.groupBy(
    agents.filter((agent) => {
      const from = agent.snapshotId === null ? undefined : byId.get(agent.snapshotId);
      return from !== undefined && from.agentId !== agent.id;
    }),
    (agent) => agent.snapshotId ?? '',
  );
  const lines: TreeLine<A>[] = [];
  const seen = new Set<string>();

  const addAgent = (agentId: string, first: readonly SnapshotView[], below: string, depth: number) => {
    const agent = agentById.get(agentId) ?? null;
    const name = agent?.name ?? first.at(-1)?.agentName ?? '';
    const imported = agent === null && first.every(({ origin }) => origin === 'import');
    lines.push({ kind: 'agent', key: `${agentId} ${below}`, depth, agentId, name, agent, imported });
    addChain(first, depth + 1);
  };
  const addChain = (siblings: readonly SnapshotView[], depth: number) => {
    for (const [n, each] of siblings.entries())
      addSnapshot(each, n < siblings.length - 1 ? depth + 1 : depth);
  };
  const addSnapshot = (snapshot: SnapshotView, depth: number) => {
    // a loop, which only broken data could have
    if (seen.has(snapshot.id)) return;
    seen.add(snapshot.id);
    const after = children.get(snapshot.id) ?? [];
    const others = Map.groupBy(
      after.filter((each) => each.agentId !== snapshot.agentId),
      (each) => each.agentId,
    );
    const forks = (forksOf.get(snapshot.id) ?? []).filter((agent) => !others.has(agent.id));
    lines.push({
      kind: 'snapshot',
      key: snapshot.id,
      depth,
      snapshot,
      forks: others.size + forks.length,
      here: agentById.get(snapshot.agentId)?.snapshotId === snapshot.id,
    });
    for (const [agentId, first] of others) addAgent(agentId, first, snapshot.id, depth + 1);
    for (const agent of forks) addAgent(agent.id, [], snapshot.id, depth + 1);
    addChain(
      after.filter((each) => each.agentId === snapshot.agentId),
      depth,
    );
  };

  const roots = Map.groupBy(children.get('') ?? [], (each) => each.agentId);
  const newestFirst = [...roots].toSorted(([, a], [, b]) => order(b.at(-1), a.at(-1)));
  for (const [agentId, first] of newestFirst) addAgent(agentId, first, '', 0);
  return lines;
}

/** Those that hold the words in their name, agent or comment. */
export function filterSnapshots(snapshots: readonly SnapshotView[], q: string): readonly SnapshotView[] {
  const words = q.trim().toLowerCase();
  if (words === '') return snapshots;
  return snapshots.filter((each) =>
    [each.name, each.agentName, each.comment, `${each.agentName}:${each.name}`].some((text) =>
      text.toLowerCase().includes(words),
    ),
  );
}

function order(a: SnapshotView | undefined, b: SnapshotView | undefined): number {
  const [left, right] = [a?.createdAt ?? '', b?.createdAt ?? ''];
  return left === right ? (a?.id ?? '').localeCompare(b?.id ?? '') : left < right ? -1 : 1;
}
