/**
 * Measures what agents use: every 10 s for all of a host at once (asked one after the other an old engine makes each wait for the next second's
 * tick), and each second for those that somebody looks at. A round begins at the same moment of each ten seconds, so that every interval of the
 * history has a figure; what has not answered by then is not asked again, so nothing piles up before a hung engine. Samples carry our own time:
 * an engine's clock may be wrong.
 */
import type { Engine, RawStats } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Host } from '../hosts/host.ts';
import type { AppBus } from '../messages.ts';
import { Semaphore } from '../services/semaphore.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';
import { toSample } from '../streams/rates.ts';
import { pause } from './pause.ts';

const EVERY_MS = 10_000;
/** After the full ten seconds: what is measured falls well into one interval. */
const PHASE_MS = 2_000;
/** After an agent became ready: so that the list has a figure soon. Two readings make a rate. */
const SOON_MS = [300, 2_000] as const;
/** An old engine collects about 210 readings a second: more at once would only wait there, with a connection each. */
const AT_ONCE = 250;
const MEASURED_STATES = ['starting', 'ready', 'stopping', 'paused'];

export class Sampler {
  readonly #agents: AgentRepository;
  readonly #fleet: Fleet;
  readonly #pulses: PulseBoard;
  readonly #last = new Map<string, RawStats>();
  readonly #watched = new Map<string, { viewers: number; stop: AbortController }>();
  /** Those whose reading has not come yet. */
  readonly #asked = new Set<string>();
  readonly #closed = new AbortController();
  readonly #stop: () => void;
  readonly #soon = new Set<NodeJS.Timeout>();

  constructor(parts: { agents: AgentRepository; fleet: Fleet; pulses: PulseBoard; bus: AppBus }) {
    this.#agents = parts.agents;
    this.#fleet = parts.fleet;
    this.#pulses = parts.pulses;
    this.#stop = parts.bus.on('facts', (facts) => {
      for (const fact of facts) {
        if (fact.kind !== 'agent' || fact.change === undefined) continue;
        if (!MEASURED_STATES.includes(fact.agent.state)) this.#pulses.rest(fact.agent.id);
        else if (fact.change.to === 'ready') this.#measureSoon(fact.agent.id);
      }
    });
  }

  /** One host, until the signal. */
  async run(host: Host, engine: Engine, signal: AbortSignal): Promise<void> {
    // a rate needs two readings: the second follows soon
    const turns = new Semaphore(AT_ONCE);
    let first = true;
    while (!signal.aborted) {
      for (const row of this.#agents.onHost(host.id)) {
        if (!this.#isMeasured(row) || this.#watched.has(row.id) || this.#asked.has(row.id)) continue;
        void turns.run(signal, () => this.#measure(engine, row, signal)).catch(() => undefined);
      }
      await pause(first ? SOON_MS[1] : EVERY_MS - ((Date.now() - PHASE_MS) % EVERY_MS), signal);
      first = false;
    }
  }

  /** Samples an agent each second for as long as somebody looks. Gives what ends it. */
  watch(agentId: string): () => void {
    const known = this.#watched.get(agentId);
    if (known !== undefined) known.viewers += 1;
    else {
      const stop = new AbortController();
      this.#watched.set(agentId, { viewers: 1, stop });
      void this.#stream(agentId, AbortSignal.any([stop.signal, this.#closed.signal]));
    }
    let over = false;
    return () => {
      const entry = this.#watched.get(agentId);
      if (over || entry === undefined) return;
      over = true;
      entry.viewers -= 1;
      if (entry.viewers > 0) return;
      entry.stop.abort();
      this.#watched.delete(agentId);
    };
  }

  close(): void {
    this.#stop();
    this.#closed.abort();
    for (const timer of this.#soon) clearTimeout(timer);
  }

  #isMeasured(row: AgentRow): boolean {
    return row.containerId !== null && MEASURED_STATES.includes(row.state) && row.startedAt !== null;
  }

  #measureSoon(agentId: string): void {
    for (const ms of SOON_MS) {
      const timer = setTimeout(() => {
        this.#soon.delete(timer);
        const row = this.#agents.byId(agentId);
        const host = row === undefined ? undefined : this.#fleet.find(row.hostId);
        if (row === undefined || host?.state !== 'online' || !this.#isMeasured(row)) return;
        void this.#measure(host.engine(), row, this.#closed.signal);
      }, ms);
      this.#soon.add(timer);
    }
  }

  async #measure(engine: Engine, row: AgentRow, signal: AbortSignal): Promise<void> {
    if (row.containerId === null || this.#asked.has(row.id)) return;
    this.#asked.add(row.id);
    try {
      const reading = await engine.stats(row.containerId, signal);
      if (reading === null) this.#pulses.rest(row.id);
      else this.#take(row.id, row.containerId, reading);
    } catch {
      // the engine is away or the container is gone; the watcher says which
    } finally {
      this.#asked.delete(row.id);
    }
  }

  async #stream(agentId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const row = this.#agents.byId(agentId);
      if (row !== undefined && row.containerId !== null && this.#isMeasured(row)) {
        try {
          const engine = this.#fleet.engine(row.hostId);
          for await (const reading of engine.statsStream(row.containerId, signal))
            this.#take(agentId, row.containerId, reading);
        } catch {
          // as above
        }
      }
      await pause(1_000, signal);
    }
  }

  #take(agentId: string, containerId: string, reading: RawStats): void {
    const before = this.#last.get(containerId) ?? null;
    if (before !== null && before.readAt >= reading.readAt) return;
    this.#last.set(containerId, reading);
    if (this.#last.size > 5_000) this.#last.delete(this.#last.keys().next().value ?? '');
    this.#pulses.sample(agentId, { ...toSample(reading, before), at: Date.now() });
  }
}
