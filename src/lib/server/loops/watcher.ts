/**
 * Hears what the engine says and folds it into our agents, within moments. When the stream breaks the host is asked at once whether it is
 * still there; what was missed is found by the reconciler, since the engine keeps only its last 256 events.
 */
import { isOwnEnd, type EndedBy } from '#lib/domain/agent-state.ts';
import { AppError } from '#lib/domain/errors.ts';
import { isAborted } from '../aborted.ts';
import type { ContainerFacts, Engine, EngineEvent } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { AgentRecords } from '../services/agent-records.ts';
import type { Networks } from '../services/networks.ts';
import type { Log } from '../log.ts';

/** A kill of one of these means that somebody wants it to end. */
const ENDING_SIGNALS = new Set(['1', '2', '3', '9', '15']);
/** `docker stop` waits 10 s by default before it kills; who asks for longer gets the benefit of the doubt. */
const KILL_REMEMBERED_MS = 120_000;

export interface WatcherParts {
  readonly agents: AgentRepository;
  readonly records: AgentRecords;
  readonly networks: Networks;
  readonly log: Log;
}

export class Watcher {
  readonly #parts: WatcherParts;
  readonly #kills = new Map<string, number>();

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  /** Runs until the signal, poking the host whenever the stream breaks. */
  async watch(host: Host, engine: Engine, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of engine.events({ signal })) await this.#hear(engine, event);
      } catch (error) {
        if (isAborted(signal)) return;
        this.#parts.log.info({ host: host.name, err: error }, 'the event stream broke');
        host.poke();
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async #hear(engine: Engine, event: EngineEvent): Promise<void> {
    if (event.type === 'network' && event.action === 'destroy') this.#parts.networks.forget(engine);
    if (event.type !== 'container') return;
    const row = this.#parts.agents.byContainer(event.id);
    if (row === undefined) return;
    try {
      await this.#fold(engine, event, row);
    } catch (error) {
      // one event that cannot be read must not end the watch; the reconciler comes after it
      this.#parts.log.warn(
        { agent: row.name, action: event.action, err: error },
        'an event could not be folded in',
      );
    }
  }

  async #fold(engine: Engine, event: EngineEvent, row: AgentRow): Promise<void> {
    const { records } = this.#parts;
    const at = Number(event.timeNano / 1_000_000n);
    switch (event.action) {
      case 'kill':
        if (ENDING_SIGNALS.has(event.attributes['signal'] ?? '')) this.#kills.set(event.id, Date.now());
        return;
      case 'start': {
        this.#kills.delete(event.id);
        const started = await startedAt(engine, event.id, at);
        records.observe(row.id, { kind: 'started' }, { startedAt: started });
        return;
      }
      case 'die': {
        const exitCode = Number(event.attributes['exitCode'] ?? 0);
        // OOM is a fact of inspect, not of the event. A container that is gone already counts as not
        const facts = await quietly(engine.inspectContainer(event.id));
        const oomKilled = facts?.oomKilled ?? false;
        const now = this.#parts.agents.byId(row.id) ?? row;
        // the end of the run before this one, heard after its restart was read: what is recorded now goes on
        if (facts !== null && isLaterRun(facts, at) && now.startedAt === facts.startedAt) return;
        if (facts !== null && this.#startsAgain(now, facts, at)) {
          records.observe(
            row.id,
            { kind: 'restarting', exitCode, oomKilled },
            { startedAt: isLaterRun(facts, at) ? null : facts.startedAt, endedAt: at },
          );
          return;
        }
        records.observe(
          row.id,
          { kind: 'exited', exitCode, oomKilled, by: this.#endedBy(now, event.id) },
          { startedAt: facts?.startedAt ?? null, endedAt: at },
        );
        return;
      }
      case 'pause':
        records.observe(row.id, { kind: 'paused' });
        return;
      case 'unpause':
        records.observe(row.id, { kind: 'running' });
        return;
      case 'destroy':
        this.#kills.delete(event.id);
        records.observe(row.id, { kind: 'gone' });
        return;
      default:
    }
  }

  /** Whether its restart policy starts it again, or has already. */
  #startsAgain(row: AgentRow, facts: ContainerFacts, endedAt: number): boolean {
    if (row.state === 'stopping' || row.state === 'removing' || isOwnRestart(row)) return false;
    if (facts.status === 'restarting') return true;
    return row.spec.restart.name !== 'no' && isLaterRun(facts, endedAt) && !this.#kills.has(facts.id);
  }

  #endedBy(row: AgentRow, containerId: string): EndedBy {
    if (isOwnRestart(row) || row.state === 'stopping' || this.#parts.records.isIntended(row.id))
      return 'slipway';
    const killed = this.#kills.get(containerId);
    this.#kills.delete(containerId);
    return killed !== undefined && Date.now() - killed < KILL_REMEMBERED_MS ? 'external' : 'itself';
  }
}

/** In the middle of a restart that somebody asked for, and not of one by its policy. */
function isOwnRestart(row: AgentRow): boolean {
  return row.state === 'restarting' && !isOwnEnd(row.reason);
}

/** Whether the container runs, and has been started after something ended at `endedAt`. */
function isLaterRun(facts: ContainerFacts, endedAt: number): boolean {
  const runs = facts.status === 'running' || facts.status === 'paused';
  return runs && facts.startedAt !== null && facts.startedAt >= endedAt;
}

async function startedAt(engine: Engine, containerId: string, otherwise: number): Promise<number> {
  return (await quietly(engine.inspectContainer(containerId)))?.startedAt ?? otherwise;
}

async function quietly<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
