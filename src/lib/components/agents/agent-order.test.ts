import { describe, expect, it } from 'vitest';
import { countRanks, groupAgents, rankOf, sortAgents } from './agent-order.ts';
import { anAgent, aPulse } from './testing.ts';

const names = (agents: readonly { name: string }[]) => agents.map((agent) => agent.name);

describe('the order of agents', () => {
  it('is needs you, broken, working, ready, at rest', () => {
    const agents = [
      anAgent({ name: 'rest', state: 'stopped' }),
      anAgent({ name: 'ready' }),
      anAgent({ name: 'work', state: 'creating' }),
      anAgent({ name: 'dismissed', state: 'crashed' }),
      anAgent({ name: 'broken', state: 'crashed', attention: 'crashed' }),
      anAgent({ name: 'asks', attention: 'waiting_input' }),
      anAgent({ name: 'lost', status: 'unreachable', attention: 'waiting_input' }),
      anAgent({ name: 'paused', state: 'paused' }),
    ];
    expect(names(sortAgents(agents))).toEqual([
      'asks',
      'broken',
      'dismissed',
      'work',
      'ready',
      'paused',
      'rest',
      'lost',
    ]);
  });

  it('is by name inside a kind, with numbers as people count', () => {
    const agents = ['shell-10', 'shell-9', 'ash'].map((name) => anAgent({ name }));
    expect(names(sortAgents(agents))).toEqual(['ash', 'shell-9', 'shell-10']);
  });

  it('by a figure puts the largest first and the unknown last', () => {
    const agents = ['a', 'b', 'c'].map((name) => anAgent({ name }));
    const pulses = { a: aPulse({ cpu: 1 }), c: aPulse({ cpu: 80 }) };
    expect(names(sortAgents(agents, 'cpu', pulses))).toEqual(['c', 'a', 'b']);
  });

  it('leaves the given list as it was', () => {
    const agents = [anAgent({ name: 'b' }), anAgent({ name: 'a' })];
    sortAgents(agents, 'name');
    expect(names(agents)).toEqual(['b', 'a']);
  });
});

describe('groups', () => {
  const agents = [
    anAgent({ name: 'a', host: 'nuc-2', tags: { team: 'ledger' } }),
    anAgent({ name: 'b', type: 'codex', host: 'atlas' }),
    anAgent({ name: 'c', state: 'stopped', host: 'nuc-2' }),
  ];

  it('by state come in the order of states', () => {
    expect(
      groupAgents(sortAgents(agents), 'state').map((group) => [group.label, names(group.agents)]),
    ).toEqual([
      ['Ready', ['a', 'b']],
      ['At rest', ['c']],
    ]);
  });

  it('by host come by name', () => {
    expect(groupAgents(agents, 'host').map((group) => group.label)).toEqual(['atlas', 'nuc-2']);
  });

  it('by tag put those without it last', () => {
    expect(groupAgents(agents, 'tag:team').map((group) => [group.label, group.agents.length])).toEqual([
      ['ledger', 1],
      ['Without this tag', 2],
    ]);
  });

  it('are one without a label when none are asked for', () => {
    expect(groupAgents(agents, 'none')).toEqual([{ key: 'all', label: '', agents }]);
  });
});

describe('counts', () => {
  it('keep the unreachable apart, since nobody knows what they are', () => {
    const agents = [anAgent(), anAgent({ status: 'unreachable' }), anAgent({ attention: 'stalled' })];
    expect(countRanks(agents)).toEqual({ need: 1, broken: 0, work: 0, ready: 1, rest: 0, unreachable: 1 });
  });

  it('a crash that was dismissed is broken and needs nobody', () => {
    expect(rankOf(anAgent({ state: 'crashed' }))).toBe('broken');
  });
});
