/**
 * What a page knows that changes by itself: agents, hosts, operations, figures. One for each visit of the app, seeded by what `load` gave and
 * kept up by the socket. On the server it only holds the seed.
 */
import { createContext } from 'svelte';
import type { AgentCommand } from '#lib/domain/agent-state.ts';
import type { Problem } from '#lib/domain/errors.ts';
import type { Fact } from '#lib/protocol/facts.ts';
import {
  shownStatus,
  type AgentView,
  type HostView,
  type OperationView,
  type ProgressView,
  type Pulse,
  type SnapshotView,
} from '#lib/protocol/views.ts';
import type { HostFigures } from '#lib/protocol/metrics.ts';
import { REMOVE_GRACE_MS, STOP_DELAY_MS } from '#lib/protocol/stop-delay.ts';
import { callApi } from './api.ts';

export interface LiveSeed {
  /** The number of the last fact in what `load` gave. */
  readonly seq: number;
  readonly hosts: readonly HostView[];
  readonly counts: { readonly agents: number; readonly attention: number };
}

const KEPT_OPERATIONS = 300;

export class Live {
  /** By id. All of them once `complete`; before that those that a page brought. */
  agents = $state.raw<ReadonlyMap<string, AgentView>>(new Map());
  hosts = $state.raw<readonly HostView[]>([]);
  operations = $state.raw<ReadonlyMap<string, OperationView>>(new Map());
  snapshots = $state.raw<ReadonlyMap<string, SnapshotView | null>>(new Map());
  pulses = $state.raw<Readonly<Record<string, Pulse>>>({});
  /** What hosts use and have, by id. */
  hostFigures = $state.raw<Readonly<Record<string, HostFigures>>>({});
  /** Of the step that runs, by agent. */
  progress = $state.raw<Readonly<Record<string, ProgressView>>>({});
  /** Of the step that runs, by operation, where that is about no agent. */
  operationProgress = $state.raw<Readonly<Record<string, ProgressView>>>({});
  /** Commands on their way and errors of the last ones, by agent. */
  pending = $state.raw<Readonly<Record<string, AgentCommand>>>({});
  problems = $state.raw<Readonly<Record<string, Problem>>>({});
  complete = $state(false);
  seq = 0;
  readonly #seedCounts: LiveSeed['counts'];
  readonly #listeners = new Set<(fact: Fact) => void>();

  readonly list = $derived([...this.agents.values()].filter((agent) => agent.state !== 'removed'));
  readonly counts = $derived.by(() =>
    this.complete
      ? { agents: this.list.length, attention: this.list.filter((agent) => agent.attention !== null).length }
      : this.#seedCounts,
  );

  constructor(seed: LiveSeed) {
    this.seq = seed.seq;
    this.hosts = seed.hosts;
    this.#seedCounts = seed.counts;
  }

  /** What a page brought. `all`: there are no others. What the socket told after that moment wins. */
  seedAgents(agents: readonly AgentView[], seq: number, all: boolean): void {
    if (all && this.complete && seq < this.seq) return;
    // one that the socket told of since may be too new for the page
    // no list has those that are removed, and a page that shows one must not forget it
    const newer = all && seq >= this.seq;
    const next = new Map([...this.agents].filter(([, agent]) => !newer || agent.state === 'removed'));
    for (const agent of agents) {
      const known = this.agents.get(agent.id);
      next.set(agent.id, known !== undefined && seq < this.seq ? known : agent);
    }
    this.agents = next;
    if (all) this.complete = true;
  }

  /** All agents, from the API: pages bring some of them only. */
  async loadAll(): Promise<void> {
    const { seq } = this;
    const answer = await callApi('GET', '/api/agents');
    if (answer.ok && isAgentList(answer.value)) this.seedAgents(answer.value.agents, seq, true);
  }

  seedPulses(pulses: Readonly<Record<string, Pulse>>): void {
    this.pulses = { ...this.pulses, ...pulses };
  }

  seedHostFigures(figures: Readonly<Record<string, HostFigures>>): void {
    this.hostFigures = { ...this.hostFigures, ...figures };
  }

