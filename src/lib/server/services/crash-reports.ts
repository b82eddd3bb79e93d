/** What was still to be had when an agent ended by itself: collected at once, kept, shown, and opened again as a copy with a shell. */
import { readStartArgs } from '#lib/domain/agent-container.ts';
import type { AgentSpec, VolumeSpec } from '#lib/domain/agent-spec.ts';
import { isOwnEnd } from '#lib/domain/agent-state.ts';
import { AppError, notFound } from '#lib/domain/errors.ts';
import { verdictOf } from '#lib/domain/exit-verdict.ts';
import { newId, type CrashId } from '#lib/domain/ids.ts';
import { withoutFlags } from '#lib/domain/docker-run/parse.ts';
import type { Fact } from '#lib/protocol/facts.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { AgentDetailView, CrashReportView } from '#lib/protocol/views.ts';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Log } from '../log.ts';
import type { AppBus } from '../messages.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { CrashRepository, CrashRow } from '../storage/crashes.ts';
import { readLines } from '../streams/log-order.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import { authorize, type Actor } from './access.ts';
import type { AgentService } from './agents.ts';
import type { SnapshotService } from './snapshots.ts';
import type { SpecMaker } from './spec-maker.ts';
import type { Spawning } from './spawning.ts';

const LINES = 500;
const SAMPLES_MS = 300_000;
const CHANGES = 1000;
const KEPT_PER_AGENT = 10;
const PATIENCE_MS = 15_000;

export interface CrashParts {
  readonly agents: AgentRepository;
  readonly crashes: CrashRepository;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  readonly bus: AppBus;
  readonly log: Log;
  readonly agentService: AgentService;
  readonly snapshots: SnapshotService;
  readonly spawning: Spawning;
  readonly specs: SpecMaker;
}

export class CrashReports {
  readonly #parts: CrashParts;
  readonly #stop: () => void;
  readonly #work = new Set<Promise<void>>();

  constructor(parts: CrashParts) {
    this.#parts = parts;
    this.#stop = parts.bus.on('facts', (facts) => {
      for (const fact of facts) if (isEnd(fact)) this.#begin(fact.agent.id);
    });
  }

  /** Newest first; at most ten of an agent are kept. Throws NOT_FOUND. */
  ofAgent(actor: Actor | null, idOrName: string): readonly CrashReportView[] {
    const agent = this.#parts.agentService.get(actor, idOrName);
    const row = this.#row(agent.id);
    return this.#parts.crashes.ofAgent(row.id, KEPT_PER_AGENT).map(crashView);
  }

  /** How many there are. Throws NOT_FOUND. */
  countOf(actor: Actor | null, idOrName: string): number {
    const agent = this.#parts.agentService.get(actor, idOrName);
    return this.#parts.crashes.countOf(this.#row(agent.id).id);
  }

  /** One of them, or the newest. Throws NOT_FOUND. */
  get(actor: Actor | null, idOrName: string, crashId: string): CrashReportView {
    const found = this.ofAgent(actor, idOrName).find((each) => crashId === 'latest' || each.id === crashId);
    if (found === undefined) throw notFound('crash report', crashId);
    return found;
  }

  /**
   * A new agent from a snapshot of what the ended one left, with a shell in place of its program, its volumes read-only and no ports. Throws
   * CONFLICT when it runs or has no container any more, FORBIDDEN when it reaches for more than who asks may.
   */
  async openCopy(actor: Actor | null, idOrName: string): Promise<AgentDetailView> {
    const who = authorize(actor, 'agents.change');
    const { agentService, snapshots, spawning, specs, fleet } = this.#parts;
    const row = this.#row(agentService.get(who, idOrName).id);
    if (row.containerId === null || !['crashed', 'exited', 'failed', 'stopped'].includes(row.state)) {
      throw new AppError('CONFLICT', `${row.name} has left nothing to copy: it is ${row.state}`, {
        hint: 'A copy is made of an agent that has ended and was not removed.',
      });
    }
    specs.allow(who, row.name, copyOf(row.spec, row.spec.image));
    const snapshot = await snapshots.create(who, row.id, {
      name: `crash-${new Date().toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}`,
      comment: `A copy of what ${row.name} left`,
    });
    if (snapshot === null) throw new Error('a snapshot that was waited for');
    const { row: copy } = await spawning.create(who, {
      name: null,
      type: row.type,
      host: fleet.get(row.hostId).name,
      notes: `A copy of what ${row.name} left when it ended`,
      spec: () => copyOf(row.spec, snapshot.image),
    });
    return agentService.get(who, copy.id);
  }

  async close(): Promise<void> {
    this.#stop();
    await Promise.allSettled([...this.#work]);
  }

  #begin(id: string): void {
    const work = this.#collect(id).catch((error: unknown) => {
      this.#parts.log.warn({ agent: id, err: error }, 'could not write a crash report');
    });
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #collect(id: string): Promise<void> {
    const { fleet, pulses, crashes, agents } = this.#parts;
    const row = agents.byId(id);
    if (row?.containerId === undefined || row.containerId === null) return;
    const at = Date.now();
    const { containerId } = row;
    const ask = <Value>(question: (engine: Engine) => Promise<Value>) =>
      orNull(async () => question(fleet.engine(row.hostId)));
    const [facts, lines, changes] = await Promise.all([
      ask((engine) => engine.inspectContainer(containerId)),
      ask((engine) => lastLines(engine, containerId)),
      ask((engine) => engine.changes(containerId, AbortSignal.timeout(PATIENCE_MS))),
    ]);
    const processes =
      facts?.status === 'running' ? await ask((engine) => engine.processes(containerId)) : null;
    crashes.insert(
      {
        id: newId<CrashId>(at),
        agentId: row.id,
        containerId,
        at,
        verdict: verdictFor(row, facts),
        lines: lines ?? [],
        samples: pulses.samples(id).filter((each) => each.at > at - SAMPLES_MS),
        changes: changes?.slice(0, CHANGES) ?? null,
        changesTotal: changes?.length ?? 0,
        processes:
          processes === null ? null : [processes.titles, ...processes.rows].map((each) => each.join(' ')),
      },
      KEPT_PER_AGENT,
    );
  }

  #row(id: string): AgentRow {
    const row = this.#parts.agents.byId(id);
    if (row === undefined) throw notFound('agent', id);
    return row;
  }
}

