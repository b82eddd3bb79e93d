/**
 * Keeps figures: every ten seconds what was sampled since, and from it, in the background, the coarser steps, which outlive the finer ones.
 * A coarser step is made when all of its finer ones are written, so making it again after a restart gives the same.
 */
import { AGENT_STEPS, HOST_STEPS, type MetricStep } from '#lib/domain/metric-steps.ts';
import { regroup, regroupHost, type HostPoint } from '#lib/domain/metric-points.ts';
import type { HostFigures } from '#lib/protocol/metrics.ts';
import type { Log } from '../log.ts';
import type { Kept, MetricRepository } from '../storage/metrics.ts';
import type { HostBoard } from '../streams/host-board.ts';
import type { LineCounts } from '../streams/line-counts.ts';
import { FINEST_MS, MetricBuckets } from '../streams/metric-buckets.ts';
import type { PulseBoard } from '../streams/pulse-board.ts';

const TICK_MS = 10_000;
const HOST_STEP_MS = HOST_STEPS[0].step * 1000;
/** Of these many at once; between two such lots others have their turn. */
const LOT = 50;
/** A reading may come a moment after the end of its interval. */
const LATE_S = 2;

type Kind = 'agents' | 'hosts';
const STEPS: readonly (readonly [Kind, readonly MetricStep[]])[] = [
  ['agents', AGENT_STEPS],
  ['hosts', HOST_STEPS],
];

export interface RecorderParts {
  readonly repository: MetricRepository;
  readonly pulses: PulseBoard;
  readonly hostFigures: HostBoard;
  readonly lineCounts: LineCounts;
  readonly log: Log;
}

export class MetricRecorder {
  readonly #parts: RecorderParts;
  readonly #buckets = new MetricBuckets();
  #hosts: Kept<HostPoint>[] = [];
  /** Up to where each step was made, by kind and step; seconds. */
  readonly #made = new Map<string, number>();
  #endings: (() => void)[] = [];
  #working: Promise<void> | null = null;
  #closed = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  start(): void {
    const { pulses, hostFigures } = this.#parts;
    const timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
    this.#endings = [
      () => {
        clearInterval(timer);
      },
      pulses.onSample((id, sample) => {
        this.#buckets.add(id, sample);
      }),
      hostFigures.onNew((id, figures) => {
        this.#hosts.push({ id, point: hostPoint(figures) });
      }),
    ];
    this.#tick();
  }

  /** Writes what there is, also of the interval that is not over. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#endings) end();
    await this.#working;
    this.#write(true);
  }

  #tick(): void {
    this.#write(false);
    this.#working ??= this.#rollUp().finally(() => {
      this.#working = null;
    });
  }

  #write(all: boolean): void {
    const { repository, lineCounts, log } = this.#parts;
    try {
      repository.write(FINEST_MS / 1000, {
        agents: this.#buckets.take(Date.now(), all),
        lines: lineCounts.take(),
      });
      repository.write(HOST_STEP_MS / 1000, { hosts: this.#hosts });
    } catch (error) {
      log.error({ err: error }, 'figures could not be written');
    }
    this.#hosts = [];
  }

  async #rollUp(): Promise<void> {
    const { repository } = this.#parts;
    const now = Math.floor(Date.now() / 1000);
    try {
      for (const [kind, steps] of STEPS) {
        for (const [place, { step }] of steps.entries()) {
          const finer = steps[place - 1];
          if (finer !== undefined) await this.#make(kind, finer.step, step, now);
        }
      }
      if (this.#closed) return;
      for (const [kind, steps] of STEPS) {
        for (const [place, { step, keep }] of steps.entries()) {
          // whole intervals of the next step go together: it is never made from a part of them
          const next = steps[place + 1]?.step ?? step;
          repository.prune(kind, step, Math.floor((now - keep) / next) * next);
        }
      }
      for (const { step, keep } of AGENT_STEPS) repository.prune('lines', step, now - keep);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'figures could not be summed up');
    }
  }

  /** Makes the intervals of a step that have ended since. */
  async #make(kind: Kind, finer: number, step: number, now: number): Promise<void> {
    const { repository } = this.#parts;
    const name = `${kind} ${step}`;
    const from = this.#made.get(name) ?? repository.newest(kind, step);
    const to = Math.floor((now - LATE_S - TICK_MS / 1000) / step) * step;
    if (to <= from) return;
    const ids = repository.ids(kind, finer, from, to);
    for (let start = 0; start < ids.length; start += LOT) {
      if (this.#closed) return;
      const lot = ids.slice(start, start + LOT);
      if (kind === 'agents') {
        const agents = lot.flatMap((id) =>
          regroup(repository.agent(id, finer, from, to), step * 1000).map((point) => ({ id, point })),
        );
        repository.write(step, { agents });
      } else {
        const hosts = lot.flatMap((id) =>
          regroupHost(repository.host(id, finer, from, to), step * 1000).map((point) => ({ id, point })),
        );
        repository.write(step, { hosts });
      }
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    this.#made.set(name, to);
  }
}

function hostPoint(figures: HostFigures): HostPoint {
  const { at, usedBy: _usedBy, diskOf: _diskOf, version: _version, ...rest } = figures;
  return { at: Math.floor(Date.parse(at) / HOST_STEP_MS) * HOST_STEP_MS, samples: 1, ...rest };
}
