/** Where snapshots come from, over everything that can happen to them, on a real engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDetailView, SnapshotView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const LINKS = 20;

describe.skipIf(NO_ENGINE !== undefined)('lineage on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close(), 120_000);

  const spawn = (input: Readonly<Record<string, unknown>>): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      real.admin,
      { type: 'custom', image: real.image, command: ['sh', '-c', CALM], ...input },
      WAIT,
    );
  const take = async (agent: AgentDetailView, name: string): Promise<SnapshotView> => {
    const made = await real.app.services.snapshots.create(real.admin, agent.id, { name });
    if (made === null) throw new Error('it was not waited for');
    return made;
  };
  const fork = async (snapshot: SnapshotView, name: string): Promise<AgentDetailView> => {
    const [made] = await real.app.services.forking.fork(real.admin, snapshot.id, { name }, WAIT);
    if (made === undefined) throw new Error('there is no fork');
    return made;
  };
  const parents = () =>
    new Map(real.app.services.snapshots.list(real.admin).map((each) => [each.id, each.parentId] as const));

  it(
    'a chain of twenty snapshots and forks holds over renames, deletions and a restart',
    { timeout: 180_000 },
    async () => {
      let agent = await spawn({ name: `line-0-${real.run}` });
      const chain: SnapshotView[] = [];
      for (let n = 0; n < LINKS; n += 1) {
        const made = await take(agent, `link-${n}`);
        expect(made.parentId).toBe(chain.at(-1)?.id ?? null);
        chain.push(made);
        const next = await fork(made, `line-${n + 1}-${real.run}`);
        await real.app.services.agents.remove(real.admin, agent.id, { force: true, timeout: 0 }, WAIT);
        agent = next;
        if (n % 7 === 3)
          await real.app.services.agents.rename(real.admin, agent.id, { name: `called-${n}-${real.run}` });
      }
      const gone = [3, 4, 11].map((n) => chain[n]).filter((each) => each !== undefined);
      for (const each of gone) await real.app.services.snapshots.delete(real.admin, each.id, true);
      await real.restart();
      const left = chain.filter((each) => !gone.includes(each));
      const now = parents();
      for (const [n, each] of left.entries()) expect(now.get(each.id)).toBe(left[n - 1]?.id ?? null);
      expect((await take(agent, 'after')).parentId).toBe(left.at(-1)?.id);
    },
  );

  it('a container that somebody starts from a snapshot is nobody’s agent, and runs the command', async () => {
    const one = await spawn({ name: `hand-${real.run}`, env: { KEPT: 'yes' } });
    const made = await take(one, 'by-hand');
    const id = await real.docker('run', '-d', made.image, 'sh', '-c', 'echo $KEPT; sleep 300');
    try {
      const unmanaged = await real.app.services.adoption.unmanaged(real.admin);
      expect(unmanaged.find((each) => each.id === id)).toMatchObject({ ofAnotherInstance: false });
      expect(real.app.services.agents.list(real.admin).filter((each) => each.containerId === id)).toEqual([]);
      await expect.poll(() => real.docker('logs', id)).toBe('yes');
      expect(real.app.services.agents.get(real.admin, one.id).state).toBe('ready');
    } finally {
      await real.docker('rm', '-f', id);
    }
  });

  it('another Slipway on the engine has none of them, and deletes none', async () => {
    const one = await spawn({ name: `mine-${real.run}` });
    const made = await take(one, 'mine');
    const other = await realApp({ socket: real.socket });
    try {
      expect(other.app.services.snapshots.list(other.admin)).toEqual([]);
      const pruned = await other.app.services.prune.prune(other.admin, { images: true, dryRun: false });
      expect(pruned.items.map((item) => item.id)).not.toContain(made.imageId);
      expect(await real.engine.inspectImage(made.image)).toMatchObject({ id: made.imageId });
    } finally {
      await other.close();
    }
  }, 60_000);

  it('a restore whose image is broken leaves the agent as it was', async () => {
    const one = await spawn({ name: `kept-${real.run}` });
    const broken = await take(one, 'broken');
    // the same name, of an image that has no shell
    const empty = await real.docker('create', '--name', `x-${real.run}`, real.image);
    await real.docker('cp', '-q', '/dev/null', `${empty}:/nothing`).catch(() => '');
    await real.docker('commit', '-c', 'ENTRYPOINT ["/no/such/program"]', empty, broken.image);
    await real.docker('rm', empty);
    const before = real.app.services.agents.get(real.admin, one.id);
    const restore = () =>
      real.app.services.forking.restore(real.admin, one.id, { snapshot: broken.id, timeout: 0 }, WAIT);
    await expect(restore()).rejects.toMatchObject({
      code: expect.stringMatching(/VALIDATION|ENGINE_ERROR/) as string,
    });
    const after = real.app.services.agents.get(real.admin, one.id);
    expect(after).toMatchObject({
      state: 'ready',
      containerId: before.containerId,
      startedAt: before.startedAt,
      snapshotId: before.snapshotId,
      image: before.image,
    });
    expect(await real.docker('ps', '-aq', '--filter', 'name=slipway-next')).toBe('');
  });

  it('a restore that its host cannot start leaves the agent as it was', async () => {
    const folder = `gone-${real.run}`;
    const onHost = (...command: string[]) =>
      real.docker('run', '--rm', '-v', '/run:/h', real.image, ...command);
    await onHost('busybox', 'mkdir', `/h/${folder}`);
    const one = await spawn({ name: `host-${real.run}`, volumes: [`/run/${folder}:/f`] });
    const made = await take(one, 'fine');
    const before = real.app.services.agents.get(real.admin, one.id);
    await onHost('busybox', 'rmdir', `/h/${folder}`);
    await expect(
      real.app.services.forking.restore(real.admin, one.id, { snapshot: made.id, timeout: 0 }, WAIT),
    ).rejects.toMatchObject({ code: expect.any(String) as string });
    expect(real.app.services.agents.get(real.admin, one.id)).toMatchObject({
      state: 'ready',
      containerId: before.containerId,
      startedAt: before.startedAt,
    });
    expect(await real.docker('ps', '-aq', '--filter', 'name=slipway-next')).toBe('');
  });
});
