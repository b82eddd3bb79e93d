import { describe, expect, it } from 'vitest';
import { toUpdateBody } from './update-body.ts';

const MIB = 1024 ** 2;
const host = (hostConfig: Readonly<Record<string, unknown>> = {}) => ({ hostConfig, cpus: 4 });

describe('limits in the words of an update', () => {
  it('name what is named and nothing else', () => {
    expect(toUpdateBody({}, host())).toEqual({});
    expect(toUpdateBody({ pids: 10 }, host())).toEqual({ PidsLimit: 10 });
    expect(toUpdateBody({ restart: { name: 'on-failure', maximumRetryCount: 3 } }, host())).toEqual({
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    });
  });

  it('set memory and swap together', () => {
    expect(toUpdateBody({ memory: 64 * MIB }, host())).toEqual({ Memory: 64 * MIB, MemorySwap: 64 * MIB });
  });

  it('take a limit away by one that is above all', () => {
    const hostConfig = { Memory: 64 * MIB, NanoCpus: 5e8 };
    const body = toUpdateBody({ memory: null, cpu: null, pids: null }, host(hostConfig));
    expect(body).toMatchObject({ NanoCpus: 4e9, PidsLimit: -1 });
    expect(body.Memory).toBeGreaterThan(2 ** 62);
    expect(body.Memory).toBeLessThan(2 ** 63);
    expect(body.MemorySwap).toBe(body.Memory);
    // as the engine reads it: it takes no more than a signed number of 64 bits
    expect(BigInt(JSON.stringify(body.Memory))).toBeLessThan(2n ** 63n);
  });

  it('leave alone what has no limit', () => {
    expect(toUpdateBody({ memory: null, cpu: null }, host({ Memory: 0, NanoCpus: 0 }))).toEqual({});
  });

  it('are a quota for a container that was made with one', () => {
    const hostConfig = { CpuQuota: 25_000, CpuPeriod: 50_000 };
    expect(toUpdateBody({ cpu: 1.5 }, host(hostConfig))).toEqual({ CpuQuota: 75_000 });
    expect(toUpdateBody({ cpu: null }, host(hostConfig))).toEqual({ CpuQuota: -1 });
    expect(toUpdateBody({ cpu: 1.5 }, host({ CpuQuota: 25_000 }))).toEqual({ CpuQuota: 150_000 });
  });
});
