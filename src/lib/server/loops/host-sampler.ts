/**
 * What hosts use and have, every 30 s. Where Slipway runs on the machine of the engine, the machine itself says it; of another machine the
 * engine is all that can be asked without being root there: then it is the sum over its containers, and what its images and
 * containers take on the disk. The figures say which.
 */
import type { HostFigures } from '#lib/protocol/metrics.ts';
import type { Engine, EngineInfo, RawStats } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { CoreTime, Room } from '../hosts/machine.ts';
import { Semaphore } from '../services/semaphore.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { HostBoard } from '../streams/host-board.ts';
import { toSample } from '../streams/rates.ts';
import { pause } from './pause.ts';

const EVERY_MS = 30_000;
/** Counting what is stored makes the engine walk over all of it. */
const STORED_EVERY_MS = 10 * 60_000;
const AT_ONCE = 50;

/** hosts/machine.ts; a test has a machine of its own. */
export interface Machine {
  isSameMachine(info: EngineInfo): boolean;
  coreTime(): CoreTime;
  busyPercent(before: CoreTime, now: CoreTime): number | null;
  memoryRoom(): Room;
  diskRoom(dataRoot: string, containerId: string | null): Promise<Room | null>;
}

type Use = Pick<HostFigures, 'cpu' | 'memory' | 'memoryTotal' | 'usedBy'>;
type Disk = Pick<HostFigures, 'disk' | 'diskTotal' | 'diskOf'>;

export interface HostSamplerParts {
  readonly agents: AgentRepository;
  readonly hostFigures: HostBoard;
  readonly machine: Machine;
}

export class HostSampler {
  readonly #parts: HostSamplerParts;

  constructor(parts: HostSamplerParts) {
    this.#parts = parts;
  }

  /** One host, until the signal. What the engine does not answer in time leaves a gap. */
  async run(host: Host, engine: Engine, signal: AbortSignal): Promise<void> {
    const look = new HostLook(this.#parts, host, engine, signal);
    while (!signal.aborted) {
      try {
        const figures = await look.figures();
        if (!isAborted(signal)) this.#parts.hostFigures.put(host.id, figures);
      } catch {
        // the engine is away or too slow: its host's state says so
      }
      await pause(EVERY_MS - (Date.now() % EVERY_MS), signal);
    }
  }
}

/** What has to be remembered of one host from look to look. */
class HostLook {
  readonly #parts: HostSamplerParts;
  readonly #host: Host;
  readonly #engine: Engine;
  readonly #signal: AbortSignal;
  #cores: CoreTime | null = null;
  #readings = new Map<string, RawStats>();
  #stored: { readonly at: number; readonly bytes: number } | null = null;

  constructor(parts: HostSamplerParts, host: Host, engine: Engine, signal: AbortSignal) {
    this.#parts = parts;
    this.#host = host;
    this.#engine = engine;
    this.#signal = signal;
  }

  async figures(): Promise<HostFigures> {
    const asked = Date.now();
    const info = await this.#engine.info();
    const answered = Date.now();
    const isHere = this.#host.view().kind === 'local' && this.#parts.machine.isSameMachine(info);
    const use = isHere ? this.#useOfMachine() : await this.#useOfContainers(info);
    const disk = await this.#disk(info, isHere);
    const { containers, containersRunning, images, version, time } = info;
    return {
      at: new Date(answered).toISOString(),
      ...use,
      ...disk,
      containers,
      containersRunning,
      images,
      version,
      clockSkew: time === null ? null : Math.round(time - (asked + answered) / 2),
    };
  }

  #useOfMachine(): Use {
    const { machine } = this.#parts;
    const before = this.#cores;
    this.#cores = machine.coreTime();
    const { used, total } = machine.memoryRoom();
    return {
      cpu: before === null ? null : machine.busyPercent(before, this.#cores),
      memory: used,
      memoryTotal: total,
      usedBy: 'machine',
    };
  }

  async #useOfContainers({ cpus, memory: memoryTotal }: EngineInfo): Promise<Use> {
    const running = (await this.#engine.listContainers({ signal: this.#signal })).filter(
      ({ status }) => status === 'running' || status === 'paused',
    );
    const turns = new Semaphore(AT_ONCE);
    const before = this.#readings;
    this.#readings = new Map();
    let cpu: number | null = running.length === 0 ? 0 : null;
    let memory = 0;
    await Promise.all(
      running.map(({ id }) =>
        turns.run(this.#signal, async () => {
          const reading = await this.#engine.stats(id, this.#signal).catch(() => null);
          if (reading === null) return;
          this.#readings.set(id, reading);
          const sample = toSample(reading, before.get(id) ?? null);
          memory += sample.memory ?? 0;
          if (sample.cpu !== null) cpu = (cpu ?? 0) + sample.cpu;
        }),
      ),
    );
    const share = cpu === null || cpus === 0 ? null : Math.round((cpu / cpus) * 10) / 10;
    return { cpu: share, memory, memoryTotal, usedBy: 'containers' };
  }

  async #disk({ dataRoot }: EngineInfo, isHere: boolean): Promise<Disk> {
    const known = this.#parts.agents.onHost(this.#host.id).find(({ containerId }) => containerId !== null);
    const room = isHere ? await this.#parts.machine.diskRoom(dataRoot, known?.containerId ?? null) : null;
    if (room !== null) return { disk: room.used, diskTotal: room.total, diskOf: 'file-system' };
    if (this.#stored === null || Date.now() - this.#stored.at >= STORED_EVERY_MS) {
      const bytes = await this.#engine.storedBytes(this.#signal).catch(() => null);
      if (bytes !== null) this.#stored = { at: Date.now(), bytes };
    }
    return { disk: this.#stored?.bytes ?? null, diskTotal: null, diskOf: 'engine' };
  }
}

/** Keeps the type checker from narrowing what happens meanwhile. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
