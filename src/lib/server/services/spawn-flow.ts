/** The flow of a spawn: image, network, volumes, container, start, ready; and back to nothing when a step fails. */
import { containerName } from '#lib/domain/agent-name.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AgentRecords } from './agent-records.ts';
import { MAKE_STEPS, nothingMade, type ContainerMaker, type Made } from './container-maker.ts';
import { toProblem, type Operation } from './operations.ts';
import { endedEarly, waitUntilReady } from './readiness.ts';
import { refuseWhatHostLacks } from './spec-maker.ts';
import { sshdUp, type Sshd } from './sshd.ts';
import type { Turns } from './turns.ts';

export const SPAWN_STEPS = ['validate', ...MAKE_STEPS, 'start', 'ready'] as const;

export interface SpawnFlowParts {
  readonly instance: string;
  readonly fleet: Fleet;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly maker: ContainerMaker;
  readonly sshd: Sshd;
  readonly turns: Turns;
}

export class SpawnFlow {
  readonly #parts: SpawnFlowParts;

  constructor(parts: SpawnFlowParts) {
    this.#parts = parts;
  }

  /** Brings an agent in `queued`, `preparing` or `creating` to `ready`. Throws what went wrong, after it was cleaned up and written down. */
  async run(operation: Operation, id: AgentId): Promise<AgentRow> {
    const { agents, records, turns } = this.#parts;
    const made = nothingMade();
    const at: { engine: Engine | null } = { engine: null };
    try {
      // whoever is only being waited for takes nobody's turn
      const started = await turns.run(this.#row(id).hostId, operation.signal, () =>
        this.#start(operation, id, made, at),
      );
      return await operation.step('ready', (note) =>
        this.#ready(operation, started.engine, id, started.containerId, note),
      );
    } catch (error) {
      const problem = toProblem(operation.signal.aborted ? operation.signal.reason : error);
      const row = agents.byId(id);
      // the engine's facts came first: it ended or went while it was starting
      if (row === undefined || !['queued', 'preparing', 'creating', 'starting'].includes(row.state))
        throw error;
      const keep = problem.code === 'READY_TIMEOUT';
      // written down first, and without its container: else the events of the cleaning up would count as news of the agent
      records.fail(
        id,
        problem,
        keep ? {} : { containerId: null, endedAt: row.startedAt === null ? null : Date.now() },
      );
      if (!keep && at.engine !== null) await this.#cleanUp(at.engine, id, made);
      throw error;
    }
  }

  async #start(
    operation: Operation,
    id: AgentId,
    made: Made,
    at: { engine: Engine | null },
  ): Promise<{ readonly engine: Engine; readonly containerId: string }> {
    const { fleet, records, maker } = this.#parts;
    const row = this.#row(id);
    const { spec, name, type } = row;
    const engine = await operation.step('validate', async (note) => {
      const host = fleet.get(row.hostId);
      const ready = host.engine();
      if (row.state !== 'queued') await this.#cleanUp(ready, id, nothingMade());
      refuseWhatHostLacks(spec, host.info);
      note(`on ${host.name}`);
      return ready;
    });
    at.engine = engine;
    if (row.state === 'queued') records.move(id, 'preparing', row.reason);
    const wish = {
      agent: { id, name, type },
      spec,
      containerName: containerName(name),
      hostId: row.hostId,
      by: row.reason ?? row.createdBy,
      snapshotId: row.snapshotId,
      fresh: row.bootedAt === null,
    };
    const { containerId, imageId } = await maker.make(operation, engine, wish, made, () => {
      if (this.#row(id).state === 'preparing') records.move(id, 'creating', row.reason);
    });
    records.move(id, 'starting', row.reason, { containerId, imageId, bootedAt: Date.now() });
    await operation.step('start', () => engine.startContainer(containerId, operation.signal));
    return { engine, containerId };
  }

  async #ready(
    operation: Operation,
    engine: Engine,
    id: AgentId,
    containerId: string,
    note: (text: string) => void,
  ): Promise<AgentRow> {
    const { records } = this.#parts;
    const waited = await waitUntilReady(engine, containerId, this.#row(id).spec.readiness, {
      signal: operation.signal,
      before: sshdUp(this.#parts.sshd, engine, this.#row(id), containerId),
      seen: (facts) => {
        const row = this.#row(id);
        if (row.state !== 'starting') return false;
        if (facts.status === 'running' && row.startedAt !== facts.startedAt)
          records.patch(id, { startedAt: facts.startedAt, endedAt: null, exitCode: null });
        return true;
      },
    });
    const row = this.#row(id);
    if (waited.kind === 'left' || row.state !== 'starting') {
      if (row.state === 'ready') return row;
      throw endedEarly(row.exitCode);
    }
    if (waited.kind === 'ended') {
      const { exitCode, oomKilled, startedAt, finishedAt } = waited.facts;
      records.observe(
        id,
        { kind: 'exited', exitCode, oomKilled, by: 'itself' },
        { startedAt, endedAt: finishedAt },
      );
      throw endedEarly(exitCode);
    }
    note(waited.note);
    operation.commitPoint();
    return records.move(id, 'ready', row.reason);
  }

  /** Takes away every container that carries this agent's id, and what this spawn made for it. Fails in silence: the reconciler comes after it. */
  async #cleanUp(engine: Engine, id: AgentId, made: Made): Promise<void> {
    const labels = { [LABEL.instance]: this.#parts.instance, [LABEL.agentId]: id };
    try {
      for (const container of await engine.listContainers({ labels }))
        await engine.removeContainer(container.id, { force: true });
    } catch {
      // the engine went away in the middle of it
    }
    await this.#parts.maker.takeBack(engine, made);
  }

  #row(id: AgentId): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw new Error(`no agent ${id}`);
    return row;
  }
}
