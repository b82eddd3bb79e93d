/** Snapshots, forks and restores on a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

describe.skipIf(NO_ENGINE !== undefined)('snapshots on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close(), 60_000);

  const spawn = (input: Readonly<Record<string, unknown>>): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      real.admin,
      { type: 'custom', image: real.image, command: ['sh', '-c', CALM], ...input },
      WAIT,
    );
  const get = (id: string) => real.app.services.agents.get(real.admin, id);
  const run = (agent: AgentDetailView, ...command: string[]) =>
    real.engine.execute(get(agent.id).containerId ?? '', { command, timeoutMs: 5_000 });
  const has = async (agent: AgentDetailView, path: string) => (await run(agent, 'ls', path)).exitCode === 0;
  const snapshot = async (agent: AgentDetailView, name: string) => {
    const made = await real.app.services.snapshots.create(real.admin, agent.id, { name });
    if (made === null) throw new Error('it was not waited for');
    return made;
  };

  it('a fork begins with the files of the snapshot, and with the spec of its agent', async () => {
    const one = await spawn({ name: `origin-${real.run}`, env: { A: '1' }, tags: { team: 'x' } });
    await run(one, 'touch', '/made-before');
    const first = await snapshot(one, 'first');
    await run(one, 'touch', '/made-after');
    const forks = await real.app.services.forking.fork(
      real.admin,
      first.id,
      { count: 2, spec: { env: { B: '2' } } },
      WAIT,
    );
    expect(forks).toHaveLength(2);
    for (const fork of forks) {
      expect(get(fork.id)).toMatchObject({
        state: 'ready',
        snapshotId: first.id,
        tags: { team: 'x' },
        spec: { env: { A: '1', B: '2' } },
      });
      expect([await has(fork, '/made-before'), await has(fork, '/made-after')]).toEqual([true, false]);
    }
    const [fork] = forks;
    if (fork === undefined) throw new Error('there is no fork');
    expect((await snapshot(fork, 'of-the-fork')).parentId).toBe(first.id);
    await expect(real.app.services.snapshots.delete(real.admin, first.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(fork.name) as string,
    });
    await real.app.services.snapshots.delete(real.admin, first.id, true);
    expect(get(fork.id).state).toBe('ready');
  });

  it('a restore brings the files back, and what comes after it has that snapshot before it', async () => {
    const one = await spawn({ name: `back-${real.run}` });
    await run(one, 'touch', '/one');
    const first = await snapshot(one, 'first');
    await run(one, 'touch', '/two');
    const second = await snapshot(one, 'second');
    expect(second.parentId).toBe(first.id);
    const restored = await real.app.services.forking.restore(real.admin, one.id, { snapshot: 'first' }, WAIT);
    expect(restored).toMatchObject({ state: 'ready', name: one.name, snapshotId: first.id });
    expect([await has(one, '/one'), await has(one, '/two')]).toEqual([true, false]);
    expect((await snapshot(one, 'third')).parentId).toBe(first.id);
  });

  it('an unknown snapshot, one of another agent, and one whose image is gone leave the agent as it was', async () => {
    const one = await spawn({ name: `steady-${real.run}` });
    const other = await spawn({ name: `other-${real.run}` });
    const foreign = await snapshot(other, 'foreign');
    const lost = await snapshot(one, 'lost');
    await real.docker('rmi', '-f', lost.image);
    const before = get(one.id);
    const restore = (wish: string) =>
      real.app.services.forking.restore(real.admin, one.id, { snapshot: wish, timeout: 0 }, WAIT);
    await expect(restore('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(restore(foreign.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(restore('lost')).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    expect(get(one.id)).toMatchObject({
      state: 'ready',
      containerId: before.containerId,
      startedAt: before.startedAt,
      image: before.image,
    });
    expect(await real.docker('ps', '-aq', '--filter', 'name=slipway-next')).toBe('');
  });

  it('an estimate says how much was written, and which mounts stay behind', async () => {
    const one = await spawn({
      name: `mounts-${real.run}`,
      volumes: [`data-${real.run}:/data`],
      tmpfs: ['/fast'],
    });
    await run(one, 'sh', '-c', 'yes | head -c 300000 > /big');
    const estimate = await real.app.services.snapshots.estimate(real.admin, one.id);
    expect(estimate.size).toBeGreaterThanOrEqual(300_000);
    expect(estimate.left.map((each) => each.target)).toContain('/data');
  });

  it('lineage holds over a chain of snapshots, forks, renames and deletions', async () => {
    let agent = await spawn({ name: `chain-0-${real.run}` });
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const made = await snapshot(agent, `link-${n}`);
      expect(made.parentId).toBe(ids.at(-1) ?? null);
      ids.push(made.id);
      const [fork] = await real.app.services.forking.fork(
        real.admin,
        made.id,
        { name: `chain-${n + 1}-${real.run}` },
        WAIT,
      );
      if (fork === undefined) throw new Error('there is no fork');
      await real.app.services.agents.remove(real.admin, agent.id, { force: true, timeout: 0 }, WAIT);
      agent = fork;
      if (n === 2)
        await real.app.services.agents.rename(real.admin, agent.id, { name: `renamed-${real.run}` });
    }
    const [, second, third] = ids;
    await real.app.services.snapshots.delete(real.admin, second ?? '', true);
    const kept = real.app.services.snapshots.list(real.admin).find((each) => each.id === third);
    expect(kept?.parentId).toBe(ids[0]);
  });
});
