import { describe, expect, it } from 'vitest';
import { LABEL, agentLabels } from './labels.ts';

const agent = { instance: 'i1', id: 'a1', name: 'ada', type: 'shell', tags: {} };

describe('the labels of an agent', () => {
  it('say whose it is and what it is', () => {
    expect(agentLabels(agent)).toMatchObject({
      'dev.slipway.instance': 'i1',
      'dev.slipway.agent.id': 'a1',
      'dev.slipway.agent.name': 'ada',
      'dev.slipway.agent.type': 'shell',
    });
  });

  it('set every key of ours, so that none comes from the image of a snapshot', () => {
    const { tagPrefix: _prefix, temporary: _temporary, ...keys } = LABEL;
    expect(Object.keys(agentLabels(agent)).sort()).toEqual(Object.values(keys).sort());
    expect(agentLabels(agent)[LABEL.runId]).toBe('');
  });

  it('hold each tag under a prefix, where none can take the place of a key of ours', () => {
    const labels = agentLabels({
      ...agent,
      tags: { team: 'blue', 'agent.id': 'forged', instance: 'forged' },
    });
    expect(labels).toMatchObject({ 'dev.slipway.tag.team': 'blue', 'dev.slipway.tag.agent.id': 'forged' });
    expect(labels).toMatchObject({ [LABEL.agentId]: 'a1', [LABEL.instance]: 'i1' });
  });
});