  /** Newest first, as the server lists them; kept oldest first, because the first ones go when there are too many. */
  seedOperations(operations: readonly OperationView[]): void {
    const oldestFirst = operations.toReversed().map((each) => [each.id, each] as const);
    this.operations = new Map([...oldestFirst, ...this.operations]);
  }

  /** For what a page keeps by itself. Gives what ends it. */
  onFact(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  take(facts: readonly Fact[]): void {
    const agents = new Map(this.agents);
    const operations = new Map(this.operations);
    let hosts = this.hosts;
    for (const fact of facts) {
      if (fact.seq <= this.seq) continue;
      this.seq = fact.seq;
      if (fact.kind === 'agent') {
        agents.set(fact.agent.id, this.#shown(fact.agent, hosts));
        this.#settle(fact.agent);
      } else if (fact.kind === 'operation') {
        operations.set(fact.operation.id, fact.operation);
        if (fact.operation.state !== 'running' && fact.operation.id in this.operationProgress)
          this.operationProgress = without(this.operationProgress, fact.operation.id);
      } else if (fact.kind === 'host') {
        hosts = hosts.some((host) => host.id === fact.host.id)
          ? hosts.map((host) => (host.id === fact.host.id ? fact.host : host))
          : [...hosts, fact.host];
        for (const [id, agent] of agents)
          if (agent.hostId === fact.host.id) agents.set(id, this.#shown(agent, hosts));
      } else if (fact.kind === 'snapshot')
        this.snapshots = new Map(this.snapshots).set(
          fact.snapshot.id,
          fact.deleted === true ? null : fact.snapshot,
        );
      for (const listener of this.#listeners) listener(fact);
    }
    while (operations.size > KEPT_OPERATIONS) operations.delete(operations.keys().next().value ?? '');
    this.agents = agents;
    this.operations = operations;
    this.hosts = hosts;
  }

  takeProgress(progress: ProgressView): void {
    if (progress.agentId !== null) this.progress = { ...this.progress, [progress.agentId]: progress };
    else this.operationProgress = { ...this.operationProgress, [progress.operationId]: progress };
  }

  /** Of the step of an operation that runs. */
  progressOf({ id, agentId }: Pick<OperationView, 'id' | 'agentId'>): ProgressView | undefined {
    return agentId === null ? this.operationProgress[id] : this.progress[agentId];
  }

  /**
   * Does something with an agent. The row shows it at once as pending; it ends in what the engine says, or in an error at its place.
   * A stop and a removal wait a few seconds first, in which they can be taken back; `grace: 0` removes at once.
   */
  async command(
    command: AgentCommand,
    agent: AgentView,
    body: Readonly<Record<string, unknown>> = {},
  ): Promise<boolean> {
    this.pending = { ...this.pending, [agent.id]: command };
    this.dismiss(agent.id);
    const answer =
      command === 'remove'
        ? await callApi(
            'DELETE',
            `/api/agents/${agent.id}?force=true&wait=false&grace=${Number(body['grace'] ?? REMOVE_GRACE_MS)}`,
          )
        : command === 'snapshot'
          ? await callApi('POST', `/api/agents/${agent.id}/snapshots`, body)
          : await callApi(
              'POST',
              `/api/agents/${agent.id}/${command}?wait=false`,
              command === 'stop' ? { delay: STOP_DELAY_MS, ...body } : body,
            );
    this.pending = without(this.pending, agent.id);
    if (answer.ok) return true;
    this.problems = { ...this.problems, [agent.id]: answer.error };
    return false;
  }

  dismiss(agentId: string): void {
    this.problems = without(this.problems, agentId);
  }

  #shown(agent: AgentView, hosts: readonly HostView[]): AgentView {
    const status = shownStatus(agent.state, hosts.find((host) => host.id === agent.hostId)?.state);
    return agent.status === status ? agent : { ...agent, status };
  }

  /** What moved on has no step in progress any more. */
  #settle(agent: AgentView): void {
    const running = agent.state === 'preparing' || agent.state === 'creating' || agent.state === 'starting';
    if (!running && agent.id in this.progress) this.progress = without(this.progress, agent.id);
  }
}

function isAgentList(value: unknown): value is { readonly agents: readonly AgentView[] } {
  return typeof value === 'object' && value !== null && 'agents' in value && Array.isArray(value.agents);
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

export const [useLive, provideLive] = createContext<Live>();
