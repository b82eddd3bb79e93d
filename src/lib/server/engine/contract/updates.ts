import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { PATIENCE, actionsOf, expectRefusal, listen, type Yard } from './yard.ts';

const MIB = 1024 ** 2;

export function describeUpdates(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const limits = async (id: string) => {
    const { HostConfig } = (await engine().inspectContainer(id)).raw;
    return typeof HostConfig === 'object' && HostConfig !== null ? { ...HostConfig } : {};
  };
  const memoryLimit = async (id: string) => (await engine().stats(id))?.memoryLimit ?? 0;

  describe('a change of limits', () => {
    it('holds at once and over a restart, in one call', async () => {
      const id = await yard().start();
      await engine().updateContainer(id, { memory: 64 * MIB, cpu: 0.5, pids: 40 });
      const expected = { Memory: 64 * MIB, MemorySwap: 64 * MIB, NanoCpus: 5e8, PidsLimit: 40 };
      expect(await limits(id)).toMatchObject(expected);
      expect(await memoryLimit(id)).toBe(64 * MIB);
      await engine().restartContainer(id, 0);
      expect(await limits(id)).toMatchObject(expected);
      expect(await memoryLimit(id)).toBe(64 * MIB);
    });

    it('may go up and down, and what is not named stays', async () => {
      const id = await yard().start({
        HostConfig: { NetworkMode: 'none', Memory: 64 * MIB, MemorySwap: 64 * MIB },
      });
      await engine().updateContainer(id, { memory: 128 * MIB });
      expect(await memoryLimit(id)).toBe(128 * MIB);
      await engine().updateContainer(id, { memory: 32 * MIB });
      expect(await memoryLimit(id)).toBe(32 * MIB);
      await engine().updateContainer(id, { pids: 40 });
      expect(await limits(id)).toMatchObject({ Memory: 32 * MIB, MemorySwap: 32 * MIB, PidsLimit: 40 });
    });

    it('null takes each limit away, also over a restart', async () => {
      const HostConfig = { Memory: 64 * MIB, MemorySwap: 64 * MIB, NanoCpus: 5e8, PidsLimit: 40 };
      const id = await yard().start({ HostConfig: { NetworkMode: 'none', ...HostConfig } });
      await engine().updateContainer(id, { memory: null, cpu: null, pids: null });
      const { cpus, memory } = await engine().info();
      expect(await memoryLimit(id)).toBe(memory);
      await engine().restartContainer(id, 0);
      expect(await memoryLimit(id)).toBe(memory);
      expect(await limits(id)).toMatchObject({ NanoCpus: cpus * 1e9 });
      await engine().updateContainer(id, { memory: 64 * MIB, cpu: 0.5, pids: 40 });
      expect(await limits(id)).toMatchObject(HostConfig);
    });

    it('null for one that has no limit changes nothing', async () => {
      const id = await yard().start();
      await engine().updateContainer(id, { memory: null, cpu: null });
      expect(await limits(id)).toMatchObject({ Memory: 0, NanoCpus: 0 });
    });

    it('can be made while it is paused or does not run', async () => {
      const id = await yard().create();
      await engine().updateContainer(id, { memory: 64 * MIB });
      await engine().startContainer(id);
      expect(await memoryLimit(id)).toBe(64 * MIB);
      await engine().pauseContainer(id);
      await engine().updateContainer(id, { memory: 32 * MIB });
      expect(await limits(id)).toMatchObject({ Memory: 32 * MIB });
    });

    it('is refused as a whole when one part of it is', async () => {
      const id = await yard().start();
      await expectRefusal(engine().updateContainer(id, { pids: 40, memory: MIB }), 'RESOURCE_LIMIT');
      await expectRefusal(engine().updateContainer(id, { pids: 40, cpu: 4096 }), 'RESOURCE_LIMIT');
      const restart = { name: 'sometimes', maximumRetryCount: 0 };
      await expectRefusal(engine().updateContainer(id, { pids: 40, restart }), 'VALIDATION');
      expect(await limits(id)).not.toMatchObject({ PidsLimit: 40 });
    });

    it('is told', async () => {
      const id = await yard().start();
      const events = await listen(engine());
      await engine().updateContainer(id, { pids: 40 });
      await expect.poll(() => actionsOf(events.seen, id), PATIENCE).toEqual(['update']);
      await events.end();
    });
  });

  describe('a change of the restart policy', () => {
    it('holds from the next end on', async () => {
      const id = await yard().start({ Cmd: ['sh', '-c', 'sleep 0.5; exit 2'] });
      expect(await engine().inspectContainer(id)).toMatchObject({ restartPolicy: 'no', autoRemove: false });
      await engine().updateContainer(id, { restart: { name: 'on-failure', maximumRetryCount: 1 } });
      expect((await engine().inspectContainer(id)).restartPolicy).toBe('on-failure');
      await expect.poll(async () => (await engine().inspectContainer(id)).restartCount, PATIENCE).toBe(1);
      await yard().until(id, 'exited');
    });

    it('to none lets the next end be the last', async () => {
      const RestartPolicy = { Name: 'always' };
      const HostConfig = { NetworkMode: 'none', RestartPolicy };
      const id = await yard().start({ Cmd: ['sh', '-c', 'sleep 0.5; exit 2'], HostConfig });
      await engine().updateContainer(id, { restart: { name: 'no', maximumRetryCount: 0 } });
      await yard().until(id, 'exited');
      expect(await engine().inspectContainer(id)).toMatchObject({ restartCount: 0, exitCode: 2 });
    });
  });
}
