import { describe, expect, it } from 'vitest';
import type { Engine, RawStats } from '../engine.ts';
import { PATIENCE, collect, type Yard } from './yard.ts';

const MIB = 1024 ** 2;

export function describeStats(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;

  describe('what a container uses', () => {
    it('a reading has the time, and amounts that are whole and not negative, or null', async () => {
      const before = (await engine().info()).time ?? 0;
      const id = await yard().start({ HostConfig: { Memory: 32 * MIB, NetworkMode: 'bridge' } });
      const reading = await engine().stats(id);
      const { readAt, cpuNanos, ...amounts } = reading ?? { readAt: 0, cpuNanos: -1 };
      expect(readAt).toBeGreaterThanOrEqual(before - 1000);
      expect(cpuNanos).toBeGreaterThanOrEqual(0);
      for (const amount of Object.values(amounts)) {
        expect(amount === null || (Number.isInteger(amount) && amount >= 0)).toBe(true);
      }
      expect(reading).toMatchObject({ memoryLimit: 32 * MIB });
      expect(reading?.memoryBytes).toBeLessThanOrEqual(32 * MIB);
      expect(reading?.pids).toBeGreaterThanOrEqual(1);
      expect(reading?.netRxBytes).not.toBeNull();
    });

    it('without a limit the limit is what the host has', async () => {
      const id = await yard().start();
      expect((await engine().stats(id))?.memoryLimit).toBe((await engine().info()).memory);
    });

    it('without a network there are no network figures, rather than zeros', async () => {
      const id = await yard().start({ HostConfig: { NetworkMode: 'none' } });
      expect(await engine().stats(id)).toMatchObject({ netRxBytes: null, netTxBytes: null });
    });

    it('a container that does not run has no reading', async () => {
      const id = await yard().create();
      expect(await engine().stats(id)).toBeNull();
      await engine().startContainer(id);
      await engine().stopContainer(id, 0);
      expect(await engine().stats(id)).toBeNull();
    });

    it('a stream gives readings with growing time and CPU, and ends with the container', async () => {
      const id = await yard().start({ Cmd: ['sh', '-c', 'while :; do :; done'] });
      const stream = collect<RawStats>((signal) => engine().statsStream(id, signal));
      await expect.poll(() => stream.seen.length, PATIENCE).toBeGreaterThanOrEqual(2);
      const [first, second] = stream.seen;
      expect(second?.readAt).toBeGreaterThan(first?.readAt ?? Infinity);
      expect(second?.cpuNanos).toBeGreaterThan(first?.cpuNanos ?? Infinity);
      await engine().stopContainer(id, 0);
      await stream.done;
    });

    it('a stream of one that does not run ends at once', async () => {
      const id = await yard().create();
      const stream = collect<RawStats>((signal) => engine().statsStream(id, signal));
      await stream.done;
      expect(stream.seen).toEqual([]);
    });

    it('a stream ends by its signal, without an error', async () => {
      const id = await yard().start();
      const stream = collect<RawStats>((signal) => engine().statsStream(id, signal));
      await expect.poll(() => stream.seen.length, PATIENCE).toBeGreaterThanOrEqual(1);
      await stream.end();
    });

    it('the size of what it wrote is known, and is nothing for a new one', async () => {
      expect(await engine().containerSize(await yard().create())).toBe(0);
    });
  });
}
