/** Names of agents: also their DNS alias, so the rule is a little stricter than Docker's own. */
export const AGENT_NAME_RULE = /^[a-zA-Z0-9](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?$/;
export const AGENT_NAME_HELP =
  'letters, digits, "-" and "_", 1 to 63 characters, first and last a letter or digit';

const FIRST = [
  'amber', 'ash', 'blue', 'brass', 'bright', 'calm', 'cedar', 'clear', 'cold', 'copper', 'coral', 'dawn', 'deep', 'dusk', 'early',
  'east', 'ember', 'fair', 'fern', 'flint', 'frost', 'glass', 'gold', 'green', 'grey', 'hazel', 'iron', 'ivory', 'jade', 'keen',
  'kind', 'late', 'light', 'low', 'lunar', 'maple', 'mild', 'mossy', 'north', 'oak', 'olive', 'opal', 'pale', 'pine', 'plain',
  'quiet', 'rapid', 'red', 'river', 'sable', 'salt', 'sand', 'silver', 'slow', 'south', 'stone', 'swift', 'tidy', 'west', 'wild',
] as const;
const SECOND = [
  'anchor', 'anvil', 'arrow', 'badger', 'bay', 'beacon', 'birch', 'bridge', 'brook', 'cape', 'cliff', 'comet', 'cove', 'crane',
  'creek', 'cutter', 'delta', 'dune', 'falcon', 'field', 'finch', 'fox', 'gate', 'glen', 'grove', 'harbor', 'hawk', 'heron',
  'hill', 'island', 'keel', 'kite', 'lake', 'lantern', 'lark', 'marten', 'meadow', 'mill', 'moor', 'orchid', 'otter', 'owl',
  'path', 'pier', 'pond', 'quill', 'raven', 'reef', 'ridge', 'sail', 'shoal', 'sparrow', 'spring', 'star', 'swan', 'thistle',
  'tide', 'trail', 'vale', 'wren',
] as const;

/** `<type>-<two words>`; `random` gives numbers from 0 up to 1. With 3,600 pairs, callers try again when a name is taken. */
export function inventAgentName(type: string, random: () => number): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? 'plain';
  const pair = `${pick(FIRST)}-${pick(SECOND)}`;
  return `${type.slice(0, 62 - pair.length)}-${pair}`;
}

/** The container's name on the engine, which wants two characters at least. */
export function containerName(agentName: string): string {
  return agentName.length === 1 ? `agent-${agentName}` : agentName;
}
