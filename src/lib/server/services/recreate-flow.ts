/**
 * A new container for an agent that has one: it is made beside the old one under a name of its own, and the old one is given up only when the
 * new one is ready. A port of the host cannot be had twice: then the old one is stopped first, and started again if the new one fails.
 */
import { containerName } from '#lib/domain/agent-name.ts';
import { isOwnEnd } from '#lib/domain/agent-state.ts';
import { containerOf } from '#lib/domain/agent-container.ts';
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { AgentId, SnapshotId } from '#lib/domain/ids.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { AgentRow } from '../storage/agents.ts';
import { MAKE_STEPS, nothingMade, type ContainerMaker, type Made } from './container-maker.ts';
import type { Operation, StartedOperation } from './operations.ts';
import { endedEarly, waitUntilReady } from './readiness.ts';
import { sshdUp, type Sshd } from './sshd.ts';
import { refuseWhatHostLacks } from './spec-maker.ts';
import type { Turns } from './turns.ts';
import { containerIdOf, recordEnd, rowOf, unlessGone, verbPlan, type VerbParts } from './verb-tools.ts';

export interface RecreateParts extends VerbParts {
  readonly instance: string;
  readonly maker: ContainerMaker;
  readonly sshd: Sshd;
  readonly turns: Turns;
}

/** The snapshot that the agent's files go back to, and whether its new volumes get the content of that time. */
export interface Restored {
  readonly snapshotId: SnapshotId;
  readonly withVolumes: boolean;
}

/** The name of an agent's next container, until it takes the place of the one before. */
export function nextContainerName(id: AgentId): string {
  return `slipway-next-${id}`;
}

export class RecreateFlow {
  readonly #parts: RecreateParts;

  constructor(parts: RecreateParts) {
    this.#parts = parts;
  }

