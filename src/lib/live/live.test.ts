import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anAgent, aPulse } from '#lib/components/agents/testing.ts';
import type { Fact, FactBody } from '#lib/protocol/facts.ts';
import type { AgentView, HostView, OperationView, SnapshotView } from '#lib/protocol/views.ts';
import { Live } from './live.svelte.ts';

const HOST: HostView = {
  id: 'h1',
  name: 'local',
  kind: 'local',
  address: 'unix:///fake.sock',
  state: 'online',
  since: '2026-03-01T12:00:00Z',
  error: null,
  engine: null,
  nextTryAt: null,
};

function anOperation(id: string, but: Partial<OperationView> = {}): OperationView {
  return {
    id,
    kind: 'spawn',
    state: 'running',
    agentId: 'a',
    agentName: 'fox',
    host: 'local',
    actor: 'operator ada',
    steps: [],
    error: null,
    startedAt: '2026-03-01T12:00:00Z',
    endedAt: null,
    cancellable: true,
    retryable: false,
    ...but,
  };
}

const fact = (seq: number, body: FactBody): Fact => ({ ...body, seq, at: '2026-03-01T12:00:00Z' });
const about = (seq: number, agent: AgentView): Fact => fact(seq, { kind: 'agent', agent });
const make = (seq = 0) => new Live({ seq, hosts: [HOST], counts: { agents: 7, attention: 2 } });
const states = (live: Live) => Object.fromEntries([...live.agents].map(([id, agent]) => [id, agent.status]));

const ready = anAgent({ id: 'a', name: 'fox' });
const stopped = anAgent({ id: 'a', name: 'fox', state: 'stopped' });
const owl = anAgent({ id: 'b', name: 'owl' });

describe('the agents of a page', () => {
  it('are those that it brought', () => {
    const live = make();
    live.seedAgents([ready], 5, false);
    live.seedAgents([owl], 5, false);
    expect(states(live)).toEqual({ a: 'ready', b: 'ready' });
    live.seedAgents([owl], 6, true);
    expect(states(live)).toEqual({ b: 'ready' });
  });

  it('follow the facts, and leave out those that were removed', () => {
    const live = make(5);
    live.seedAgents([ready, owl], 5, true);
    live.take([about(6, stopped), about(7, anAgent({ id: 'b', name: 'owl', state: 'removed' }))]);
    expect(live.list.map((agent) => [agent.id, agent.state])).toEqual([['a', 'stopped']]);
    expect(live.seq).toBe(7);
  });

  it('keep one that was removed while its page is shown, also when a newer list comes without it', () => {
    const live = make(5);
    live.seedAgents([ready], 5, false);
    live.take([about(6, anAgent({ id: 'a', name: 'fox', state: 'removed' }))]);
    live.seedAgents([owl], 6, true);
    expect(states(live)).toEqual({ a: 'removed', b: 'ready' });
    expect(live.list.map((agent) => agent.id)).toEqual(['b']);
  });

  it('do not go back in time: neither by old facts nor by a page that was loaded before them', () => {
    const live = make(5);
    live.seedAgents([ready], 5, false);
    live.take([about(9, stopped)]);
    live.take([about(8, ready)]);
    live.seedAgents([ready], 7, false);
    expect(states(live)).toEqual({ a: 'stopped' });
    live.seedAgents([ready], 9, false);
    expect(states(live)).toEqual({ a: 'ready' });
  });

  it('keep one that was made while the page with all of them was on its way', () => {
    const live = make(5);
    live.take([about(6, owl)]);
    live.seedAgents([ready], 5, true);
    expect(states(live)).toEqual({ a: 'ready', b: 'ready' });
    live.take([about(7, anAgent({ id: 'c' }))]);
    live.seedAgents([ready], 5, true);
    expect(states(live)).toEqual({ a: 'ready', b: 'ready', c: 'ready' });
  });
});

describe('the counts', () => {
  it('are those of the first page until all agents are known', () => {
    const live = make();
    live.seedAgents([ready], 0, false);
    expect(live.counts).toEqual({ agents: 7, attention: 2 });
    live.seedAgents([ready, anAgent({ id: 'b', state: 'crashed', attention: 'crashed' })], 0, true);
    expect(live.counts).toEqual({ agents: 2, attention: 1 });
  });
});

describe('a host that goes away', () => {
  it('takes its agents out of reach, and gives them back as they were', () => {
    const live = make();
    live.seedAgents([ready, anAgent({ id: 'x', hostId: 'h2' })], 0, true);
    live.take([fact(1, { kind: 'host', host: { ...HOST, state: 'offline' } })]);
    expect(states(live)).toEqual({ a: 'unreachable', x: 'ready' });
    live.take([about(2, stopped)]);
    expect(states(live)['a']).toBe('unreachable');
    live.take([fact(3, { kind: 'host', host: HOST })]);
    expect(states(live)['a']).toBe('stopped');
    expect(live.hosts).toEqual([HOST]);
  });

  it('and one that is new is added', () => {
    const live = make();
    live.take([fact(1, { kind: 'host', host: { ...HOST, id: 'h2', name: 'far' } })]);
    expect(live.hosts.map((host) => host.name)).toEqual(['local', 'far']);
  });
});

