/**
 * Figures for Prometheus, in base units: agents, hosts, operations, the archive, and this process. They are read when somebody asks; nothing is
 * counted for it otherwise. Agents are bounded: labels that never end would fill the memory of whoever collects them.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { AGENT_STATES } from '#lib/domain/agent-state.ts';
import { version } from '#lib/version.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { LogSegmentRepository } from '../storage/log-segments.ts';
import type { OperationRepository } from '../storage/operations.ts';
import type { HostBoard } from '../streams/host-board.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import type { ServerMeter } from '../streams/server-meter.ts';
import { authorize, type Actor } from './access.ts';

export interface PrometheusParts {
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly pulses: PulseBoard;
  readonly hostFigures: HostBoard;
  readonly operationRows: Pick<OperationRepository, 'running'>;
  readonly segments: Pick<LogSegmentRepository, 'totals'>;
  readonly meter: ServerMeter;
}

/** Those that are not removed; newest first when there are more. */
const MOST_AGENTS = 2_000;
const HOST_STATES = ['connecting', 'online', 'degraded', 'offline', 'disabled'] as const;
/** Gauges that the library gives a counter's name; and figures of the garbage collector's own kind that nobody asked for. */
const UNWANTED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export class PrometheusService {
  readonly #parts: PrometheusParts;
  #registry: Registry | null = null;
  #gauges: ReturnType<typeof makeGauges> | null = null;

  constructor(parts: PrometheusParts) {
    this.#parts = parts;
  }

  /** The text format; `type` is its content type. */
  async scrape(actor: Actor | null): Promise<{ readonly text: string; readonly type: string }> {
    authorize(actor, 'metrics.scrape');
    // the event loop is watched from the first time on that somebody asks
    this.#registry ??= ownFigures();
    this.#gauges ??= makeGauges(this.#registry);
    for (const gauge of Object.values(this.#gauges)) gauge.reset();
    this.#readAgents(this.#gauges);
    this.#readHosts(this.#gauges);
    this.#readSlipway(this.#gauges);
    return { text: await this.#registry.metrics(), type: this.#registry.contentType };
  }

  #readAgents(gauges: Gauges): void {
    const { agents, fleet, pulses } = this.#parts;
    const rows = agents.list();
    for (const state of AGENT_STATES)
      if (state !== 'removed') gauges.agents.set({ state }, rows.filter((row) => row.state === state).length);
    const ends = agents.countLives();
    const listed = [...rows].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST_AGENTS);
    gauges.unlisted.set(rows.length - listed.length);
    for (const row of listed) {
      const labels = labelsOf(row, fleet);
      const { lives = 0, oomKills = 0 } = ends.get(row.id) ?? {};
      gauges.restarts.inc(labels, Math.max(0, lives - 1));
      gauges.oomKills.inc(labels, oomKills);
      const { memory, cpu } = row.spec.resources;
      if (memory !== null) gauges.memoryLimit.set(labels, memory);
      if (cpu !== null) gauges.cpuLimit.set(labels, cpu);
      // what has stopped has no figures: its lines are absent
      const sample = pulses.now(row.id);
      if (sample === null) continue;
      put(gauges.cpu, labels, sample.cpu, 1 / 100);
      put(gauges.memory, labels, sample.memory);
      put(gauges.received, labels, sample.netRx);
      put(gauges.sent, labels, sample.netTx);
      put(gauges.blockRead, labels, sample.blockRead);
      put(gauges.blockWritten, labels, sample.blockWrite);
      put(gauges.processes, labels, sample.pids);
      put(gauges.throttled, labels, sample.throttled, 1 / 1000);
    }
  }

  #readHosts(gauges: Gauges): void {
    const { fleet, hostFigures } = this.#parts;
    const hosts = fleet.hosts();
    for (const state of HOST_STATES)
      gauges.hosts.set({ state }, hosts.filter((host) => host.state === state).length);
    for (const { id, name, state } of hosts) {
      const labels = { host: name };
      const isUp = state === 'online' || state === 'degraded';
      gauges.hostUp.set(labels, isUp ? 1 : 0);
      const figures = hostFigures.get(id);
      if (figures === null || !isUp) continue;
      put(gauges.hostCpu, { ...labels, of: figures.usedBy }, figures.cpu, 1 / 100);
      put(gauges.hostMemory, { ...labels, of: figures.usedBy }, figures.memory);
      put(gauges.hostMemoryTotal, labels, figures.memoryTotal);
      put(gauges.hostDisk, { ...labels, of: figures.diskOf }, figures.disk);
      put(gauges.hostDiskTotal, labels, figures.diskTotal);
      put(gauges.hostContainers, labels, figures.containers);
      put(gauges.hostImages, labels, figures.images);
      put(gauges.hostClockSkew, labels, figures.clockSkew, 1 / 1000);
    }
  }

  #readSlipway(gauges: Gauges): void {
    const { operationRows, segments, meter } = this.#parts;
    const { bytes, packedBytes, lines } = segments.totals();
    gauges.build.set({ version }, 1);
    gauges.operations.set(operationRows.running().length);
    gauges.archiveFiles.set(packedBytes);
    gauges.archiveBytes.set(bytes);
    gauges.archiveLines.set(lines);
    gauges.sockets.set(meter.sockets);
  }
}

