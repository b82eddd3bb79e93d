/** What can be done with an agent, on a real engine: what Slipway says and what the docker CLI sees are the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

type Input = Readonly<Record<string, unknown>>;
const WAIT = { wait: true };
const PATIENCE = { timeout: 15_000, interval: 50 };

describe.skipIf(NO_ENGINE !== undefined)('verbs on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
  }, 60_000);
  afterAll(() => real.close());

  const agents = () => real.app.services.agents;
  const name = (word: string) => `${word}-${real.run}`;
  const spawn = (input: Input): Promise<AgentDetailView> =>
    agents().spawn(
      real.admin,
      { type: 'custom', image: real.image, command: ['sleep', '1000'], ...input },
      WAIT,
    );
  const inspect = async (id: string, format: string) => real.docker('inspect', '-f', format, id);
  const state = (id: string) => agents().get(real.admin, id).state;
  const reasons = (id: string) =>
    agents()
      .history(real.admin, id)
      .map((each) => `${each.to}: ${each.reason ?? ''}`);

  it('rename changes the name on the engine too, and the DNS of its network', async () => {
    const one = await spawn({ name: name('old') });
    const two = await spawn({ name: name('asker') });
    await agents().rename(real.admin, one.id, { name: name('new') });
    expect(await inspect(one.containerId ?? '', '{{.Name}}')).toBe(`/${name('new')}`);
    expect(agents().get(real.admin, name('new')).id).toBe(one.id);
    const hosts = await real.engine.execute(two.containerId ?? '', {
      command: ['busybox', 'nslookup', name('new')],
      timeoutMs: 10_000,
    });
    expect(hosts.stdout.toString()).toMatch(/Address.*\d+\.\d+\.\d+\.\d+/);
    await expect(agents().rename(real.admin, one.id, { name: name('asker') })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect(await inspect(one.containerId ?? '', '{{index .Config.Labels "dev.slipway.agent.name"}}')).toBe(
      name('old'),
    );
  });

  it('update changes limits and restart policy of one that runs, without a restart', async () => {
    const one = await spawn({ name: name('limits'), startArgs: ['--memory=64m', '--cpus', '0.3'] });
    expect(one.limits).toEqual({ memory: 64 * 1024 ** 2, cpu: 0.3 });
    const after = await agents().update(real.admin, one.id, {
      resources: { memory: '96m', cpu: 0.5, pids: 50 },
      restart: 'on-failure:2',
      idle: { mode: 'boot', timeout: '2h' },
      ttl: '1d',
      notes: 'a note',
      color: 'teal',
    });
    expect(after).toMatchObject({
      limits: { memory: 96 * 1024 ** 2, cpu: 0.5 },
      notes: 'a note',
      color: 'teal',
      spec: { restart: { name: 'on-failure', maximumRetryCount: 2 }, ttl: 86_400, startArgs: [] },
    });
    expect(after.startedAt).toBe(one.startedAt);
    expect(
      await inspect(
        one.containerId ?? '',
        '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}',
      ),
    ).toBe(`${96 * 1024 ** 2} ${96 * 1024 ** 2} 500000000 50 on-failure 2`);
    const free = await agents().update(real.admin, one.id, {
      resources: { memory: 'unlimited', cpu: 0, pids: 0 },
    });
    expect(free.limits).toEqual({ memory: null, cpu: null });
    await expect(agents().update(real.admin, one.id, { resources: { cpu: 4096 } })).rejects.toMatchObject({
      code: 'RESOURCE_LIMIT',
    });
  });

  it('recreate gives up the old container only when the new one is ready', async () => {
    const one = await spawn({ name: name('again'), env: { A: '1' }, ports: ['0:80'] });
    const broken = agents().recreate(real.admin, one.id, { command: ['no-such-program'], timeout: 0 }, WAIT);
    await expect(broken).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(agents().get(real.admin, one.id)).toMatchObject({
      state: 'ready',
      containerId: one.containerId,
      startedAt: one.startedAt,
    });
    expect(await real.docker('ps', '-aq', '--filter', `name=slipway-next-${one.id}`)).toBe('');
    const after = await agents().recreate(real.admin, one.id, { env: { B: '2' }, timeout: 0 }, WAIT);
    expect(after).toMatchObject({ state: 'ready', spec: { env: { A: '1', B: '2' } } });
    expect(after.containerId).not.toBe(one.containerId);
    expect(await inspect(name('again'), '{{.Id}}')).toBe(after.containerId);
    expect(await real.docker('ps', '-aq', '--no-trunc', '--filter', `id=${one.containerId ?? ''}`)).toBe('');
    expect(agents().lives(real.admin, one.id)).toHaveLength(2);
    await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
    expect(state(one.id)).toBe('stopped');
  });

  it('recreate with a port of the host stops the old one first, and starts it again when the new one fails', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const one = await spawn({ name: name('port'), ports: [`${port}:80`] });
    await expect(
      agents().recreate(real.admin, one.id, { readiness: { log: 'never', timeout: 1 }, timeout: 0 }, WAIT),
    ).rejects.toMatchObject({ code: 'READY_TIMEOUT' });
    expect(agents().get(real.admin, one.id)).toMatchObject({ state: 'ready', containerId: one.containerId });
    expect(await inspect(name('port'), '{{.State.Running}}')).toBe('true');
    const wish = { env: { A: '1' }, readiness: 'running', timeout: 0 };
    const after = await agents().recreate(real.admin, one.id, wish, WAIT);
    expect(after.containerId).not.toBe(one.containerId);
    expect(
      await inspect(name('port'), '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}'),
    ).toBe(String(port));
  });

  it('clone makes the same under another name', async () => {
    const one = await spawn({
      name: name('first'),
      env: { A: '1' },
      tags: { team: 'x' },
      startArgs: ['--cpus=0.2'],
    });
    const two = await agents().clone(real.admin, one.id, { name: name('second'), env: { B: '2' } }, WAIT);
    expect(two).toMatchObject({
      name: name('second'),
      state: 'ready',
      tags: { team: 'x' },
      limits: { cpu: 0.2 },
      spec: { env: { A: '1', B: '2' } },
    });
  });

  it('adopt takes a container as it is, and does nothing to it', async () => {
    const id = await real.docker(
      'run',
      '-d',
      '--name',
      name('stray'),
      '-m',
      '32m',
      real.image,
      'sleep',
      '500',
    );
    const seen = await real.app.services.adoption.unmanaged(real.admin);
    expect(seen.find((each) => each.id === id)).toMatchObject({
      name: name('stray'),
      ofAnotherInstance: false,
    });
    const row = await real.app.services.adoption.adopt(real.admin, { container: name('stray') });
    expect(agents().get(real.admin, row.id)).toMatchObject({
      name: name('stray'),
      state: 'ready',
      adopted: true,
      containerId: id,
      limits: { memory: 32 * 1024 ** 2 },
    });
    await expect(real.app.services.adoption.adopt(real.admin, { container: id })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await real.docker('stop', '-t', '0', id);
    await expect.poll(() => state(row.id), PATIENCE).toBe('stopped');
    await agents().start(real.admin, row.id, WAIT);
    expect(await inspect(id, '{{.State.Running}}')).toBe('true');
    await agents().remove(real.admin, row.id, { force: true, timeout: 0 }, WAIT);
    expect(await real.docker('ps', '-aq', '--filter', `name=${name('stray')}`)).toBe('');
  });

  it('an agent of another instance is not adopted', async () => {
    const other = await realApp({ socket: real.socket });
    try {
      const theirs = await other.app.services.agents.spawn(
        other.admin,
        { type: 'custom', image: other.image, command: ['sleep', '100'], name: `theirs-${other.run}` },
        WAIT,
      );
      const seen = await real.app.services.adoption.unmanaged(real.admin);
      expect(seen.find((each) => each.id === theirs.containerId)).toMatchObject({ ofAnotherInstance: true });
      await expect(
        real.app.services.adoption.adopt(real.admin, { container: theirs.containerId ?? '' }),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
    } finally {
      await other.close();
    }
  });

  it('bulk gives a result for each, and one that fails holds up no other', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map((word) => spawn({ name: name(`bulk-${word}`) })));
    await agents().pause(real.admin, made[1]?.id ?? '');
    const wish = { verb: 'pause', filter: { q: 'bulk-' } };
    const preview = await real.app.services.bulk.run(real.admin, { ...wish, dryRun: true });
    expect(preview).toMatchObject({ dryRun: true, count: 3, failed: 1 });
    const stopped = await real.app.services.bulk.run(real.admin, {
      verb: 'stop',
      agents: made.map((each) => each.name),
      input: { timeout: 0 },
    });
    expect(stopped).toMatchObject({ count: 3, failed: 0 });
    expect(made.map((each) => state(each.id))).toEqual(['stopped', 'stopped', 'stopped']);
  });

  it('a removal can be taken back in its grace, and then goes', async () => {
    const one = await spawn({ name: name('grace') });
    await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
    const going = await agents().remove(real.admin, one.id, { grace: 30_000 });
    expect(going).toMatchObject({ state: 'removing', can: ['cancel'] });
    expect(going.stopDeadline).not.toBeNull();
    agents().cancel(real.admin, one.id);
    await expect.poll(() => state(one.id), PATIENCE).toBe('stopped');
    expect(await inspect(name('grace'), '{{.State.Status}}')).toBe('exited');
    await agents().remove(real.admin, one.id, { grace: 30_000 });
    await agents().remove(real.admin, one.id, { force: true }, WAIT);
    expect(state(one.id)).toBe('removed');
  });

  it('one whose container is gone is started from its newest snapshot, if that is agreed to', async () => {
    const one = await spawn({ name: name('lost') });
    await real.engine.execute(one.containerId ?? '', { command: ['touch', '/kept'], timeoutMs: 5_000 });
    await real.app.services.snapshots.create(real.admin, one.id, {});
    await real.docker('rm', '-f', one.containerId ?? '');
    await expect.poll(() => state(one.id), PATIENCE).toBe('removed');
    await expect(agents().start(real.admin, one.id, WAIT)).rejects.toMatchObject({ code: 'CONFLICT' });
    const again = await agents().start(real.admin, one.id, { wait: true, fromSnapshot: true });
    expect(again).toMatchObject({ name: name('lost'), state: 'ready', id: one.id });
    const seen = await real.engine.execute(again.containerId ?? '', {
      command: ['ls', '/kept'],
      timeoutMs: 5_000,
    });
    expect(seen.exitCode).toBe(0);
  });

  it('a stop may take a snapshot first', async () => {
    const one = await spawn({ name: name('snap') });
    await agents().stop(real.admin, one.id, { timeout: 0, snapshot: true }, WAIT);
    expect(real.app.services.snapshots.ofAgent(real.admin, one.id)).toHaveLength(1);
  });

  it('prune lists first, and then removes what it listed', async () => {
    const one = await spawn({ name: name('old-one'), volumes: [`vol-${real.run}:/data`] });
    await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const wish = { agentsOlderThan: 1, images: true, networks: true, volumes: true };
    const { prune } = real.app.services;
    const dry = await prune.prune(real.admin, wish);
    expect(dry.items.map((each) => `${each.kind} ${each.name}`)).toContain(`agent ${name('old-one')}`);
    // its volume is still wanted: the agent could be started again
    expect(dry.items.map((each) => each.name)).not.toContain(`vol-${real.run}`);
    expect(await inspect(name('old-one'), '{{.State.Status}}')).toBe('exited');
    const first = await prune.prune(real.admin, { ...wish, dryRun: false });
    expect(first.items.every((each) => each.error === null)).toBe(true);
    expect(state(one.id)).toBe('removed');
    const second = await prune.prune(real.admin, { ...wish, dryRun: false });
    expect(second.items.map((each) => each.name)).toContain(`vol-${real.run}`);
    expect(await real.docker('volume', 'ls', '-q', '--filter', `name=vol-${real.run}`)).toBe('');
  });

  it('a failed operation is tried again with what was asked for', async () => {
    const one = await spawn({ name: name('retry') });
    const wish = { env: { A: '1' }, networks: [`later-${real.run}`], timeout: 0 };
    await expect(agents().recreate(real.admin, one.id, wish, WAIT)).rejects.toMatchObject({
      code: 'NETWORK_ERROR',
    });
    const [operation] = agents().operationsOf(real.admin, one.id);
    expect(operation).toMatchObject({ kind: 'recreate', state: 'failed', retryable: true });
    await real.docker('network', 'create', `later-${real.run}`);
    await real.app.services.retry.retry(real.admin, operation?.id ?? '');
    await expect.poll(() => agents().get(real.admin, one.id).spec.env, PATIENCE).toEqual({ A: '1' });
    expect(reasons(one.id)[0]).toMatch(/^ready/);
    await agents().remove(real.admin, one.id, { force: true, timeout: 0 }, WAIT);
    await real.docker('network', 'rm', `later-${real.run}`);
  });
});
