import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LABEL } from '#lib/domain/labels.ts';
import { FakeEngine } from './engine/fake/fake-engine.ts';
import { AgentRepository } from './storage/agents.ts';
import { openDatabase } from './storage/database.ts';
import { OperationRepository } from './storage/operations.ts';
import { aFolder, anApp, type TestApp } from './testing/app.ts';
import { containerOf, person } from './testing/world.ts';

const ADA = person('admin', 'ada');
const spawn = ({ app }: TestApp, name: string) =>
  app.services.agents.spawn(ADA, { type: 'shell', name, tty: false }, { wait: true });
const seen = ({ app }: TestApp, name: string) => app.services.agents.get(ADA, name);

describe('the start', () => {
  it('does not need an engine, and comes alive when there is one', async () => {
    const fake = new FakeEngine();
    fake.goAway('ENOENT');
    const made = await anApp({ fake, patienceMs: 50 });
    expect(made.app.phase()).toBe('running');
    const [host] = made.app.services.hosts.list(ADA);
    expect(host).toMatchObject({
      name: 'local',
      state: 'offline',
      error: { code: 'SOCKET_ERROR', message: 'The Docker socket is missing' },
    });
    await expect(spawn(made, 'fox')).rejects.toMatchObject({ code: 'SOCKET_ERROR' });

    const told: string[] = [];
    made.app.bus.on('facts', (facts) => {
      for (const fact of facts) if (fact.kind === 'host') told.push(fact.host.state);
    });
    fake.comeBack();
    await vi.waitFor(() => expect(told).toContain('online'), 5_000);
    expect((await spawn(made, 'fox')).state).toBe('ready');
  });

  it('does not wait for an engine that hangs', async () => {
    const fake = new FakeEngine({ callMs: 500 });
    fake.hang();
    const { app } = await anApp({ fake, patienceMs: 20 });
    expect(app.phase()).toBe('running');
    expect(app.services.agents.list(ADA)).toEqual([]);
  });
});

describe('one start after another', () => {
  it('is the same instance, on the same host, with the agents that ran on', async () => {
    const dataDir = aFolder();
    const fake = new FakeEngine();
    const first = await anApp({ dataDir, fake });
    const fox = await spawn(first, 'fox');
    await first.close();
    expect((await fake.inspectContainer(containerOf(fox))).status).toBe('running');

    const second = await anApp({ dataDir, fake });
    expect(seen(second, 'fox')).toMatchObject({ id: fox.id, state: 'ready', containerId: fox.containerId });
    const owl = await spawn(second, 'owl');
    expect(owl.hostId).toBe(fox.hostId);
    const instances = (await fake.listContainers()).map(({ labels }) => labels[LABEL.instance]);
    expect(new Set(instances).size).toBe(1);
    expect(second.app.services.agents.lives(ADA, 'fox')).toHaveLength(1);
  });

  it('finds out what became of those that ended in between', async () => {
    const dataDir = aFolder();
    const fake = new FakeEngine();
    const first = await anApp({ dataDir, fake });
    const [fox, owl, hen] = [await spawn(first, 'fox'), await spawn(first, 'owl'), await spawn(first, 'hen')];
    await first.close();
    fake.exit(containerOf(fox), 3);
    fake.exit(containerOf(owl), 0);
    await fake.removeContainer(containerOf(hen), { force: true });

    const second = await anApp({ dataDir, fake });
    await vi.waitFor(() => expect(second.app.services.agents.list(ADA)).toHaveLength(2));
    await vi.waitFor(() =>
      expect(seen(second, 'fox')).toMatchObject({ state: 'crashed', reason: 'crash 3', exitCode: 3 }),
    );
    await vi.waitFor(() => expect(seen(second, 'owl')).toMatchObject({ state: 'exited', exitCode: 0 }));
    expect(second.app.services.agents.lives(ADA, 'fox')).toMatchObject([{ exitCode: 3 }]);
  });

  it('takes up a spawn that was cut off, and leaves one container', async () => {
    const dataDir = aFolder();
    const fake = new FakeEngine();
    const first = await anApp({ dataDir, fake });
    const fox = await spawn(first, 'fox');
    await first.close();
    // as a crash between the making of the container and the writing of its id leaves it
    const database = openDatabase(join(dataDir, 'slipway.db'), 'drizzle');
    const agents = new AgentRepository(database.db);
    for (const { id } of agents.list()) {
      agents.update(id, { state: 'creating', containerId: null, startedAt: null });
    }
    const operations = new OperationRepository(database.db);
    const spawning = operations.list(10).find((each) => each.kind === 'spawn');
    if (spawning !== undefined) operations.update(spawning.id, { state: 'running', endedAt: null });
    database.close();

    const second = await anApp({ dataDir, fake });
    await vi.waitFor(() => expect(seen(second, 'fox').state).toBe('ready'), 5_000);
    expect(seen(second, 'fox').containerId).not.toBe(fox.containerId);
    expect(await fake.listContainers()).toHaveLength(1);
    const kinds = second.app.services.operations
      .list(ADA)
      .map(({ kind, state, error }) => [kind, state, error?.code]);
    expect(kinds).toEqual([
      ['spawn', 'succeeded', undefined],
      ['spawn', 'failed', 'CANCELLED'],
    ]);
  });

  it('follows the address of the engine when that was changed', async () => {
    const dataDir = aFolder();
    const first = await anApp({ dataDir });
    await first.close();
    const second = await anApp({ dataDir, env: { DOCKER_SOCKET: '/elsewhere.sock' } });
    const hosts = second.app.services.hosts.list(ADA);
    expect(hosts.map(({ id, address }) => [id, address])).toEqual([
      [first.app.services.hosts.list(ADA)[0]?.id, 'unix:///elsewhere.sock'],
    ]);
  });
});

