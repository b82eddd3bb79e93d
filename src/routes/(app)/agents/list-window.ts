/**
 * The part of the list that the server gives with a page: as many rows as a screen shows, and what the heads and tabs say about all of them.
 * A browser with scripts asks for the rest when it is usable; without scripts the rest is on further pages. Pure.
 */
import { groupAgents, sortAgents, typeTitle } from '#lib/components/agents/agent-order.ts';
import type { AgentView, Pulse } from '#lib/protocol/views.ts';
import { filterAgents, SHOWS, showsAgent, tagsOf, type ListFilter, type Show } from './list-filter.ts';

export const WINDOW_ROWS = 20;

export interface ListSummary {
  /** All agents, whatever the filter. */
  readonly total: number;
  /** Those that the filter lets through. */
  readonly shown: number;
  readonly tabs: Readonly<Record<Show, number>>;
  readonly types: readonly string[];
  readonly tags: readonly string[];
  /** How many agents each group has in all, by its key. */
  readonly groups: Readonly<Record<string, number>>;
}

export interface ListWindow {
  readonly agents: readonly AgentView[];
  readonly pulses: Readonly<Record<string, Pulse>>;
  readonly summary: ListSummary;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/** `page` from the address; one that is not there is the nearest that is. */
export function windowOf(
  agents: readonly AgentView[],
  pulses: Readonly<Record<string, Pulse>>,
  filter: ListFilter,
  page: number,
): ListWindow {
  const shown = filterAgents(agents, filter, pulses);
  const groups = groupAgents(sortAgents(shown, filter.sort, pulses), filter.group);
  const pages = Math.max(1, Math.ceil(shown.length / WINDOW_ROWS));
  const at = Math.min(Math.max(1, Number.isInteger(page) ? page : 1), pages);
  const rows = groups.flatMap((group) => group.agents).slice((at - 1) * WINDOW_ROWS, at * WINDOW_ROWS);
  return {
    agents: rows,
    pulses: Object.fromEntries(
      rows.flatMap(({ id }) => {
        const pulse = pulses[id];
        return pulse === undefined ? [] : [[id, pulse] as const];
      }),
    ),
    summary: { ...summaryOf(agents), shown: shown.length, groups: sizesOf(groups) },
    page: at,
    pages,
  };
}

/** What is said about all agents, without a filter. */
export function summaryOf(agents: readonly AgentView[]): Omit<ListSummary, 'shown' | 'groups'> {
  const tabs = { all: 0, need: 0, ready: 0, rest: 0 };
  for (const show of SHOWS) tabs[show] = agents.filter((agent) => showsAgent(show, agent)).length;
  return {
    total: agents.length,
    tabs,
    types: [...new Set(agents.map((agent) => agent.type))].sort((a, b) =>
      typeTitle(a).localeCompare(typeTitle(b), 'en'),
    ),
    tags: [...new Set(agents.flatMap(tagsOf))].sort(),
  };
}

function sizesOf(
  groups: readonly { readonly key: string; readonly agents: readonly AgentView[] }[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(groups.map(({ key, agents }) => [key, agents.length]));
}
