import { createContext } from 'svelte';
import type { Stats } from '#lib/live/stats.svelte.ts';
import type { AgentDetailView, AgentView } from '#lib/protocol/views.ts';

/** What the parts of an agent's page share. Getters, so that they follow. */
export interface AgentPage {
  readonly agent: AgentView;
  readonly detail: AgentDetailView;
  readonly stats: Stats;
}

export const [useAgent, provideAgent] = createContext<AgentPage>();
