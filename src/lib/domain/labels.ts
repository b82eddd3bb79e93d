/** The labels by which Slipway knows its own containers, networks and images on an engine. Scripts rely on them. */
export const LABEL = {
  instance: 'dev.slipway.instance',
  agentId: 'dev.slipway.agent.id',
  agentName: 'dev.slipway.agent.name',
  agentType: 'dev.slipway.agent.type',
  runId: 'dev.slipway.run.id',
  tagPrefix: 'dev.slipway.tag.',
  /** A container that was made only to look into its image, and is never started. */
  temporary: 'dev.slipway.temporary',
} as const;

/** What begins like this is Slipway's own. */
export const OWN_LABELS = 'dev.slipway.';

export type Labels = Readonly<Record<string, string>>;

/** All labels of an agent's container. Every key of ours is set, so that none is inherited from a committed image. */
export function agentLabels(agent: {
  instance: string;
  id: string;
  name: string;
  type: string;
  tags: Readonly<Record<string, string>>;
}): Labels {
  const tags = Object.entries(agent.tags).map(([key, value]) => [LABEL.tagPrefix + key, value] as const);
  return {
    [LABEL.instance]: agent.instance,
    [LABEL.agentId]: agent.id,
    [LABEL.agentName]: agent.name,
    [LABEL.agentType]: agent.type,
    [LABEL.runId]: '',
    ...Object.fromEntries(tags),
  };
}
