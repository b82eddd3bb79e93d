import type { ContainerLimits } from '../facts.ts';
import { number } from './shapes.ts';

/**
 * More than any host has, and what the kernel itself writes for no limit. 0 would mean "as it is" to the engine, -1 is refused, and a
 * MemorySwap of -1 is noted and never reaches the kernel.
 */
const NO_MEMORY_LIMIT = 9_223_372_036_854_771_712;
const NO_PIDS_LIMIT = -1;
const DEFAULT_PERIOD = 100_000;

/** The body of `POST /containers/{id}/update`; amounts as in a create body. */
export interface UpdateBody {
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly NanoCpus?: number;
  readonly CpuQuota?: number;
  readonly PidsLimit?: number;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount: number };
}

/** What a container has now (its HostConfig) and how many cores its host has. */
interface Present {
  readonly hostConfig: Readonly<Record<string, unknown>>;
  readonly cpus: number;
}

/**
 * Limits in the engine's words. Unlimited cores are all cores of the host: NanoCpus of 0 means "as it is", and a CpuQuota of -1 lifts the
 * limit, but stays and lifts every later one too at the next start. A container that was made with a quota keeps one: the engine
 * takes NanoCpus for it no more.
 */
export function toUpdateBody(limits: ContainerLimits, { hostConfig, cpus }: Present): UpdateBody {
  const { memory, cpu, pids, restart } = limits;
  const now = (key: string) => number(hostConfig[key]) ?? 0;
  const nothing = {};
  const memoryBody = () => {
    if (memory === undefined || (memory === null && now('Memory') === 0)) return nothing;
    const bytes = memory ?? NO_MEMORY_LIMIT;
    return { Memory: bytes, MemorySwap: bytes };
  };
  const cpuBody = () => {
    if (cpu === undefined) return nothing;
    const period = now('CpuPeriod') || DEFAULT_PERIOD;
    if (now('CpuQuota') > 0) return { CpuQuota: cpu === null ? -1 : Math.round(cpu * period) };
    if (cpu === null && now('NanoCpus') === 0) return nothing;
    return { NanoCpus: Math.round((cpu ?? cpus) * 1e9) };
  };
  return {
    ...memoryBody(),
    ...cpuBody(),
    ...(pids === undefined ? nothing : { PidsLimit: pids ?? NO_PIDS_LIMIT }),
    ...(restart === undefined
      ? nothing
      : { RestartPolicy: { Name: restart.name, MaximumRetryCount: restart.maximumRetryCount } }),
  };
}