  /**
   * `spec` is settled and allowed. `request` is what was asked for, to try it again.
   */
  recreate(
    row: AgentRow,
    reason: string,
    spec: AgentSpec,
    timeoutMs: number,
    request: Readonly<Record<string, unknown>>,
    restored: Restored | null = null,
  ): StartedOperation<AgentRow> {
    const { operations, turns, fleet, records } = this.#parts;
    fleet.engine(row.hostId);
    const oldId = containerIdOf(row);
    if (operations.findRunning(row.id, 'recreate') !== undefined) {
      throw new AppError('CONFLICT', `${row.name} is being recreated already`, {
        hint: 'Wait for it, or cancel that operation.',
      });
    }
    const stopsFirst = isRunning(row) && sharesPorts(row, spec);
    const steps = [
      'validate',
      ...MAKE_STEPS,
      ...(stopsFirst ? ['stop old'] : []),
      'start',
      'ready',
      'replace',
    ];
    return operations.start(verbPlan('recreate', row, reason, steps, request), async (operation) => {
      const engine = fleet.engine(row.hostId);
      const made = nothingMade();
      const nothing = (): void => undefined;
      const old = { stopped: false, over: nothing };
      try {
        const { containerId, imageId } = await turns.run(row.hostId, operation.signal, () =>
          this.#make(operation, engine, row, spec, made, reason, restored),
        );
        if (stopsFirst) {
          await operation.step('stop old', () => {
            this.#refuseMoved(row, oldId);
            // until then an end of the old one is its own doing
            old.over = records.intend(row.id, reason);
            old.stopped = true;
            return unlessGone(engine.stopContainer(oldId, timeoutMs));
          });
          await unlessGone(recordEnd(records, engine, row.id, oldId));
        }
        await operation.step('start', () => engine.startContainer(containerId, operation.signal));
        const facts = await operation.step('ready', (note) =>
          this.#ready(operation, engine, containerId, { id: row.id, spec }, note),
        );
        operation.commitPoint();
        return await operation.step('replace', () => {
          if (!old.stopped) this.#refuseMoved(row, oldId);
          return this.#replace(engine, row, reason, {
            spec,
            imageId,
            facts,
            oldId,
            timeoutMs,
            restored,
          });
        });
      } catch (error) {
        await this.#takeBack(engine, row, made);
        if (old.stopped) await this.#startOld(engine, row, oldId);
        throw error;
      } finally {
        old.over();
      }
    });
  }

  async #make(
    operation: Operation,
    engine: Engine,
    row: AgentRow,
    spec: AgentSpec,
    made: Made,
    by: string,
    restored: Restored | null,
  ): Promise<{ readonly containerId: string; readonly imageId: string }> {
    await operation.step('validate', async (note) => {
      const host = this.#parts.fleet.get(row.hostId);
      refuseWhatHostLacks(spec, host.info);
      // what an attempt that a crash cut off has left
      await removeNext(engine, row.id);
      note(`on ${host.name}`);
    });
    const wish = {
      agent: row,
      spec,
      containerName: nextContainerName(row.id),
      hostId: row.hostId,
      by,
      snapshotId: restored?.withVolumes === true ? restored.snapshotId : null,
      fresh: false,
    };
    return this.#parts.maker.make(operation, engine, wish, made, () => undefined);
  }

  async #ready(
    operation: Operation,
    engine: Engine,
    containerId: string,
    agent: Pick<AgentRow, 'id' | 'spec'>,
    note: (text: string) => void,
  ): Promise<ContainerFacts> {
    const waited = await waitUntilReady(engine, containerId, agent.spec.readiness, {
      signal: operation.signal,
      before: sshdUp(this.#parts.sshd, engine, agent, containerId),
      seen: () => true,
    });
    if (waited.kind !== 'ready') throw endedEarly(waited.kind === 'ended' ? waited.facts.exitCode : null);
    note(waited.note);
    return waited.facts;
  }

  /** From here on the new one is the agent's container. What is left of the old one goes, also if that takes a second try by the reconciler. */
  async #replace(
    engine: Engine,
    row: AgentRow,
    reason: string,
    next: {
      readonly spec: AgentSpec;
      readonly imageId: string;
      readonly facts: ContainerFacts;
      readonly oldId: string;
      readonly timeoutMs: number;
      readonly restored: Restored | null;
    },
  ): Promise<AgentRow> {
    const { records, agents } = this.#parts;
    const swapped = records.swap(row.id, reason, {
      spec: next.spec,
      containerId: next.facts.id,
      imageId: next.imageId,
      startedAt: next.facts.startedAt,
      endedAt: null,
      exitCode: null,
      wanted: 'running',
      bootedAt: Date.now(),
      adopted: false,
      ...(next.restored === null ? {} : { snapshotId: next.restored.snapshotId }),
    });
    await unlessGone(engine.stopContainer(next.oldId, next.timeoutMs));
    await engine.removeContainer(next.oldId, { force: true });
    await engine.renameContainer(next.facts.id, containerName(swapped.name));
    return rowOf(agents, row.id);
  }

  /** Throws CONFLICT when somebody stopped, paused or removed the agent meanwhile: what came later holds. */
  #refuseMoved(before: AgentRow, oldId: string): void {
    const now = rowOf(this.#parts.agents, before.id);
    const endedItself = isOwnEnd(now.reason) && now.state !== 'removing';
    if (now.containerId === oldId && (now.state === before.state || endedItself)) return;
    throw new AppError('CONFLICT', `${now.name} is ${now.state} now: somebody else changed that meanwhile`);
  }

  async #takeBack(engine: Engine, row: AgentRow, made: Made): Promise<void> {
    // the new one has taken its place already: nothing is taken back
    if (made.containerId !== null && rowOf(this.#parts.agents, row.id).containerId === made.containerId)
      return;
    await removeNext(engine, row.id).catch(() => undefined);
    await this.#parts.maker.takeBack(engine, made);
  }

  async #startOld(engine: Engine, row: AgentRow, oldId: string): Promise<void> {
    const { records, agents } = this.#parts;
    if (rowOf(agents, row.id).containerId !== oldId) return;
    try {
      await engine.startContainer(oldId);
      const facts = await engine.inspectContainer(oldId);
      records.observe(row.id, { kind: 'started' }, { startedAt: facts.startedAt });
    } catch {
      // the engine went away: the reconciler tells how it is
    }
  }
}

/** Takes away the next container of an agent, if there is one. */
export async function removeNext(engine: Engine, id: AgentId): Promise<void> {
  const containers = await engine.listContainers({ labels: { [LABEL.agentId]: id } });
  for (const each of containers)
    if (each.name === nextContainerName(id)) await engine.removeContainer(each.id, { force: true });
}

function isRunning(row: AgentRow): boolean {
  return row.startedAt !== null && row.endedAt === null;
}

function sharesPorts(row: AgentRow, spec: AgentSpec): boolean {
  const old = new Set(fixedPorts(containerOf(row.name, row.spec, {}).body));
  return fixedPorts(containerOf(row.name, spec, {}).body).some((port) => old.has(port));
}

/** Ports of the host that a body asks for by number. A container in the host's own network has none of its own. */
function fixedPorts(body: CreateBody): readonly string[] {
  return Object.entries(body.HostConfig.PortBindings ?? {}).flatMap(([port, list]) =>
    list
      .filter((each) => /^\d+$/.test(each.HostPort ?? '') && each.HostPort !== '0')
      .map((each) => `${each.HostPort ?? ''}/${port.split('/')[1] ?? 'tcp'}`),
  );
}
