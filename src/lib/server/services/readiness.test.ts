import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContainerFacts } from '../engine/engine.ts';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';
import { waitUntilReady } from './readiness.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

class Checking extends FakeEngine {
  health: ContainerFacts['health'] = 'none';

  override async inspectContainer(id: string, signal?: AbortSignal): Promise<ContainerFacts> {
    return { ...(await super.inspectContainer(id, signal)), health: this.health };
  }
}

let fake: Checking;
let world: TestWorld;
beforeEach(async () => {
  fake = new Checking();
  world = await makeWorld({ watched: true, fake });
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

type Input = Readonly<Record<string, unknown>>;
const script = (text: string): Input => ({ command: ['sh', '-c', text], tty: false });
const failure = (work: Promise<unknown>) =>
  finish(
    work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const begin = async (input: Input) => {
  const made = await finish(
    world.services.agents.spawn(world.admin, { type: 'shell', name: 'one', ...input }),
  );
  const [operation] = world.services.agents.operationsOf(world.admin, made.id);
  return { id: made.id, operation: operation?.id ?? '' };
};
const one = () => world.services.agents.get(world.admin, 'one');
const lives = () => world.services.agents.lives(world.admin, 'one').map(({ exitCode }) => exitCode);

describe('a spawn', () => {
  it('is ready when its health check turns from starting to healthy, and notes how long that took', async () => {
    fake.health = 'starting';
    const { operation } = await begin({ readiness: 'healthy' });
    await pass(3_000);
    expect(one().state).toBe('starting');
    fake.health = 'healthy';
    await until(() => expect(one().state).toBe('ready'));
    const steps = world.services.operations.get(world.admin, operation).steps;
    expect(steps.at(-1)?.note).toMatch(/^healthy after 3\.\d s$/);
  });

  it('is not failed by an unhealthy answer before its time is over', async () => {
    fake.health = 'unhealthy';
    await begin({ readiness: { kind: 'healthy', timeout: 30 } });
    await pass(20_000);
    expect(one().state).toBe('starting');
    fake.health = 'healthy';
    await until(() => expect(one().state).toBe('ready'));
  });

  it('that is not ready in time fails, with why, the last 50 lines, and its container', async () => {
    const wish = { ...script('seq 60; sleep 999'), readiness: { log: 'never', timeout: 5 } };
    const error = await failure(world.spawn({ name: 'one', ...wish }));
    expect(error).toMatchObject({
      code: 'READY_TIMEOUT',
      message: 'It was not ready within 5 s: its output has no match yet',
    });
    expect(one().error?.details?.output).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 11)));
    expect((await fake.inspectContainer(containerOf(one()))).status).toBe('running');
    expect(one().attention).toBe('failed');
  });

  it('whose output cannot be read fails all the same, without it', async () => {
    fake.failNext('logs', new EngineRefusal(500, 'broken'), { times: 99 });
    const error = await failure(world.spawn({ readiness: { exec: ['false'], timeout: 1 } }));
    expect(error).toMatchObject({ code: 'READY_TIMEOUT', details: { output: [] } });
  });

  it('with a probe that makes no sense leaves no container', async () => {
    expect(await failure(world.spawn({ name: 'one', readiness: 'healthy' }))).toMatchObject({
      code: 'VALIDATION',
    });
    expect(await fake.listContainers()).toEqual([]);
    expect(one()).toMatchObject({ state: 'failed', containerId: null });
  });

  it.each([
    [0, 'exited'],
    [5, 'crashed'],
  ])('that ends with %i before it is ready is %s, and the spawn says so', async (code, state) => {
    const wish = { ...script(`sleep 2; exit ${code}`), readiness: { log: 'never' } };
    expect(await failure(world.spawn({ name: 'one', ...wish }))).toMatchObject({
      code: 'CONFLICT',
      message: `It ended with code ${code} before it was ready`,
    });
    expect(one()).toMatchObject({ state, exitCode: code });
    expect(one().containerId).not.toBeNull();
    expect(lives()).toEqual([code]);
  });

  it('waits through the restarts of its policy, each with a life of its own', async () => {
    await begin({ readiness: { log: 'never' }, restart: 'always', ...script('sleep 1; exit 2') });
    await pass(4_000);
    expect(one().state).toBe('starting');
    expect(lives().length).toBeGreaterThan(1);
    expect(lives().slice(1)).toEqual(
      lives()
        .slice(1)
        .map(() => 2),
    );
    await pass(140_000);
    expect(one()).toMatchObject({ state: 'failed', error: { code: 'READY_TIMEOUT' } });
  });

  it('is crashed when its policy gives up', async () => {
    await begin({ readiness: { log: 'never' }, restart: 'on-failure:2', ...script('sleep 1; exit 2') });
    await until(() => expect(one().state).toBe('crashed'), 20_000);
    expect(lives()).toEqual([2, 2, 2]);
  });

  it('whose container is taken away from outside is removed', async () => {
    await begin({ readiness: { log: 'never' } });
    await until(() => expect(one().state).toBe('starting'));
    await pass(500);
    const { id } = one();
    await fake.removeContainer(containerOf(one()), { force: true });
    await until(() => expect(world.row(id)).toMatchObject({ state: 'removed', reason: 'external' }));
  });

  it('that is cancelled while it waits leaves nothing', async () => {
    const { id } = await begin({ readiness: { log: 'never' } });
    await until(() => expect(one().state).toBe('starting'));
    await pass(2_000);
    world.services.agents.cancel(world.admin, id);
    await until(async () => expect(await fake.listContainers()).toEqual([]));
    expect(one()).toMatchObject({ state: 'failed', error: { code: 'CANCELLED' }, containerId: null });
  });
});

