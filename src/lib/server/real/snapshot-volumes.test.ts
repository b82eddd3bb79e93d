/** Named volumes that are copied along with a snapshot, on a real engine. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const WAIT = { wait: true };
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

describe.skipIf(NO_ENGINE !== undefined)('volumes with a snapshot on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(async () => {
    const { run, docker } = real;
    await real.close();
    const left = (await docker('volume', 'ls', '-q').catch(() => '')).split('\n');
    for (const each of left) if (each.includes(run)) await docker('volume', 'rm', each).catch(() => '');
  }, 60_000);

  const spawn = (name: string, more: Readonly<Record<string, unknown>> = {}): Promise<AgentDetailView> =>
    real.app.services.agents.spawn(
      real.admin,
      {
        name: `${name}-${real.run}`,
        type: 'custom',
        image: real.image,
        command: ['sh', '-c', CALM],
        volumes: [`${name}-data-${real.run}:/data/here`, '/tmp:/host:ro'],
        startArgs: ['-v', `${name}-flag-${real.run}:/flag`],
        ...more,
      },
      WAIT,
    );
  const get = (id: string) => real.app.services.agents.get(real.admin, id);
  const sh = async (agent: AgentDetailView, script: string) => {
    const command = ['sh', '-c', script];
    const ran = await real.engine.execute(get(agent.id).containerId ?? '', { command, timeoutMs: 30_000 });
    return ran.stdout.toString().trim();
  };
  const take = async (agent: AgentDetailView, volumes: unknown) => {
    const made = await real.app.services.snapshots.create(real.admin, agent.id, { volumes });
    if (made === null) throw new Error('it was not waited for');
    return made;
  };
  const files = () => {
    try {
      return readdirSync(join(real.app.config.dataDir, 'volumes'));
    } catch {
      return [];
    }
  };

  it('a fork has volumes of its own with the content of then, with owners and modes', async () => {
    const one = await spawn('origin');
    await sh(
      one,
      'echo then > /data/here/f; mkdir /data/here/d; ln -s ../f /data/here/d/l; echo x > /flag/g',
    );
    await sh(one, 'chmod 600 /data/here/f; chown 12:34 /data/here/f');
    const estimate = await real.app.services.snapshots.estimate(real.admin, one.id);
    expect(
      estimate.left
        .filter((each) => each.copyable)
        .map((each) => each.target)
        .sort(),
    ).toEqual(['/data/here', '/flag']);
    expect(estimate.left.map((each) => each.target)).toContain('/host');
    const snapshot = await take(one, true);
    expect(snapshot.volumes.map((each) => each.target).sort()).toEqual(['/data/here', '/flag']);
    const folder = join(real.app.config.dataDir, 'volumes', snapshot.id);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, '0.tar.gz')).mode & 0o777).toBe(0o600);
    await sh(one, 'echo now > /data/here/f');
    const [fork] = await real.app.services.forking.fork(
      real.admin,
      snapshot.id,
      { name: `fork-${real.run}` },
      WAIT,
    );
    if (fork === undefined) throw new Error('there is no fork');
    expect(await sh(fork, 'cat /data/here/d/l; cat /flag/g; stat -c "%a %u %g" /data/here/f')).toBe(
      'then\nx\n600 12 34',
    );
    expect(await sh(one, 'cat /data/here/f')).toBe('now');
    await sh(fork, 'echo fork > /data/here/f');
    expect(await sh(one, 'cat /data/here/f')).toBe('now');
    const [same] = await real.app.services.forking.fork(
      real.admin,
      snapshot.id,
      { name: `same-${real.run}`, volumes: false },
      WAIT,
    );
    if (same === undefined) throw new Error('there is no fork');
    expect(await sh(same, 'cat /data/here/f')).toBe('now');
    for (const agent of [fork, same])
      await real.app.services.agents.remove(real.admin, agent.id, { force: true, timeout: 0 }, WAIT);
    await real.app.services.snapshots.delete(real.admin, snapshot.id);
    expect(files()).not.toContain(snapshot.id);
  }, 60_000);

  it('a restore makes new volumes and leaves the old ones', async () => {
    const one = await spawn('back');
    await sh(one, 'echo then > /data/here/f');
    const snapshot = await take(one, ['/data/here']);
    await sh(one, 'echo now > /data/here/f');
    const wish = { snapshot: snapshot.id, timeout: 0 };
    const restored = await real.app.services.forking.restore(real.admin, one.id, wish, WAIT);
    expect(await sh(restored, 'cat /data/here/f')).toBe('then');
    expect((await real.holdings()).volumes).toContain(`back-data-${real.run}`);
    expect(get(one.id).spec.volumes.map((each) => each.source)).not.toContain(`back-data-${real.run}`);
  }, 60_000);

  it('a fork that fails takes its new volumes back', async () => {
    const one = await spawn('fails');
    const snapshot = await take(one, true);
    const before = (await real.holdings()).volumes;
    const spec = { command: ['/no/such/program'] };
    await expect(
      real.app.services.forking.fork(real.admin, snapshot.id, { name: `broken-${real.run}`, spec }, WAIT),
    ).rejects.toMatchObject({ code: expect.any(String) as string });
    expect((await real.holdings()).volumes).toEqual(before);
  }, 60_000);

  it('a copy that fails leaves neither files nor a snapshot', async () => {
    const one = await spawn('lost');
    const before = { files: files(), images: (await real.holdings()).images };
    await expect(take(one, ['/host'])).rejects.toMatchObject({ code: 'VALIDATION' });
    // the container goes in the middle of it
    await sh(one, 'dd if=/dev/zero of=/data/here/big bs=1M count=80 2>/dev/null');
    const taking = take(one, true);
    await expect.poll(() => files().length, { timeout: 10_000 }).toBeGreaterThan(before.files.length);
    const [operation] = real.app.services.operations.list(real.admin, 1);
    real.app.services.operations.cancel(real.admin, operation?.id ?? '');
    await expect(taking).rejects.toMatchObject({ code: 'CANCELLED' });
    expect({ files: files(), images: (await real.holdings()).images }).toEqual(before);
  }, 60_000);
});