describe('while it runs', () => {
  it('what happens to a container outside shows at once', async () => {
    const made = await anApp();
    const fox = await spawn(made, 'fox');
    made.fake.exit(containerOf(fox), 7);
    await vi.waitFor(() => expect(seen(made, 'fox')).toMatchObject({ state: 'crashed', reason: 'crash 7' }));
  });

  it('the log of an agent is followed, and its last words stand beside it', async () => {
    const made = await anApp();
    const fox = await spawn(made, 'fox');
    made.fake.write(containerOf(fox), 'stdout', '\u001b[1mhello\u001b[0m\n');
    await vi.waitFor(() => expect(made.app.services.agents.pulse(ADA, 'fox')?.lastOutput).toBe('hello'));
  });
});

describe('the end', () => {
  it('closes the sockets first, the database last, and leaves the agents alone', async () => {
    const made = await anApp();
    const fox = await spawn(made, 'fox');
    const order: string[] = [];
    made.app.onClose(() => {
      order.push(`${made.app.phase()}, ${made.app.services.agents.list(ADA).length} agent`);
      return Promise.resolve();
    });
    const file = join(made.dataDir, 'slipway.db');
    await made.app.close();
    expect(order).toEqual(['stopping, 1 agent']);
    expect([existsSync(file), existsSync(`${file}-wal`)]).toEqual([true, false]);
    expect((await made.fake.inspectContainer(containerOf(fox))).status).toBe('running');
  });

  it('comes once, however often it is asked for', async () => {
    const made = await anApp();
    let times = 0;
    made.app.onClose(() => {
      times += 1;
      return Promise.resolve();
    });
    await Promise.all([made.app.close(), made.app.close()]);
    await made.app.close();
    expect(times).toBe(1);
  });

  it('does not wait long for work that does not end', async () => {
    const made = await anApp();
    made.fake.hold('createContainer');
    const spawned = made.app.services.agents.spawn(ADA, { type: 'shell' }, { wait: true });
    const ended = spawned.catch((error: unknown) => error);
    await vi.waitFor(() => expect(made.app.services.agents.list(ADA)[0]?.state).toBe('creating'));
    const started = Date.now();
    await made.app.close();
    expect(Date.now() - started).toBeLessThan(4_000);
    made.fake.comeBack();
    await ended;
  });
});