describe('operations', () => {
  it('that the socket told win over those that a page brings later', () => {
    const live = make();
    live.take([fact(1, { kind: 'operation', operation: anOperation('o1', { state: 'succeeded' }) })]);
    live.seedOperations([anOperation('o1'), anOperation('o2')]);
    expect(live.operations.get('o1')?.state).toBe('succeeded');
    expect(live.operations.size).toBe(2);
  });

  it('are not kept without end: the oldest go', () => {
    const live = make();
    const at = (n: number) => new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString();
    // newest first, as pages bring them
    live.seedOperations(
      Array.from({ length: 100 }, (_, n) => anOperation(`seed-${99 - n}`, { startedAt: at(99 - n) })),
    );
    live.take(
      Array.from({ length: 250 }, (_, n) =>
        fact(n + 1, { kind: 'operation', operation: anOperation(`new-${n}`, { startedAt: at(100 + n) }) }),
      ),
    );
    expect(live.operations.size).toBe(300);
    expect(live.operations.has('seed-49')).toBe(false);
    expect(live.operations.has('seed-50')).toBe(true);
    expect(live.operations.has('new-249')).toBe(true);
  });
});

describe('progress', () => {
  const progress = { operationId: 'o1', agentId: 'a', step: 'image', percent: 40, text: 'Pulling 40 %' };

  it('stands beside its agent until that moves on', () => {
    const live = make();
    live.takeProgress(progress);
    live.takeProgress({ ...progress, agentId: null });
    live.take([about(1, anAgent({ id: 'a', state: 'preparing' }))]);
    expect(live.progress).toEqual({ a: progress });
    live.take([about(2, ready)]);
    expect(live.progress).toEqual({});
  });
});

it('progress of what is about no agent stands beside its operation until that is over', () => {
  const live = make();
  const pull = { operationId: 'o1', agentId: null, step: 'pull', percent: 40, text: '4 MB of 10 MB' };
  live.takeProgress(pull);
  expect(live.progressOf({ id: 'o1', agentId: null })).toEqual(pull);
  live.take([fact(1, { kind: 'operation', operation: anOperation('o1', { state: 'succeeded' }) })]);
  expect(live.progressOf({ id: 'o1', agentId: null })).toBeUndefined();
});

it('snapshots that were deleted are known to be gone', () => {
  const snapshot: SnapshotView = {
    id: 's1',
    name: 'one',
    agentId: 'a',
    agentName: 'fox',
    hostId: 'h1',
    image: 'slipway/fox:one',
    imageId: 'sha256:1',
    size: 1,
    parentId: null,
    comment: '',
    createdAt: '2026-03-01T12:00:00Z',
    createdBy: 'ada',
    origin: 'manual',
    scan: { state: 'none' },
    volumes: [],
  };
  const live = make();
  live.take([fact(1, { kind: 'snapshot', snapshot })]);
  expect(live.snapshots.get('s1')).toEqual(snapshot);
  live.take([fact(2, { kind: 'snapshot', snapshot, deleted: true })]);
  expect(live.snapshots.get('s1')).toBeNull();
});

it('figures are added to those that are known', () => {
  const live = make();
  live.seedPulses({ a: aPulse({ cpu: 1 }), b: aPulse({ cpu: 2 }) });
  live.seedPulses({ b: aPulse({ cpu: 3 }) });
  expect([live.pulses['a']?.cpu, live.pulses['b']?.cpu]).toEqual([1, 3]);
});

it('whoever listens hears each new fact once, until he goes', () => {
  const live = make(1);
  const heard: number[] = [];
  const stop = live.onFact((each) => heard.push(each.seq));
  live.take([about(1, ready), about(2, ready), about(2, ready)]);
  stop();
  live.take([about(3, ready)]);
  expect(heard).toEqual([2]);
});

describe('a command', () => {
  let answer = Promise.withResolvers<Response>();
  const asked: [string, string, unknown][] = [];
  beforeEach(() => {
    asked.length = 0;
    answer = Promise.withResolvers();
    vi.stubGlobal('fetch', (path: string, { method = '', body }: RequestInit) => {
      asked.push([method, path, typeof body === 'string' ? JSON.parse(body) : undefined]);
      return answer.promise;
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is pending until it is answered', async () => {
    const live = make();
    const done = live.command('restart', ready);
    expect(live.pending).toEqual({ a: 'restart' });
    answer.resolve(Response.json({}));
    expect(await done).toBe(true);
    expect(live.pending).toEqual({});
    expect(asked).toEqual([['POST', '/api/agents/a/restart?wait=false', {}]]);
  });

  it('that is refused leaves its problem at the agent, until the next try', async () => {
    const live = make();
    const error = { code: 'CONFLICT', message: 'no', hint: 'h' };
    answer.resolve(Response.json({ error }, { status: 409 }));
    expect(await live.command('pause', ready)).toBe(false);
    expect(live.problems).toEqual({ a: error });
    answer = Promise.withResolvers();
    const again = live.command('pause', ready);
    expect(live.problems).toEqual({});
    answer.resolve(Response.json({}));
    await again;
    live.dismiss('nobody');
    expect(live.problems).toEqual({});
  });

  it.each([
    ['stop', {}, ['POST', '/api/agents/a/stop?wait=false', { delay: 4000 }]],
    ['stop', { delay: 0 }, ['POST', '/api/agents/a/stop?wait=false', { delay: 0 }]],
    ['remove', {}, ['DELETE', '/api/agents/a?force=true&wait=false&grace=10000', undefined]],
    ['snapshot', { name: 'one' }, ['POST', '/api/agents/a/snapshots', { name: 'one' }]],
  ] as const)('%s with %j asks for %j', async (command, body, call) => {
    answer.resolve(Response.json({}));
    await make().command(command, ready, body);
    expect(asked).toEqual([call]);
  });
});
