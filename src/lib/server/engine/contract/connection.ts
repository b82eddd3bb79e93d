import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import type { FaultyEngine } from './subject.ts';
import { PATIENCE, Yard, collect, expectRefusal, textOf } from './yard.ts';

export function describeConnection(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;

  describe('the engine itself', () => {
    it('answers a ping', async () => {
      await engine().ping(5000);
    });

    it('says its version and what its host has', async () => {
      const [version, info] = [await engine().version(), await engine().info()];
      expect(version.flavour).toBe('docker');
      expect(version.apiVersion).toMatch(/^1\.\d+$/);
      expect(info).toMatchObject({ version: version.version, apiVersion: version.apiVersion });
      for (const text of [info.id, info.name, info.os, info.storageDriver]) expect(text).not.toBe('');
      expect(info.cpus).toBeGreaterThanOrEqual(1);
      expect(info.memory).toBeGreaterThan(1024 ** 3);
      expect(info.cgroupVersion).toMatch(/^[12]$/);
      expect(info.runtimes).toContain(info.defaultRuntime);
      expect(info.defaultRuntime).toBe('runc');
      expect(Math.abs((info.time ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(info.dataRoot).toMatch(/^\//);
      expect(info.kernel).not.toBe('');
      expect(info.images).toBeGreaterThanOrEqual(1);
      expect(info.containers ?? 0).toBeGreaterThanOrEqual(info.containersRunning ?? Infinity);
    });

    it('a call whose signal has ended is not made', async () => {
      await expectRefusal(engine().listContainers({ signal: AbortSignal.abort() }), 'CANCELLED');
      await expectRefusal(
        engine().createContainer('aborted', yard().plan(), { signal: AbortSignal.abort() }),
        'CANCELLED',
      );
      expect((await engine().listContainers()).map(({ name }) => name)).not.toContain('aborted');
    });
  });

  describe('an engine that hangs or goes away', () => {
    let faulty: FaultyEngine;
    let theirs: Yard;

    beforeEach(async () => {
      faulty = await yard().subject.faulty();
      theirs = new Yard({ ...yard().subject, engine: faulty.engine });
    });
    afterEach(async () => {
      await faulty.heal();
      await theirs.clear();
      faulty.engine.close();
      faulty.dispose();
    });
    const talking = () => theirs.start({ Cmd: ['sh', '-c', 'while :; do echo on; sleep 0.05; done'] });
    const follow = (id: string) =>
      collect((signal) => faulty.engine.logs(id, { follow: true, tail: null, since: null, signal }));

    it('a ping fails after its time, and not before', async () => {
      await faulty.engine.ping(5000);
      faulty.hang();
      const began = Date.now();
      await expectRefusal(faulty.engine.ping(300), 'SOCKET_ERROR');
      expect(Date.now() - began).toBeGreaterThanOrEqual(290);
      expect(Date.now() - began).toBeLessThan(2000);
    });

    it('a call to one that hangs is ended by its signal', async () => {
      faulty.hang();
      await expectRefusal(faulty.engine.listContainers({ signal: AbortSignal.timeout(100) }), 'SOCKET_ERROR');
      const person = new AbortController();
      const call = faulty.engine.listContainers({ signal: person.signal });
      person.abort();
      await expectRefusal(call, 'CANCELLED');
    });

    it('a stream from one that hangs says nothing, and goes on when it does', async () => {
      const stream = follow(await talking());
      await expect.poll(() => textOf(stream.seen), PATIENCE).toContain('on\n');
      faulty.hang();
      await expectRefusal(faulty.engine.ping(200), 'SOCKET_ERROR');
      const { length } = stream.seen;
      await expectRefusal(faulty.engine.ping(200), 'SOCKET_ERROR');
      expect(stream.seen).toHaveLength(length);
      await faulty.heal();
      await expect.poll(() => stream.seen.length, PATIENCE).toBeGreaterThan(length);
      await stream.end();
    });

    it('when it goes away, what follows it throws and what calls it is refused', async () => {
      const id = await talking();
      const streams = [
        follow(id),
        collect((signal) => faulty.engine.statsStream(id, signal)),
        collect((signal) => faulty.engine.events({ since: 1, signal })),
      ];
      for (const stream of streams) await expect.poll(() => stream.seen.length, PATIENCE).toBeGreaterThan(0);
      faulty.cut();
      for (const stream of streams) await expectRefusal(stream.done, 'SOCKET_ERROR');
      await expectRefusal(faulty.engine.ping(5000), 'SOCKET_ERROR');
      await expectRefusal(faulty.engine.inspectContainer(id), 'SOCKET_ERROR');
      await expectRefusal(follow(id).done, 'SOCKET_ERROR');
    });

    it('when it is back, the same port serves again, and what ran runs', async () => {
      const id = await talking();
      faulty.cut();
      await expectRefusal(faulty.engine.ping(5000), 'SOCKET_ERROR');
      await faulty.heal();
      expect((await faulty.engine.inspectContainer(id)).status).toBe('running');
    });

    it('close ends the streams that are open', async () => {
      const stream = follow(await talking());
      await expect.poll(() => textOf(stream.seen), PATIENCE).toContain('on\n');
      faulty.engine.close();
      await expectRefusal(stream.done, 'SOCKET_ERROR');
    });
  });
}
