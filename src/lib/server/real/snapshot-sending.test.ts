/** Snapshots on their way between real engines, and to a real registry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotView } from '#lib/protocol/views.ts';
import { startTestRegistry, whyNoTestRegistry } from '../engine/testing/registry.ts';
import type { Engine } from '../engine/engine.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';
import { startTestEngine, type TestEngine } from '../../../../scripts/test-engine.ts';

const WAIT = { wait: true };
const NO_PLACE = NO_ENGINE ?? whyNoTestRegistry();

describe.skipIf(NO_PLACE !== undefined)('a snapshot that is sent', { timeout: 120_000 }, () => {
  let real: RealApp;
  let second: TestEngine;
  let far: Engine;
  let agentName: string;
  beforeAll(async () => {
    real = await realApp();
    real.app.services.imagePolicy.change(real.admin, { allow: null, strict: false });
    second = await startTestEngine({ own: true });
    far = await real.addHost('far', second.socket);
    agentName = `sender-${real.run}`;
    await real.app.services.agents.spawn(
      real.admin,
      {
        name: agentName,
        type: 'custom',
        image: real.image,
        host: 'local',
        command: ['sh', '-c', 'exec sleep infinity'],
      },
      WAIT,
    );
  }, 180_000);
  afterAll(async () => {
    await real.close();
    await second.stop();
  }, 120_000);

  const write = (text: string) =>
    real.docker('exec', containerOf(agentName), 'sh', '-c', `printf %s "$0" > /work.txt`, text);
  const containerOf = (name: string) => real.app.services.agents.get(real.admin, name).containerId ?? '';
  const take = async (name: string): Promise<SnapshotView> => {
    const taken = await real.app.services.snapshots.create(real.admin, agentName, { name });
    if (taken === null) throw new Error('no snapshot was taken');
    return taken;
  };

  it('to another host is whole there: a fork of it has the files, and the one that was copied stays', async () => {
    await write('from here');
    const taken = await take('travels');
    const { snapshot } = await real.app.services.snapshotSending.copy(
      real.admin,
      taken.id,
      { host: 'far' },
      WAIT,
    );
    expect(snapshot).toMatchObject({ name: 'travels', parentId: taken.parentId, image: taken.image });
    const [fork] = await real.app.services.forking.fork(
      real.admin,
      snapshot?.id ?? '',
      { name: `arrived-${real.run}` },
      WAIT,
    );
    expect(fork).toMatchObject({ state: 'ready', host: 'far' });
    const read = await far.execute(fork?.containerId ?? '', {
      command: ['cat', '/work.txt'],
      timeoutMs: 10_000,
    });
    expect(read.stdout.toString()).toBe('from here');
    expect(await real.engine.inspectImage(taken.image)).not.toBeNull();
  });

  it('to another host that goes away in the middle is not recorded there', async () => {
    const taken = await take('lost');
    const before = real.app.services.snapshots.list(real.admin).length;
    const copying = real.app.services.snapshotSending.copy(real.admin, taken.id, { host: 'far' }, WAIT);
    const failed = copying.then(
      () => null,
      (error: unknown) => error,
    );
    await second.crash();
    try {
      // the copy may have been whole already: then it is there, and otherwise nothing is
      const error = await failed;
      const listed = real.app.services.snapshots.list(real.admin).length;
      expect(listed).toBe(error === null ? before + 1 : before);
    } finally {
      await second.boot();
    }
  });

  it('to a registry with a login is there for others to pull, and keeps its one name here', async () => {
    const registry = await startTestRegistry({ engineSocket: real.socket, login: true });
    try {
      const { login } = registry;
      await real.app.services.registries.put(real.admin, registry.address, {
        username: login?.username,
        password: login?.password,
      });
      await write('pushed');
      const taken = await take('pushed');
      const reference = `${registry.address}/team/agent:one`;
      const pushed = await real.app.services.snapshotSending.push(real.admin, taken.id, { reference }, WAIT);
      expect(pushed).toMatchObject({ kind: 'push', state: 'succeeded', subject: reference });
      expect(await real.engine.inspectImage(reference)).toBeNull();
      await real.engine.pullImage(reference, {
        signal: AbortSignal.timeout(60_000),
        onProgress: () => undefined,
        ...(login === null ? {} : { login }),
      });
      expect((await real.engine.inspectImage(reference))?.id).toBe(taken.imageId);
      expect(await real.docker('run', '--rm', reference, 'cat', '/work.txt')).toBe('pushed');
      await real.engine.removeImage(reference, { force: true });
    } finally {
      await registry.stop();
    }
  });

  it('to a registry that wants another login says so and leaves no name behind', async () => {
    const registry = await startTestRegistry({ engineSocket: real.socket, login: true });
    try {
      const taken = await take('refused');
      const reference = `${registry.address}/team/agent:two`;
      const pushing = real.app.services.snapshotSending.push(real.admin, taken.id, { reference }, WAIT);
      await expect(pushing).rejects.toMatchObject({ code: 'PULL_FAILED' });
      expect(await real.engine.inspectImage(reference)).toBeNull();
    } finally {
      await registry.stop();
    }
  });
});
