/** The filters of the agents' list, kept in its address so that they can be saved and sent. Pure. */
import { rankOf, SORTS, type GroupBy, type SortBy } from '#lib/components/agents/agent-order.ts';
import type { AgentView, Pulse } from '#lib/protocol/views.ts';

export const SHOWS = ['all', 'need', 'ready', 'rest'] as const;
export type Show = (typeof SHOWS)[number];
export const GROUPS = ['state', 'type', 'host', 'none'] as const;

export interface ListFilter {
  readonly show: Show;
  readonly q: string;
  readonly type: string;
  readonly host: string;
  readonly tag: string;
  readonly group: GroupBy;
  readonly sort: SortBy;
  readonly view: 'table' | 'cards';
}

export function readFilter(query: URLSearchParams): ListFilter {
  const among = <Value extends string>(values: readonly Value[], name: string, otherwise: Value): Value =>
    values.find((each) => each === query.get(name)) ?? otherwise;
  return {
    show: among(SHOWS, 'show', 'all'),
    q: query.get('q') ?? '',
    type: query.get('type') ?? '',
    host: query.get('host') ?? '',
    tag: query.get('tag') ?? '',
    group: among(GROUPS, 'group', 'state'),
    sort: among(SORTS, 'sort', 'state'),
    view: among(['table', 'cards'], 'view', 'table'),
  };
}

/** The address of the list with some of its filters changed; what is at its default is left out. */
export function listHref(filter: ListFilter, change: Partial<ListFilter>): string {
  const next = { ...filter, ...change };
  const standard = readFilter(new URLSearchParams());
  const query = new URLSearchParams(
    Object.entries(next).filter(([key, value]) => value !== standard[key as keyof ListFilter]),
  );
  return query.size === 0 ? '/agents' : `/agents?${query}`;
}

export function showsAgent(show: Show, agent: AgentView): boolean {
  if (show === 'all') return true;
  if (show === 'need') return agent.attention !== null;
  const rank = rankOf(agent);
  return show === 'ready' ? rank === 'ready' || rank === 'work' : rank === 'rest';
}

export function filterAgents(
  agents: readonly AgentView[],
  filter: ListFilter,
  pulses: Readonly<Record<string, Pulse>>,
): readonly AgentView[] {
  const q = filter.q.trim().toLowerCase();
  return agents.filter(
    (agent) =>
      showsAgent(filter.show, agent) &&
      (filter.type === '' || agent.type === filter.type) &&
      (filter.host === '' || agent.host === filter.host) &&
      (filter.tag === '' || tagsOf(agent).includes(filter.tag)) &&
      (q === '' ||
        [agent.name, agent.image, ...tagsOf(agent), pulses[agent.id]?.lastOutput ?? ''].some((text) =>
          text.toLowerCase().includes(q),
        )),
  );
}

export function tagsOf(agent: AgentView): readonly string[] {
  return Object.entries(agent.tags).map(([key, value]) => `${key}=${value}`);
}
