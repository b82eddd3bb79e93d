/** The quick figures of all agents, in memory: what the list and the overview show. */
import type { ActivitySource, IdleView, Pulse, StatsSample } from '#lib/protocol/views.ts';

const BUCKET_MS = 20_000;
const BUCKETS = 30;
const KEPT_SAMPLES = 900;

interface Entry {
  samples: StatsSample[];
  /** CPU by bucket of time: sum and count. */
  buckets: Map<number, { sum: number; count: number }>;
  lastOutput: string | null;
  /** When each source was last active. Milliseconds since 1970. */
  active: Map<ActivitySource, number>;
  idle: IdleView | null;
  running: boolean;
  /** As it was last asked for, good until something changes or the next bucket begins: every list asks for all of them. */
  pulse: { readonly bucket: number; readonly value: Pulse } | null;
}

export class PulseBoard {
  readonly #entries = new Map<string, Entry>();
  #changed = new Set<string>();
  readonly #listeners = new Set<(agentId: string, sample: StatsSample) => void>();

  /** Hears of each sample. Gives what ends it. */
  onSample(listener: (agentId: string, sample: StatsSample) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One more reading of an agent that runs. */
  sample(agentId: string, sample: StatsSample): void {
    const entry = this.#entry(agentId);
    entry.pulse = null;
    entry.running = true;
    entry.samples.push(sample);
    if (entry.samples.length > KEPT_SAMPLES) entry.samples = entry.samples.slice(-KEPT_SAMPLES);
    if (sample.cpu !== null) {
      const at = Math.floor(sample.at / BUCKET_MS);
      const bucket = entry.buckets.get(at) ?? { sum: 0, count: 0 };
      bucket.sum += sample.cpu;
      bucket.count += 1;
      entry.buckets.set(at, bucket);
      for (const old of entry.buckets.keys()) if (old < at - BUCKETS) entry.buckets.delete(old);
    }
    this.#changed.add(agentId);
    for (const listener of this.#listeners) listener(agentId, sample);
  }

  output(agentId: string, line: string, at: number): void {
    const entry = this.#entry(agentId);
    entry.pulse = null;
    entry.lastOutput = line;
    this.active(agentId, 'output', at);
  }

  /** Somebody or something was active. An older time than the one that is known changes nothing. */
  active(agentId: string, source: ActivitySource, at: number): void {
    const entry = this.#entry(agentId);
    if ((entry.active.get(source) ?? 0) < at) entry.active.set(source, at);
    entry.pulse = null;
    this.#changed.add(agentId);
  }

  /** The newest activity of one of these sources. */
  newest(agentId: string, sources: readonly ActivitySource[]): { source: ActivitySource; at: number } | null {
    let newest: { source: ActivitySource; at: number } | null = null;
    for (const source of sources) {
      const at = this.#entries.get(agentId)?.active.get(source);
      if (at !== undefined && at > (newest?.at ?? 0)) newest = { source, at };
    }
    return newest;
  }

  /** When it will be stopped by its idle rule, and why then. */
  idle(agentId: string, view: IdleView | null): void {
    const entry = this.#entry(agentId);
    if (JSON.stringify(entry.idle) === JSON.stringify(view)) return;
    entry.idle = view;
    entry.pulse = null;
    this.#changed.add(agentId);
  }

  /** A stopped container has no numbers; its last output stays. */
  rest(agentId: string): void {
    const entry = this.#entries.get(agentId);
    if (entry === undefined || !entry.running) return;
    entry.pulse = null;
    entry.running = false;
    this.#changed.add(agentId);
  }

  forget(agentId: string): void {
    this.#entries.delete(agentId);
  }

  samples(agentId: string): readonly StatsSample[] {
    return this.#entries.get(agentId)?.samples ?? [];
  }

  /** The newest sample; null of one that does not run. */
  now(agentId: string): StatsSample | null {
    const entry = this.#entries.get(agentId);
    return entry?.running === true ? (entry.samples.at(-1) ?? null) : null;
  }

  lastActivityAt(agentId: string): number | null {
    return this.newest(agentId, ['input', 'output', 'ssh'])?.at ?? null;
  }

  pulse(agentId: string, now: number): Pulse | null {
    const entry = this.#entries.get(agentId);
    if (entry === undefined) return null;
    const newest = Math.floor(now / BUCKET_MS);
    if (entry.pulse?.bucket === newest) return entry.pulse.value;
    const last = entry.running ? entry.samples.at(-1) : undefined;
    const spark = entry.running
      ? Array.from({ length: BUCKETS }, (_, place) => {
          const bucket = entry.buckets.get(newest - BUCKETS + 1 + place);
          return bucket === undefined ? null : Math.round((bucket.sum / bucket.count) * 10) / 10;
        })
      : [];
    const value: Pulse = {
      cpu: last?.cpu ?? null,
      memory: last?.memory ?? null,
      memoryLimit: last?.memoryLimit ?? null,
      spark,
      lastOutput: entry.lastOutput,
      lastActivityAt: isoOrNull(this.lastActivityAt(agentId)),
      idle: entry.idle,
    };
    entry.pulse = { bucket: newest, value };
    return value;
  }

  /** Which agents' figures changed since this was last asked. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  #entry(agentId: string): Entry {
    const entry = this.#entries.get(agentId) ?? {
      samples: [],
      buckets: new Map(),
      lastOutput: null,
      active: new Map(),
      idle: null,
      running: false,
      pulse: null,
    };
    this.#entries.set(agentId, entry);
    return entry;
  }
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