type Gauges = ReturnType<typeof makeGauges>;

function ownFigures(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of UNWANTED) registry.removeSingleMetric(name);
  return registry;
}

function makeGauges(registry: Registry) {
  const of = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name: `slipway_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const agent = ['agent', 'type', 'host'] as const;
  const host = ['host'] as const;
  // counted elsewhere, and set to that at each reading
  const counted = (name: string, help: string) =>
    new Counter({ name: `slipway_${name}`, help, labelNames: [...agent], registers: [registry] });
  return {
    build: of('build_info', 'Version of this Slipway; always 1.', ['version']),
    agents: of('agents', 'Agents by state.', ['state']),
    unlisted: of(
      'agents_unlisted',
      'Agents that are left out of the figures below because there are too many.',
    ),
    cpu: of('agent_cpu_cores', 'Cores that an agent uses.', agent),
    cpuLimit: of('agent_cpu_limit_cores', 'Cores that an agent may use; absent without a limit.', agent),
    memory: of('agent_memory_bytes', 'Memory that an agent uses, without page cache.', agent),
    memoryLimit: of(
      'agent_memory_limit_bytes',
      'Memory that an agent may use; absent without a limit.',
      agent,
    ),
    received: of('agent_network_receive_bytes_per_second', 'What an agent receives.', agent),
    sent: of('agent_network_transmit_bytes_per_second', 'What an agent sends.', agent),
    blockRead: of('agent_block_read_bytes_per_second', 'What an agent reads from disks.', agent),
    blockWritten: of('agent_block_write_bytes_per_second', 'What an agent writes to disks.', agent),
    processes: of('agent_processes', 'Processes and threads of an agent.', agent),
    throttled: of('agent_cpu_throttled_ratio', 'Seconds per second in which an agent was held back.', agent),
    restarts: counted('agent_restarts_total', 'Starts of an agent after its first.'),
    oomKills: counted('agent_oom_kills_total', 'How often the kernel ended an agent for want of memory.'),
    hosts: of('hosts', 'Hosts by state.', ['state']),
    hostUp: of('host_up', '1 while the engine of a host answers.', host),
    hostCpu: of('host_cpu_ratio', 'Share of all cores of a host that is used.', ['host', 'of']),
    hostMemory: of('host_memory_bytes', 'Memory of a host that is used.', ['host', 'of']),
    hostMemoryTotal: of('host_memory_size_bytes', 'Memory of a host.', host),
    hostDisk: of('host_disk_bytes', "What is used where the engine's data is.", ['host', 'of']),
    hostDiskTotal: of('host_disk_size_bytes', "Size of the file system with the engine's data.", host),
    hostContainers: of('host_containers', 'Containers on a host, running or not.', host),
    hostImages: of('host_images', 'Images on a host.', host),
    hostClockSkew: of('host_clock_skew_seconds', "How far the engine's clock is ahead of ours.", host),
    operations: of('operations_running', 'Operations that run now.'),
    archiveFiles: of('log_archive_file_bytes', 'Size of the archived segments on disk.'),
    archiveBytes: of('log_archive_bytes', 'Size of the archived lines, unpacked.'),
    archiveLines: of('log_archive_lines', 'Lines in the archived segments.'),
    sockets: of('sockets', 'Pages that are connected.'),
  };
}

function labelsOf(row: AgentRow, fleet: Fleet) {
  return { agent: row.name, type: row.type, host: fleet.find(row.hostId)?.name ?? row.hostId };
}

/** What is not known has no line. */
function put(gauge: Gauge, labels: Readonly<Record<string, string>>, value: number | null, factor = 1): void {
  if (value !== null) gauge.set(labels, value * factor);
}
