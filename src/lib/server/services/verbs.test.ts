import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const WAIT = { wait: true };
/** Ignores SIGTERM: it ends only when it is killed. */
const STUBBORN = { command: ['sleep', 'infinity'] };

// what a verb reads back itself and what the event stream brings must come to the same end, in whatever order they come
describe.each([
  ['while events are heard', true],
  ['while no event is heard', false],
])('%s', (_title, watched) => {
  let world: TestWorld;
  let agents: TestWorld['services']['agents'];
  let one: AgentDetailView;
  beforeEach(async () => {
    world = await makeWorld({ watched });
    agents = world.services.agents;
    one = await finish(world.spawn({ name: 'one' }));
    await pass(1_000);
  });
  afterEach(async () => {
    expect(world.bugs).toEqual([]);
    await finish(world.close());
  });

  const state = (id: string = one.id) => world.row(id).state;
  const lastReason = () => agents.history(world.admin, one.id)[0]?.reason;
  const lives = () => agents.lives(world.admin, one.id);
  const engineStatus = async () => (await world.fake.inspectContainer(containerOf(one))).status;
  const failure = (work: Promise<unknown>) =>
    finish(
      work.then(
        () => null,
        (error: unknown) => error,
      ),
    );

  describe('stop', () => {
    it('ends the container and keeps it, with the operator as the reason', async () => {
      const after = await finish(agents.stop(world.admin, one.id, {}, WAIT));
      expect(after).toMatchObject({
        state: 'stopped',
        wanted: 'stopped',
        reason: 'operator ada',
        exitCode: 143,
      });
      expect(await engineStatus()).toBe('exited');
      await pass(500);
      expect(world.states(one.id).slice(-2)).toEqual(['stopping', 'stopped']);
      expect(lives()).toMatchObject([{ exitCode: 143, reason: 'operator ada' }]);
    });

    it('of a stopped one is success and changes nothing', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      const before = world.facts.length;
      expect((await finish(agents.stop(world.admin, one.id, {}, WAIT))).state).toBe('stopped');
      expect(world.facts).toHaveLength(before);
    });

    it('kills what does not obey when the time is over', async () => {
      const two = await finish(world.spawn(STUBBORN));
      const from = Date.now();
      const after = await finish(agents.stop(world.admin, two.id, { timeout: 3_000 }, WAIT));
      expect(after).toMatchObject({ state: 'stopped', exitCode: 137, reason: 'operator ada' });
      expect(Date.now() - from).toBeGreaterThanOrEqual(3_000);
      expect(Date.now() - from).toBeLessThan(4_000);
    });

    it('can be taken back while it counts down', async () => {
      const counting = await finish(agents.stop(world.admin, one.id, { delay: 5_000 }));
      expect(counting).toMatchObject({ state: 'stopping', wanted: 'running' });
      expect(counting.can).toContain('cancel');
      await pass(4_000);
      agents.cancel(world.admin, one.id);
      await settled();
      expect(world.row(one.id)).toMatchObject({ state: 'ready', wanted: 'running', reason: 'operator ada' });
      await pass(20_000);
      expect(await engineStatus()).toBe('running');
      expect(lives()).toMatchObject([{ endedAt: null }]);
    });

    it('cannot be taken back once its signal is sent', async () => {
      const two = await finish(world.spawn(STUBBORN));
      await finish(agents.stop(world.admin, two.id, { delay: 1_000, timeout: 5_000 }));
      await pass(1_500);
      expect(agents.get(world.admin, two.id)).toMatchObject({ state: 'stopping', wanted: 'stopped' });
      expect(agents.get(world.admin, two.id).can).not.toContain('cancel');
      expect(() => agents.cancel(world.admin, two.id)).toThrow(/cannot cancel now/);
      await until(() => expect(state(two.id)).toBe('stopped'), 10_000);
    });

    it('whose engine dies in the middle leaves it running, and says so', async () => {
      const release = world.fake.hold('stopContainer');
      const stopping = failure(agents.stop(world.admin, one.id, {}, WAIT));
      await until(() => expect(state()).toBe('stopping'));
      world.fake.goAway();
      expect(await stopping).toMatchObject({ code: 'SOCKET_ERROR' });
      release();
      expect(world.row(one.id)).toMatchObject({ state: 'ready', wanted: 'running', reason: 'stop failed' });
      await until(() => expect(agents.get(world.admin, one.id).status).toBe('unreachable'), 20_000);
    });

    it('works on a paused one', async () => {
      await finish(agents.pause(world.admin, one.id));
      expect((await finish(agents.stop(world.admin, one.id, {}, WAIT))).state).toBe('stopped');
    });
  });

  describe('restart', () => {
    it('makes a second life of the same container', async () => {
      const after = await finish(agents.restart(world.admin, one.id, {}, WAIT));
      await pass(500);
      expect(after).toMatchObject({ state: 'ready', containerId: one.containerId, reason: 'operator ada' });
      expect(world.states(one.id).slice(-2)).toEqual(['restarting', 'ready']);
      expect(lives()).toHaveLength(2);
      expect(lives().map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
    });

    it('that the engine refuses is a failure with its words', async () => {
      world.fake.failNext('restartContainer', new EngineRefusal(500, 'cannot restart: device busy'));
      const error = await failure(agents.restart(world.admin, one.id, {}, WAIT));
      expect(error).toMatchObject({ code: 'ENGINE_ERROR' });
      expect(world.row(one.id)).toMatchObject({
        state: 'failed',
        error: { details: { engine: { message: 'cannot restart: device busy' } } },
      });
    });
  });

  describe('pause, resume and kill', () => {
    it('are the doing of the operator, not of somebody outside', async () => {
      expect(await finish(agents.pause(world.admin, one.id))).toMatchObject({
        state: 'paused',
        reason: 'operator ada',
      });
      await pass(500);
      expect(lastReason()).toBe('operator ada');
      expect(await finish(agents.resume(world.admin, one.id))).toMatchObject({
        state: 'ready',
        reason: 'operator ada',
      });
      await pass(500);
      expect(lastReason()).toBe('operator ada');
      expect(await finish(agents.kill(world.admin, one.id))).toMatchObject({
        state: 'stopped',
        reason: 'operator ada',
        exitCode: 137,
      });
      await pass(500);
      expect(world.states(one.id).slice(-3)).toEqual(['paused', 'ready', 'stopped']);
      expect(lives()).toMatchObject([{ exitCode: 137, reason: 'operator ada' }]);
    });

    it('pause of a paused one and resume of a running one are success', async () => {
      expect((await finish(agents.resume(world.admin, one.id))).state).toBe('ready');
      await finish(agents.pause(world.admin, one.id));
      expect((await finish(agents.pause(world.admin, one.id))).state).toBe('paused');
    });

    it('a signal that it ignores leaves it running', async () => {
      const two = await finish(world.spawn(STUBBORN));
      expect((await finish(agents.kill(world.admin, two.id, { signal: 'HUP' }))).state).toBe('ready');
    });

    it('an unknown signal is refused', async () => {
      expect(await failure(agents.kill(world.admin, one.id, { signal: 'NOPE' }))).toMatchObject({
        code: 'VALIDATION',
      });
      expect(await failure(agents.kill(world.admin, one.id, { signal: 'no such' }))).toMatchObject({
        code: 'VALIDATION',
      });
    });
  });

  describe('start', () => {
    it('of a stopped one is the same container in a new life', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      await pass(1_000);
      const after = await finish(agents.start(world.admin, one.id, WAIT));
      await pass(500);
      expect(after).toMatchObject({
        state: 'ready',
        wanted: 'running',
        containerId: one.containerId,
        exitCode: null,
        endedAt: null,
      });
      expect(lives()).toHaveLength(2);
    });

    it('of a running one is success', async () => {
      expect((await finish(agents.start(world.admin, one.id, WAIT))).state).toBe('ready');
    });

    it('of a failed one without a container spawns again', async () => {
      world.fake.failNext('startContainer', new EngineRefusal(500, 'device busy'));
      expect(await failure(world.spawn({ name: 'two' }))).toMatchObject({ code: 'ENGINE_ERROR' });
      const again = await finish(agents.start(world.admin, 'two', WAIT));
      expect(again).toMatchObject({ state: 'ready', error: null });
      expect(world.states(again.id)).toEqual([
        'queued',
        'preparing',
        'creating',
        'starting',
        'failed',
        'queued',
        'preparing',
        'creating',
        'starting',
        'ready',
      ]);
    });

    it('that the engine refuses is a failure, and can be tried again', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      world.fake.failNext('startContainer', new EngineRefusal(500, 'device busy'));
      expect(await failure(agents.start(world.admin, one.id, WAIT))).toMatchObject({ code: 'ENGINE_ERROR' });
      expect(world.row(one.id)).toMatchObject({
        state: 'failed',
        wanted: 'stopped',
        containerId: one.containerId,
      });
      expect((await finish(agents.start(world.admin, one.id, WAIT))).state).toBe('ready');
    });

    it('of one whose command ends at once comes to that end', async () => {
      const end = await failure(world.spawn({ name: 'two', command: ['sh', '-c', 'sleep 1; exit 4'] }));
      expect(end).toBeNull();
      await pass(1_500);
      if (!watched) return;
      expect(state(world.agents.byName('two')?.id)).toBe('crashed');
      await finish(agents.start(world.admin, 'two', WAIT));
      await pass(1_500);
      expect(agents.get(world.admin, 'two')).toMatchObject({
        state: 'crashed',
        reason: 'crash 4',
        exitCode: 4,
        attention: 'crashed',
      });
      expect(agents.lives(world.admin, 'two')).toMatchObject([{ exitCode: 4 }, { exitCode: 4 }]);
    });
  });

  describe('remove', () => {
    it('of a running one is refused without force', async () => {
      await expect((async () => agents.remove(world.admin, one.id))()).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'one is running',
      });
      expect(await engineStatus()).toBe('running');
    });

    it('with force stops it first, closes its life and frees its name', async () => {
      const after = await finish(agents.remove(world.admin, one.id, { force: true }, WAIT));
      await pass(500);
      expect(after).toMatchObject({ state: 'removed', wanted: 'removed', reason: 'operator ada' });
      expect(await world.fake.listContainers()).toEqual([]);
      expect(lives()).toHaveLength(1);
      expect(lives()[0]?.endedAt).not.toBeNull();
      expect((await finish(world.spawn({ name: 'one' }))).id).not.toBe(one.id);
    });

    it('is success when the container is gone already', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      const release = world.fake.hold('removeContainer');
      const removing = agents.remove(world.admin, one.id, {}, WAIT);
      await settled();
      release();
      await world.fake.removeContainer(containerOf(one), { force: true });
      expect((await finish(removing)).state).toBe('removed');
    });

    it('is success when a running one went away under it', async () => {
      const release = world.fake.hold('stopContainer');
      const removing = agents.remove(world.admin, one.id, { force: true }, WAIT);
      await settled();
      await world.fake.removeContainer(containerOf(one), { force: true });
      release();
      expect((await finish(removing)).state).toBe('removed');
    });

    it('while it is spawned cancels the spawn and leaves nothing', async () => {
      const release = world.fake.hold('createContainer');
      const spawning = failure(world.spawn({ name: 'two' }));
      await until(() => expect(world.agents.byName('two')?.state).toBe('creating'));
      const id = world.agents.byName('two')?.id ?? '';
      const removing = agents.remove(world.admin, id, {}, WAIT);
      await settled();
      release();
      expect((await finish(removing)).state).toBe('removed');
      expect(await spawning).toMatchObject({ code: 'CANCELLED' });
      await pass(500);
      expect((await world.fake.listContainers()).map(({ name }) => name)).toEqual(['one']);
    });

    it('in the last moment of a start waits for it and removes what it made', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      await pass(1_000);
      const release = world.fake.hold('inspectContainer');
      const starting = failure(agents.start(world.admin, one.id, WAIT));
      await until(async () => expect((await world.fake.listContainers())[0]?.status).toBe('running'));
      const removing = agents.remove(world.admin, one.id, { force: true }, WAIT);
      await settled();
      release();
      expect((await finish(removing)).state).toBe('removed');
      await starting;
      expect(await world.fake.listContainers()).toEqual([]);
    });

    it('that the engine refuses puts it back, and can be tried again', async () => {
      await finish(agents.stop(world.admin, one.id, {}, WAIT));
      world.fake.failNext('removeContainer', new EngineRefusal(500, 'device or resource busy'));
      expect(await failure(agents.remove(world.admin, one.id, {}, WAIT))).toMatchObject({
        code: 'ENGINE_ERROR',
      });
      expect(world.row(one.id)).toMatchObject({
        state: 'stopped',
        reason: 'remove failed',
        wanted: 'stopped',
      });
      expect((await finish(agents.remove(world.admin, one.id, {}, WAIT))).state).toBe('removed');
    });

    it('that fails after its stop leaves it stopped', async () => {
      world.fake.failNext('removeContainer', new EngineRefusal(500, 'device or resource busy'));
      expect(await failure(agents.remove(world.admin, one.id, { force: true }, WAIT))).toMatchObject({
        code: 'ENGINE_ERROR',
      });
      await pass(500);
      expect(world.row(one.id)).toMatchObject({ state: 'stopped', reason: 'remove failed', exitCode: 143 });
      expect(lives()).toMatchObject([{ exitCode: 143 }]);
    });

    it('of a removed one is NOT_FOUND', async () => {
      await finish(agents.remove(world.admin, one.id, { force: true }, WAIT));
      await expect((async () => agents.remove(world.admin, one.id))()).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });
  });

  it('a command that makes no sense now says what does', async () => {
    await finish(agents.stop(world.admin, one.id, {}, WAIT));
    await expect((async () => agents.pause(world.admin, one.id))()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'one cannot pause now: it is stopped',
      hint: 'Possible now: start, snapshot, rename, update, recreate, remove.',
    });
  });

  it('a command for a host that is away is refused, and nothing changes', async () => {
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    await expect((async () => agents.stop(world.admin, one.id))()).rejects.toMatchObject({
      code: 'SOCKET_ERROR',
    });
    expect(state()).toBe('ready');
  });
});
