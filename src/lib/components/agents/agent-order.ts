/** The order and the groups of a list of agents: needs you, broken, working, ready, at rest. Pure. */
import { WORKING_STATES, type AgentState } from '#lib/domain/agent-state.ts';
import type { AgentView, AttentionKind, Pulse } from '#lib/protocol/views.ts';
import { t } from '#lib/text/en.ts';

export type Rank = 'need' | 'broken' | 'work' | 'ready' | 'rest';

export const RANKS: readonly Rank[] = ['need', 'broken', 'work', 'ready', 'rest'];

type About = Pick<AgentView, 'status' | 'state' | 'attention'>;

const working: readonly string[] = WORKING_STATES;

/** What an agent counts as. A crash or failure needs you until it is dismissed; then it is just broken. */
export function rankOf(agent: About): Rank {
  if (agent.status === 'unreachable') return 'rest';
  if (working.includes(agent.state)) return 'work';
  if (agent.attention !== null) return 'need';
  if (agent.state === 'crashed' || agent.state === 'failed') return 'broken';
  return agent.state === 'ready' ? 'ready' : 'rest';
}

const ASKING: readonly AttentionKind[] = [
  'waiting_input',
  'needs_login',
  'limit',
  'stalled',
  'done_unseen',
  'crashed',
  'failed',
];
const LAST_OF_WORK: readonly AgentState[] = ['stopping', 'removing'];
const AT_REST: readonly AgentState[] = ['paused', 'stopped', 'exited', 'removed'];

/** The order inside a rank: who waits for a word before who broke, beginnings before ends, paused before stopped, unreachable last. */
function weight(agent: About): number {
  if (agent.status === 'unreachable') return 9;
  if (agent.attention !== null) return ASKING.indexOf(agent.attention);
  if (LAST_OF_WORK.includes(agent.state)) return 1;
  return Math.max(0, AT_REST.indexOf(agent.state));
}

/** The key of a row, computed once per sort: `2:0:name`. */
function keyOf(agent: AgentView): string {
  return `${RANKS.indexOf(rankOf(agent))}:${weight(agent)}:${agent.name}`;
}

export const SORTS = ['state', 'name', 'cpu', 'memory', 'active'] as const;
export type SortBy = (typeof SORTS)[number];
export type GroupBy = 'none' | 'state' | 'type' | 'host' | `tag:${string}`;

const collator = new Intl.Collator('en', { numeric: true });

/** By state with the names inside it, by name, or by a figure with the largest first; what has no figure comes last. */
export function sortAgents(
  agents: readonly AgentView[],
  by: SortBy = 'state',
  pulses: Readonly<Record<string, Pulse>> = {},
): readonly AgentView[] {
  const figure = (agent: AgentView): number => {
    const pulse = pulses[agent.id];
    if (by === 'cpu') return pulse?.cpu ?? -1;
    if (by === 'memory') return pulse?.memory ?? -1;
    return by === 'active' ? activeAt(agent, pulse) : 0;
  };
  return agents
    .map((agent) => ({ agent, figure: figure(agent), key: by === 'state' ? keyOf(agent) : agent.name }))
    .sort((a, b) => b.figure - a.figure || collator.compare(a.key, b.key))
    .map((each) => each.agent);
}

/** When something was last heard of it: output, else its end, else its last change. Milliseconds since 1970. */
export function activeAt(agent: Pick<AgentView, 'since' | 'endedAt'>, pulse: Pulse | undefined): number {
  return Date.parse(pulse?.lastActivityAt ?? agent.endedAt ?? agent.since);
}

export interface AgentGroup {
  readonly key: string;
  readonly label: string;
  readonly agents: readonly AgentView[];
}

/** Groups of a sorted list, each in the list's order; one group without a label for `none`. */
export function groupAgents(sorted: readonly AgentView[], by: GroupBy): readonly AgentGroup[] {
  if (by === 'none') return [{ key: 'all', label: '', agents: sorted }];
  const groups = new Map<string, AgentView[]>();
  for (const agent of sorted) {
    const key = groupKey(agent, by);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [agent]);
    else group.push(agent);
  }
  const labelled = [...groups].map(([key, agents]) => ({ key, label: groupLabel(key, by), agents }));
  if (by === 'state') return labelled;
  return labelled.sort(
    (a, b) => Number(a.key === '') - Number(b.key === '') || a.label.localeCompare(b.label, 'en'),
  );
}

function groupKey(agent: AgentView, by: Exclude<GroupBy, 'none'>): string {
  if (by === 'state') return rankOf(agent);
  if (by === 'type') return agent.type;
  if (by === 'host') return agent.host;
  return agent.tags[by.slice('tag:'.length)] ?? '';
}

function groupLabel(key: string, by: GroupBy): string {
  if (by === 'state') return ranks[key] ?? key;
  if (by === 'type') return typeTitle(key);
  return key === '' ? t.agent.untagged : key;
}

const ranks: Readonly<Record<string, string>> = t.agent.ranks;

/** The title of an agent type: `claude` Claude. Types of one's own are shown as they are written. */
export function typeTitle(type: string): string {
  const titles: Readonly<Record<string, string>> = t.agent.types;
  return titles[type] ?? type;
}

/** How many agents there are of each rank, and how many of those at rest are merely unreachable. */
export function countRanks(agents: readonly About[]): Readonly<Record<Rank | 'unreachable', number>> {
  const counts = { need: 0, broken: 0, work: 0, ready: 0, rest: 0, unreachable: 0 };
  for (const agent of agents) {
    if (agent.status === 'unreachable') counts.unreachable++;
    else counts[rankOf(agent)]++;
  }
  return counts;
}
