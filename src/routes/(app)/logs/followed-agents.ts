/** Which agents a merged view follows. Pure. */
import type { AgentView } from '#lib/protocol/views.ts';
import type { LogsAddress } from './logs-address.ts';

/** Each is a stream of its own to this page. */
export const MOST_FOLLOWED = 50;

type Wish = Pick<LogsAddress, 'agent' | 'type' | 'tag' | 'host' | 'find'>;

/** The agents that are meant, by name: those that are named also when they rest, all others only while they run. */
export function followedAgents(agents: readonly AgentView[], wish: Wish): readonly AgentView[] {
  const words = wish.find.toLowerCase().split(/\s+/).filter(Boolean);
  return agents
    .filter((agent) => {
      const tags = Object.entries(agent.tags).map(([key, value]) => `${key}=${value}`);
      const said = [agent.name, agent.type, agent.image, ...tags].join('\n').toLowerCase();
      const named = wish.agent.includes(agent.name) || wish.agent.includes(agent.id);
      return (
        (wish.agent.length === 0 ? agent.startedAt !== null && agent.endedAt === null : named) &&
        among(wish.type, agent.type) &&
        among(wish.host, agent.host) &&
        wish.tag.every((tag) => tags.includes(tag) || Object.hasOwn(agent.tags, tag)) &&
        words.every((word) => said.includes(word))
      );
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function among(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}