/** What only one may have, or what would change what the ended one left. */
const NOT_COPIED = [
  'publish',
  'publish-all',
  'entrypoint',
  'name',
  'restart',
  'network-alias',
  'ip',
  'ip6',
  'mac-address',
  'volume',
  'volumes-from',
  'mount',
] as const;

function copyOf(spec: AgentSpec, image: string): AgentSpec {
  return {
    ...spec,
    image,
    pull: 'never',
    entrypoint: ['/bin/sh'],
    command: [],
    tty: true,
    stdin: true,
    ports: [],
    volumes: readOnlyVolumes(spec),
    sharedVolumes: [],
    restart: { name: 'no', maximumRetryCount: 0 },
    readiness: { kind: 'running', timeout: 60 },
    startArgs: withoutFlags(spec.startArgs, NOT_COPIED),
  };
}

/** Those of its fields, its group and its start args, of which the later wins. */
function readOnlyVolumes({ volumes, sharedVolumes, startArgs }: AgentSpec): readonly VolumeSpec[] {
  const { Binds = [], Mounts = [] } = readStartArgs(startArgs).host;
  const all = [
    ...volumes,
    ...sharedVolumes.map(({ volume, target }) => ({ source: volume, target })),
    ...Binds.map((bind) => {
      const [source = '', target = ''] = bind.split(':');
      return { source, target };
    }),
    ...Mounts.filter(({ Type }) => Type === 'bind' || Type === 'volume').map(({ Source = '', Target }) => ({
      source: Source,
      target: Target,
    })),
  ].filter(({ source }) => source !== '');
  const last = new Map(all.map(({ source, target }) => [target, source] as const));
  return [...last].map(([target, source]) => ({ source, target, modes: ['ro'], create: false }));
}

/** It ended by itself, also when its restart policy starts it again, or it never became ready and is kept for a look. */
function isEnd(fact: Fact): fact is Extract<Fact, { kind: 'agent' }> {
  if (fact.kind !== 'agent' || fact.change === undefined) return false;
  const { to, reason } = fact.change;
  if (to === 'failed') return fact.agent.error?.code === 'READY_TIMEOUT';
  return (to === 'crashed' || to === 'exited' || to === 'restarting') && isOwnEnd(reason);
}

function verdictFor(row: AgentRow, facts: ContainerFacts | null): CrashRow['verdict'] {
  const failed = row.state === 'failed' ? row.error : null;
  return verdictOf({
    exitCode: failed === null ? row.exitCode : null,
    oomKilled: row.reason === 'oom' || facts?.oomKilled === true,
    memoryLimit: row.spec.resources.memory,
    ...(failed === null ? {} : { notReady: failed.message, unhealthy: facts?.health === 'unhealthy' }),
  });
}

function lastLines(engine: Engine, containerId: string): Promise<readonly LogLine[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return readLines(engine.logs(containerId, { follow: false, tail: LINES, since: null, signal }));
}

/** What can no longer be had is left out of the report. */
async function orNull<Value>(work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}

export function crashView(row: CrashRow): CrashReportView {
  return { ...row, at: new Date(row.at).toISOString() };
}
