import type { RawStats } from '../engine.ts';
import type { Clock } from './clock.ts';

/** What a container uses, as a test sets it. Figures that the engine does not report are null. */
export interface Use {
  /** Cores. */
  readonly cpu: number;
  readonly memoryBytes: number | null;
  readonly netRxBytes: number | null;
  readonly netTxBytes: number | null;
  readonly blockReadBytes: number | null;
  readonly blockWriteBytes: number | null;
  readonly pids: number | null;
  readonly throttledNanos: number | null;
  /** Size of the writable layer. */
  readonly writableBytes: number;
}

const AT_REST: Use = {
  cpu: 0.01,
  memoryBytes: 8_388_608,
  netRxBytes: 0,
  netTxBytes: 0,
  blockReadBytes: 0,
  blockWriteBytes: 0,
  pids: 1,
  throttledNanos: 0,
  writableBytes: 0,
};

/** The meter of one container: CPU time adds up with the clock while it runs. */
export class ResourceUse {
  readonly #clock: Clock;
  #memoryLimit: number;
  #use: Use = AT_REST;
  #cpuNanos = 0;
  #countedUntil: number | null = null;

  constructor(clock: Clock, host: { readonly memoryLimit: number; readonly hasNetwork: boolean }) {
    this.#clock = clock;
    this.#memoryLimit = host.memoryLimit;
    if (!host.hasNetwork) this.#use = { ...AT_REST, netRxBytes: null, netTxBytes: null };
  }

  get writableBytes(): number {
    return this.#use.writableBytes;
  }

  change(use: Partial<Use>): void {
    this.#count();
    this.#use = { ...this.#use, ...use };
  }

  /** Bytes. */
  limitMemory(bytes: number): void {
    this.#memoryLimit = bytes;
  }

  start(): void {
    this.#cpuNanos = 0;
    this.#countedUntil = this.#clock.now();
  }

  pause(): void {
    this.#count();
    this.#countedUntil = null;
  }

  resume(): void {
    this.#countedUntil = this.#clock.now();
  }

  read(): RawStats {
    this.#count();
    const { cpu: _cpu, writableBytes: _writable, ...figures } = this.#use;
    // starting it has cost something already
    return {
      readAt: this.#clock.now(),
      cpuNanos: 1_000_000 + Math.round(this.#cpuNanos),
      memoryLimit: this.#memoryLimit,
      ...figures,
    };
  }

  #count(): void {
    if (this.#countedUntil === null) return;
    const now = this.#clock.now();
    this.#cpuNanos += (now - this.#countedUntil) * 1e6 * this.#use.cpu;
    this.#countedUntil = now;
  }
}