describe('a start and a restart', () => {
  beforeEach(async () => {
    const wish = { ...script('sleep 3; echo up; sleep 999'), readiness: { log: 'up', timeout: 10 } };
    await finish(world.spawn({ name: 'one', ...wish }));
    await pass(1_000);
  });

  it('wait for the output of the new run', async () => {
    await finish(world.services.agents.restart(world.admin, 'one', { timeout: 0 }, { wait: true }));
    const { startedAt } = one();
    expect(Date.now() - Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(3_000);
    expect(one().state).toBe('ready');
  });

  it('that are not ready in time fail, and the container is kept', async () => {
    await finish(world.services.agents.stop(world.admin, 'one', { timeout: 0 }, { wait: true }));
    fake.failNext('logs', new EngineRefusal(500, 'broken'), { times: 999 });
    const error = await failure(world.services.agents.start(world.admin, 'one', { wait: true }));
    expect(error).toMatchObject({ code: 'READY_TIMEOUT' });
    expect(one()).toMatchObject({ state: 'failed', wanted: 'stopped' });
  });
});

describe('the wait itself', () => {
  let id: string;
  const never = { kind: 'log', pattern: 'never', timeout: 120 } as const;
  beforeEach(async () => {
    id = containerOf(await finish(world.spawn({ name: 'one' })));
  });

  it('ends when its signal does, and asks no more', async () => {
    const over = new AbortController();
    const waiting = failure(waitUntilReady(fake, id, never, { signal: over.signal, seen: () => true }));
    await pass(1_000);
    over.abort(new Error('enough'));
    expect(await waiting).toBeInstanceOf(Error);
    const inspect = vi.spyOn(fake, 'inspectContainer');
    await pass(10_000);
    expect(inspect).not.toHaveBeenCalled();
  });

  it('ends when somebody else moved the agent on', async () => {
    const seen = vi.fn(() => seen.mock.calls.length < 3);
    expect(await finish(waitUntilReady(fake, id, never, { seen }))).toEqual({ kind: 'left' });
  });

  it('ends with an engine that is gone', async () => {
    const waiting = failure(waitUntilReady(fake, id, never, { seen: () => true }));
    await settled();
    fake.goAway();
    expect(await waiting).toMatchObject({ code: 'SOCKET_ERROR' });
  });

  it('a paused one is neither ready nor over', async () => {
    await fake.pauseContainer(id);
    const waiting = waitUntilReady(fake, id, { kind: 'running', timeout: 60 }, { seen: () => true });
    await pass(5_000);
    await fake.unpauseContainer(id);
    expect(await finish(waiting)).toMatchObject({ kind: 'ready' });
  });
});
