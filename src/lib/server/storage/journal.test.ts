import { describe, expect, it } from 'vitest';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import type { Fact, FactBody } from '#lib/protocol/facts.ts';
import type { AgentView, OperationView } from '#lib/protocol/views.ts';
import { anAgent } from '#lib/components/agents/testing.ts';
import { aDatabase } from '../testing/database.ts';
import { anAgentRow } from '../testing/rows.ts';
import { AgentRepository } from './agents.ts';
import { Journal } from './journal.ts';

const FOX = newId<AgentId>();
const OWL = newId<AgentId>();

function make() {
  const { db } = aDatabase();
  const told: Fact[][] = [];
  const journal = new Journal(db, (facts) => told.push([...facts]));
  const agents = new AgentRepository(db);
  journal.onRollback(() => agents.reload());
  return { journal, agents, told };
}

function news(id: string, but: Partial<AgentView> = {}): FactBody {
  return { kind: 'agent', agent: anAgent({ id, ...but }) };
}

function change(id: string, to: AgentView['state'], reason: string | null = null): FactBody {
  return { kind: 'agent', agent: anAgent({ id, state: to }), change: { from: 'ready', to, reason } };
}

describe('commit', () => {
  it('writes rows and facts together, and tells after both are written', () => {
    const { db } = aDatabase();
    const agents = new AgentRepository(db);
    const seen: unknown[] = [];
    const journal = new Journal(db, (facts) => {
      seen.push({
        rows: new AgentRepository(db).list().map((row) => row.name),
        seqs: facts.map((fact) => fact.seq),
      });
    });
    journal.commit((tell) => {
      agents.insert(anAgentRow({ id: FOX, name: 'fox' }));
      tell(news(FOX));
      tell(news(FOX));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([{ rows: ['fox'], seqs: [1, 2] }]);
    expect(journal.seq()).toBe(2);
  });

  it('gives what its work gives', () => {
    expect(make().journal.commit(() => 42)).toBe(42);
  });

  it('tells nobody when there is no news', () => {
    const { journal, agents, told } = make();
    journal.commit(() => agents.insert(anAgentRow()));
    expect(told).toEqual([]);
  });

  it('writes nothing and tells nothing when its work throws, and what is kept in memory agrees again', () => {
    const { journal, agents, told } = make();
    agents.insert(anAgentRow({ id: FOX, name: 'fox', containerId: 'c1' }));
    const work = () =>
      journal.commit((tell) => {
        agents.insert(anAgentRow({ id: OWL, name: 'owl', containerId: 'c2' }));
        agents.update(FOX, { name: 'hen', state: 'stopped', containerId: 'c3' });
        tell(news(OWL));
        throw new Error('no');
      });
    expect(work).toThrow('no');
    expect(told).toEqual([]);
    expect(journal.seq()).toBe(0);
    expect(agents.list().map((row) => [row.name, row.state])).toEqual([['fox', 'ready']]);
    expect([
      agents.byName('owl'),
      agents.byName('hen'),
      agents.byContainer('c2'),
      agents.byContainer('c3'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect(agents.byContainer('c1')?.id).toBe(FOX);
  });

  it('uses no number twice, also not after facts were undone or dropped', () => {
    const { journal, told } = make();
    journal.commit((tell) => tell(news(FOX)));
    expect(() =>
      journal.commit((tell) => {
        tell(news(FOX));
        throw new Error('no');
      }),
    ).toThrow();
    journal.commit((tell) => tell(news(FOX)));
    journal.prune(0);
    journal.commit((tell) => tell(news(FOX)));
    const seqs = told.flat().map((fact) => fact.seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
  });
});

describe('since', () => {
  it('gives the missed facts as they were told, oldest first', () => {
    const { journal, told } = make();
    for (const state of ['stopping', 'stopped', 'starting'] as const)
      journal.commit((tell) => tell(change(FOX, state)));
    expect(journal.since(1)).toEqual(told.flat().slice(1));
    expect(journal.since(0)).toEqual(told.flat());
  });

  it('gives nothing to whoever has everything', () => {
    const { journal } = make();
    expect(journal.since(0)).toEqual([]);
    journal.commit((tell) => tell(news(FOX)));
    expect(journal.since(1)).toEqual([]);
  });

  it('gives null for a number of the future: that was another database', () => {
    const { journal } = make();
    journal.commit((tell) => tell(news(FOX)));
    expect(journal.since(2)).toBeNull();
  });

  it('gives null when there are more than are worth sending', () => {
    const { journal } = make();
    for (let count = 0; count < 4; count += 1) journal.commit((tell) => tell(news(FOX)));
    expect(journal.since(0, 3)).toBeNull();
    expect(journal.since(1, 3)).toHaveLength(3);
  });

  it('gives null when some of them are no longer kept', () => {
    const { journal } = make();
    for (let count = 0; count < 10; count += 1) journal.commit((tell) => tell(news(FOX)));
    journal.prune(3);
    expect(journal.since(2)).toBeNull();
    expect(journal.since(8)?.map((fact) => fact.seq)).toEqual([9, 10]);
  });

  it('gives null when some were dropped in between, although an older change of state is kept as history', () => {
    const { journal } = make();
    journal.commit((tell) => tell(change(FOX, 'stopped')));
    for (let count = 0; count < 10; count += 1) journal.commit((tell) => tell(news(FOX)));
    journal.prune(3);
    expect(journal.history(FOX, 10)).toHaveLength(1);
    expect(journal.since(1)).toBeNull();
    expect(journal.since(0)).toBeNull();
  });
});

describe('history', () => {
  it('is the changes of state of one agent, newest first, and no more than asked for', () => {
    const { journal } = make();
    journal.commit((tell) => tell(change(FOX, 'stopping', 'operator ada')));
    journal.commit((tell) => tell(change(OWL, 'paused', 'external')));
    journal.commit((tell) => tell(news(FOX)));
    journal.commit((tell) => tell(change(FOX, 'stopped', 'operator ada')));
    expect(journal.history(FOX, 10).map(({ seq, from, to, reason }) => ({ seq, from, to, reason }))).toEqual([
      { seq: 4, from: 'ready', to: 'stopped', reason: 'operator ada' },
      { seq: 1, from: 'ready', to: 'stopping', reason: 'operator ada' },
    ]);
    expect(journal.history(FOX, 1).map((entry) => entry.to)).toEqual(['stopped']);
  });

  it('outlives the pruning', () => {
    const { journal } = make();
    journal.commit((tell) => tell(change(FOX, 'stopping')));
    for (let count = 0; count < 5; count += 1) journal.commit((tell) => tell(news(FOX)));
    journal.prune(1);
    expect(journal.history(FOX, 10)).toHaveLength(1);
  });

  it('knows nothing of operations', () => {
    const { journal } = make();
    const operation: OperationView = {
      id: 'o1',
      kind: 'stop',
      state: 'running',
      agentId: FOX,
      agentName: 'fox',
      host: 'local',
      actor: 'operator ada',
      steps: [],
      error: null,
      startedAt: '2026-03-01T12:00:00Z',
      endedAt: null,
      cancellable: true,
      retryable: false,
    };
    journal.commit((tell) => tell({ kind: 'operation', operation }));
    expect(journal.history(FOX, 10)).toEqual([]);
  });
});

it('what people did inside an agent is found by agent and time, oldest first', () => {
  const { journal } = make();
  const inside = (agentId: string, what: string): FactBody => ({
    kind: 'inside',
    act: 'exec',
    agentId,
    by: 'ada',
    door: 'api',
    what,
  });
  journal.commit((tell) => {
    tell(inside(FOX, 'one'));
    tell(inside(OWL, 'other'));
    tell(news(FOX));
    tell(inside(FOX, 'two'));
  });
  const soon = Date.now() + 1_000;
  expect(journal.inside(FOX, 0, soon, 10).map(({ what }) => what)).toEqual(['one', 'two']);
  expect(journal.inside(FOX, 0, soon, 1).map(({ what }) => what)).toEqual(['two']);
  expect(journal.inside(FOX, soon, soon + 1, 10)).toEqual([]);
});
