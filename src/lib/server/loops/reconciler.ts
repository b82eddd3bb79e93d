/**
 * Lists what the engine has and brings our records in line: when a host comes (back), and every 30 s for what an event missed. It also takes up
 * the work that a crash of Slipway cut off, and takes away what a failed spawn could not.
 */
import { isLive, type EndedBy } from '#lib/domain/agent-state.ts';
import { containerName } from '#lib/domain/agent-name.ts';
import { AppError } from '#lib/domain/errors.ts';
import { isAborted } from '../aborted.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { ContainerSummary, Engine } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { Log } from '../log.ts';
import type { AgentRecords } from '../services/agent-records.ts';
import type { Operations } from '../services/operations.ts';
import { nextContainerName } from '../services/recreate-flow.ts';
import type { Resumer } from '../services/resumer.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';

const EVERY_MS = 30_000;

export interface ReconcilerParts {
  readonly instance: string;
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly operations: Pick<Operations, 'isBusy'>;
  readonly resumer: Pick<Resumer, 'resume'>;
  readonly log: Log;
}

export class Reconciler {
  readonly #parts: ReconcilerParts;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** Until the signal. `returned`: the host was away before, so an end that nobody heard of may be the host's doing. */
  async run(host: Host, engine: Engine, signal: AbortSignal, returned: boolean): Promise<void> {
    let unheard = returned;
    // the events are being heard first, so that nothing falls between the list and them
    await sleep(100, signal);
    while (!isAborted(signal)) {
      try {
        await this.reconcile(host, engine, unheard);
        unheard = false;
      } catch (error) {
        if (!isAborted(signal)) this.#parts.log.info({ host: host.name, err: error }, 'could not reconcile');
      }
      await sleep(unheard ? 1_000 : EVERY_MS, signal);
    }
  }

  async reconcile(host: Host, engine: Engine, unheard: boolean): Promise<void> {
    const { agents, operations, instance } = this.#parts;
    const before = new Map(agents.onHost(host.id).map((row) => [row.id, row] as const));
    const containers = await engine.listContainers({ labels: { [LABEL.instance]: instance } });
    const byId = new Map(containers.map((each) => [each.id, each] as const));
    for (const row of agents.onHost(host.id)) {
      // what changed while the list was made is newer than the list; what somebody works on is in good hands
      if (before.get(row.id) !== row || operations.isBusy(row.id)) continue;
      await this.#one(engine, row, row.containerId === null ? undefined : byId.get(row.containerId), unheard);
    }
    for (const container of containers) await this.#leftOver(engine, container);
  }

  async #one(
    engine: Engine,
    row: AgentRow,
    container: ContainerSummary | undefined,
    unheard: boolean,
  ): Promise<void> {
    const { records, resumer, log } = this.#parts;
    if (row.containerId !== null && container === undefined) {
      // adopted ones carry no label: the list does not show them
      const facts = await inspect(engine, row.containerId);
      if (facts === null) records.observe(row.id, { kind: 'gone' });
      return;
    }
    const now = await this.#fold(engine, row, container, unheard);
    try {
      resumer.resume(now, container);
    } catch (error) {
      log.warn({ agent: row.name, err: error }, 'could not take up its work');
    }
  }

  async #fold(
    engine: Engine,
    row: AgentRow,
    container: ContainerSummary | undefined,
    unheard: boolean,
  ): Promise<AgentRow> {
    const { records } = this.#parts;
    if (container === undefined) return row;
    switch (container.status) {
      case 'running': {
        // nobody works on it: a restart that is still told was cut off
        const settled = isLive(row.state) && row.state !== 'paused' && row.state !== 'restarting';
        if (settled && row.endedAt === null && !unheard) return row;
        const facts = await inspect(engine, container.id);
        if (facts?.status !== 'running') return row;
        // it ended and was started again while nobody listened
        const anew =
          row.startedAt !== null &&
          facts.startedAt !== null &&
          row.startedAt !== facts.startedAt &&
          row.endedAt === null;
        if (anew && row.state === 'ready') {
          records.observe(
            row.id,
            {
              kind: 'exited',
              exitCode: facts.exitCode,
              oomKilled: false,
              by: unheard ? 'host restart' : 'external',
            },
            { endedAt: facts.startedAt },
          );
        }
        return records.observe(row.id, { kind: 'running' }, { startedAt: facts.startedAt });
      }
      case 'paused':
        return records.observe(row.id, { kind: 'paused' });
      case 'restarting':
        return records.observe(row.id, { kind: 'restarting' });
      case 'exited':
      case 'dead': {
        if (!isLive(row.state)) return row;
        const facts = await inspect(engine, container.id);
        if (facts === null || (facts.status !== 'exited' && facts.status !== 'dead')) return row;
        const seen = {
          kind: 'exited',
          exitCode: facts.exitCode,
          oomKilled: facts.oomKilled,
          by: endedBy(facts, unheard),
        } as const;
        return records.observe(row.id, seen, { endedAt: facts.finishedAt });
      }
      default:
        return row;
    }
  }

  /**
   * Containers with the id of an agent of ours that are not its container: left by a spawn that failed while the engine was away, or by a
   * recreate that was cut off, on either side of its swap. Of anything else the hands stay off.
   */
  async #leftOver(engine: Engine, container: ContainerSummary): Promise<void> {
    const { agents, operations, log } = this.#parts;
    const row = agents.byId(container.labels[LABEL.agentId] ?? '');
    if (row === undefined || row.state === 'removed' || operations.isBusy(row.id)) return;
    const isNext = container.name === nextContainerName(row.id);
    if (row.containerId === container.id) {
      if (isNext) await this.#takeName(engine, row, container);
      return;
    }
    const ofFailedSpawn = row.state === 'failed' && row.containerId === null;
    const replaced = row.containerId !== null && container.name === containerName(row.name);
    if (!ofFailedSpawn && !isNext && !replaced) return;
    await engine.removeContainer(container.id, { force: true });
    log.info(
      { agent: row.name, container: container.name },
      'took away what a cut-off spawn or recreate had left',
    );
  }

  /** The new container of a recreate that was cut off after the swap: the old one is taken away by the same look, before or after. */
  async #takeName(engine: Engine, row: AgentRow, container: ContainerSummary): Promise<void> {
    try {
      await engine.renameContainer(container.id, containerName(row.name));
    } catch (error) {
      // the old one still has the name: the next look finds it free
      if (!(error instanceof AppError) || (error.code !== 'NAME_TAKEN' && error.code !== 'CONFLICT'))
        throw error;
    }
  }
}

/** Nobody heard it end. SIGTERM and SIGKILL come from outside; with a host that was away, from its restart. */
function endedBy(
  facts: { readonly exitCode: number; readonly oomKilled: boolean },
  unheard: boolean,
): EndedBy {
  const signalled =
    !facts.oomKilled && (facts.exitCode === 137 || facts.exitCode === 143 || facts.exitCode === 255);
  if (!signalled) return 'itself';
  return unheard ? 'host restart' : 'external';
}

async function inspect(engine: Engine, id: string) {
  try {
    return await engine.inspectContainer(id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    over.resolve(undefined);
  }, ms);
  const wake = () => {
    over.resolve(undefined);
  };
  signal.addEventListener('abort', wake, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}
