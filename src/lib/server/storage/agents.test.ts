import { describe, expect, it } from 'vitest';
import { newId, type AgentId, type LifeId } from '#lib/domain/ids.ts';
import { aDatabase } from '../testing/database.ts';
import { anAgentRow, HOST_ID } from '../testing/rows.ts';
import { AgentRepository, type LifeRow } from './agents.ts';

function make() {
  const { db } = aDatabase();
  const agents = new AgentRepository(db);
  /** What another reader of the same database finds. */
  const fresh = () => new AgentRepository(db);
  const agree = () => {
    expect(agents.list().toSorted(byId)).toEqual(fresh().list().toSorted(byId));
    for (const row of agents.list()) expect(fresh().byId(row.id)).toEqual(agents.byId(row.id));
  };
  return { agents, fresh, agree };
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

describe('memory and rows', () => {
  it('agree after every kind of write', () => {
    const { agents, agree } = make();
    const fox = anAgentRow({ name: 'fox' });
    agents.insert(fox);
    agree();
    agents.insert(anAgentRow({ name: 'owl', containerId: 'c2' }));
    agree();
    agents.update(fox.id, { state: 'stopped', containerId: 'c1', exitCode: 3 });
    agree();
    agents.update(fox.id, { containerId: null });
    agree();
    agents.update(fox.id, { state: 'removed' });
    agree();
    expect(agents.list().map((row) => row.name)).toEqual(['owl']);
  });

  it('keep what is JSON as it was', () => {
    const { agents, fresh } = make();
    const error = {
      code: 'PULL_FAILED',
      message: 'no',
      hint: 'Try.',
      details: { output: ['a', 'b'] },
    } as const;
    const row = anAgentRow({ error });
    agents.insert({ ...row, spec: { ...row.spec, env: { A: 'ü\n"' }, tags: { team: 'x' } } });
    expect(fresh().byId(row.id)).toMatchObject({ error, spec: { env: { A: 'ü\n"' }, tags: { team: 'x' } } });
  });
});

describe('looking up', () => {
  it('finds by container only where the agent has that container now', () => {
    const { agents } = make();
    const fox = anAgentRow({ containerId: 'c1' });
    agents.insert(fox);
    expect(agents.byContainer('c1')?.id).toBe(fox.id);
    agents.update(fox.id, { containerId: 'c2' });
    expect([agents.byContainer('c1'), agents.byContainer('c2')?.id]).toEqual([undefined, fox.id]);
    agents.update(fox.id, { state: 'removed' });
    expect(agents.byContainer('c2')).toBeUndefined();
  });

  it('finds removed ones by id, but not by name', () => {
    const { agents } = make();
    const fox = anAgentRow({ state: 'removed' });
    const gone = { ...fox, state: 'ready' as const };
    agents.insert(gone);
    agents.update(fox.id, { state: 'removed' });
    expect(agents.byId(fox.id)?.state).toBe('removed');
    expect(agents.byName('fox')).toBeUndefined();
    expect(agents.list()).toEqual([]);
    expect(agents.removed(10).map((row) => row.id)).toEqual([fox.id]);
  });

  it('gives removed ones newest first', () => {
    const { agents } = make();
    for (const [name, since] of [
      ['a', 1],
      ['c', 3],
      ['b', 2],
    ] as const) {
      const row = anAgentRow({ name });
      agents.insert(row);
      agents.update(row.id, { state: 'removed', since });
    }
    expect(agents.removed(2).map((row) => row.name)).toEqual(['c', 'b']);
  });

  it('knows who is on which host', () => {
    const { agents } = make();
    agents.insert(anAgentRow());
    expect(agents.onHost(HOST_ID)).toHaveLength(1);
    expect(agents.onHost(newId())).toHaveLength(0);
  });

  it('refuses to change what is not there', () => {
    expect(() => make().agents.update(newId<AgentId>(), { state: 'ready' })).toThrow('no agent');
  });
});

describe('a name', () => {
  it('is unique among those that are not removed', () => {
    const { agents } = make();
    agents.insert(anAgentRow({ name: 'fox' }));
    expect(() => agents.insert(anAgentRow({ name: 'fox' }))).toThrow(/UNIQUE/);
  });

  it('is free again after a removal, as often as one likes', () => {
    const { agents } = make();
    for (let time = 0; time < 3; time += 1) {
      const row = anAgentRow({ name: 'fox' });
      agents.insert(row);
      agents.update(row.id, { state: 'removed' });
    }
    const last = anAgentRow({ name: 'fox' });
    agents.insert(last);
    expect(agents.byName('fox')?.id).toBe(last.id);
    expect(agents.removed(10)).toHaveLength(3);
  });

  it('of a live agent is not lost when a removed one of the same name is written once more', () => {
    const { agents } = make();
    const old = anAgentRow({ name: 'fox' });
    agents.insert(old);
    agents.update(old.id, { state: 'removed' });
    const now = anAgentRow({ name: 'fox' });
    agents.insert(now);
    agents.update(old.id, { lastActivityAt: 5 });
    expect(agents.byName('fox')?.id).toBe(now.id);
  });
});

describe('lives', () => {
  function aLife(agentId: AgentId, but: Partial<LifeRow> = {}): LifeRow {
    return {
      id: newId<LifeId>(),
      agentId,
      containerId: 'c1',
      startedAt: 100,
      endedAt: null,
      exitCode: null,
      oomKilled: false,
      reason: null,
      ...but,
    };
  }

  it('one is open until it is closed, with its end', () => {
    const { agents } = make();
    const fox = anAgentRow();
    agents.insert(fox);
    expect(agents.currentLife(fox.id)).toBeUndefined();
    const life = aLife(fox.id);
    agents.openLife(life);
    expect(agents.currentLife(fox.id)).toEqual(life);
    agents.closeLife(life, { endedAt: 200, exitCode: 137, oomKilled: true, reason: 'oom' });
    expect(agents.currentLife(fox.id)).toBeUndefined();
    expect(agents.lives(fox.id, 10)).toEqual([
      { ...life, endedAt: 200, exitCode: 137, oomKilled: true, reason: 'oom' },
    ]);
  });

  it('are given newest first, no more than asked for, and only of that agent', () => {
    const { agents } = make();
    const [fox, owl] = [anAgentRow({ name: 'fox' }), anAgentRow({ name: 'owl' })];
    agents.insert(fox);
    agents.insert(owl);
    for (const startedAt of [100, 300, 200])
      agents.openLife(aLife(fox.id, { startedAt, endedAt: startedAt + 1 }));
    agents.openLife(aLife(owl.id, { startedAt: 900 }));
    expect(agents.lives(fox.id, 2).map((life) => life.startedAt)).toEqual([300, 200]);
  });

  it('belong to an agent that is there', () => {
    expect(() => make().agents.openLife(aLife(newId<AgentId>()))).toThrow(/FOREIGN KEY/);
  });
});
