import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { actionsOf, collect, expectRefusal, read, textOf, Yard } from '../contract/yard.ts';
import type { EngineEvent, RawStats } from '../engine.ts';
import { DrivenClock } from './clock.ts';
import { FakeEngine, type FakeEngineOptions } from './fake-engine.ts';

const IMAGE = 'slipway/starter:latest';
const never = new AbortController().signal;

/** A fake engine with an image whose own command obeys, and a clock that stands still. */
function make(options: FakeEngineOptions = {}) {
  const clock = new DrivenClock();
  const fake = new FakeEngine({ clock, ...options });
  fake.addImage(IMAGE);
  const faulty = () => Promise.reject(new Error('not here'));
  const dispose = () => Promise.resolve();
  const none = { pullable: '', broken: '', registries: null, outOfMemory: [] };
  const yard = new Yard({ engine: fake, image: IMAGE, ...none, faulty, dispose });
  const create = (changes = {}) => yard.create({ Cmd: [], ...changes });
  const start = (changes = {}) => yard.start({ Cmd: [], ...changes });
  const events = () => collect<EngineEvent>((signal) => fake.events({ since: 0, signal }));
  return { clock, fake, create, start, events };
}

describe('levers on containers', () => {
  it("an image's own command runs until it is told to end, and obeys", async () => {
    const { clock, fake, start } = make();
    const id = await start();
    await clock.advance(86_400_000);
    expect((await fake.inspectContainer(id)).status).toBe('running');
    await fake.stopContainer(id, 10_000);
    expect(await fake.inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 143 });
  });

  it('write is output of the process, exit its end by itself', async () => {
    const { fake, start, events } = make();
    const [id, stream] = [await start(), events()];
    fake.write(id, 'stdout', 'one\ntw');
    fake.write(id, 'stdout', 'o\n');
    fake.exit(id, 3);
    expect(textOf(await read(fake, id))).toBe('one\ntwo\n');
    expect(await fake.inspectContainer(id)).toMatchObject({
      status: 'exited',
      exitCode: 3,
      oomKilled: false,
    });
    await expect.poll(() => actionsOf(stream.seen, id)).toEqual(['create', 'start', 'die']);
  });

  it('exit may be a killing for memory', async () => {
    const { fake, start, events } = make();
    const [id, stream] = [await start(), events()];
    fake.exit(id, 137, { oom: true });
    expect(await fake.inspectContainer(id)).toMatchObject({ exitCode: 137, oomKilled: true });
    await expect.poll(() => actionsOf(stream.seen, id)).toEqual(['create', 'start', 'oom', 'die']);
  });

  it('a lever on a container that does not run is a fault of the test', async () => {
    const { fake, create } = make();
    const id = await create();
    expect(() => fake.write(id, 'stdout', 'text')).toThrow(`there is no fake container ${id} that runs`);
    expect(() => fake.exit(id, 0)).toThrow(`there is no fake container ${id} that runs`);
  });

  it('use sets what it uses; CPU time adds up with the clock', async () => {
    const { clock, fake, start } = make();
    const id = await start();
    fake.use(id, { cpu: 2, memoryBytes: 1000, writableBytes: 77 });
    const first = await fake.stats(id);
    await clock.advance(3000);
    const second = await fake.stats(id);
    expect((second?.cpuNanos ?? 0) - (first?.cpuNanos ?? 0)).toBe(6e9);
    expect(second).toMatchObject({ memoryBytes: 1000 });
    expect(await fake.containerSize(id)).toBe(77);
  });

  it('a restart policy waits twice as long each time', async () => {
    const { clock, fake, start } = make();
    const RestartPolicy = { Name: 'always', MaximumRetryCount: 0 };
    const id = await start({ HostConfig: { RestartPolicy } });
    for (const pause of [100, 200, 400]) {
      fake.exit(id, 1);
      expect((await fake.inspectContainer(id)).status).toBe('restarting');
      await clock.advance(pause - 1);
      expect((await fake.inspectContainer(id)).status).toBe('restarting');
      await clock.advance(1);
      expect((await fake.inspectContainer(id)).status).toBe('running');
    }
    expect((await fake.inspectContainer(id)).restartCount).toBe(3);
  });
});

describe('the driven clock', () => {
  it('a stop of one that does not obey takes its whole time and no longer', async () => {
    const { clock, fake, start } = make();
    const id = await start({ Cmd: ['sleep', 'infinity'] });
    const stopped = fake.stopContainer(id, 10_000);
    await clock.advance(9_999);
    expect((await fake.inspectContainer(id)).status).toBe('running');
    await clock.advance(1);
    await stopped;
    expect((await fake.inspectContainer(id)).exitCode).toBe(137);
  });

  it('a script lives in its time', async () => {
    const { clock, fake, start } = make();
    const id = await start({ Cmd: ['sh', '-c', 'echo one; sleep 60; echo two; exit 4'] });
    await clock.advance(59_999);
    expect(textOf(await read(fake, id))).toBe('one\n');
    await clock.advance(1);
    expect(textOf(await read(fake, id))).toBe('one\ntwo\n');
    expect(await fake.inspectContainer(id)).toMatchObject({ exitCode: 4, finishedAt: clock.now() });
  });

  it('readings come each second', async () => {
    const { clock, fake, start } = make();
    const id = await start();
    const stream = collect<RawStats>((signal) => fake.statsStream(id, signal));
    await clock.advance(3000);
    expect(stream.seen).toHaveLength(4);
    await stream.end();
  });
});

describe('levers on the way to the engine', () => {
  it('away: calls and opening are refused, streams break, and containers go on', async () => {
    const { clock, fake, start, events } = make();
    const id = await start({ Cmd: ['sh', '-c', 'sleep 5; exit 2'] });
    const stream = events();
    await expect.poll(() => stream.seen.length).toBeGreaterThan(0);
    fake.goAway();
    await expectRefusal(stream.done, 'SOCKET_ERROR');
    await expectRefusal(fake.open(), 'SOCKET_ERROR');
    await expectRefusal(fake.listContainers(), 'SOCKET_ERROR');
    await clock.advance(5000);
    fake.comeBack();
    expect(await fake.open()).toBe(fake);
    expect((await fake.inspectContainer(id)).exitCode).toBe(2);
  });

  it.each([
    ['ENOENT', /missing/],
    ['EACCES', /permission/i],
    ['ECONNREFUSED', /refuses/],
  ] as const)('away as %s says so in words', async (fault, words) => {
    const { fake } = make();
    fake.goAway(fault);
    await expect(fake.open()).rejects.toThrow(words);
  });

  it('back after a reboot: what ran was ended unseen, restart policies apply, past events are forgotten', async () => {
    const { fake, start, events } = make();
    const plain = await start();
    const always = await start({
      HostConfig: { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
    });
    fake.goAway();
    fake.comeBack({ rebooted: true });
    expect(await fake.inspectContainer(plain)).toMatchObject({ status: 'exited', exitCode: 137 });
    expect((await fake.inspectContainer(always)).status).toBe('running');
    const stream = events();
    await expect.poll(() => actionsOf(stream.seen, always)).toEqual(['start']);
    expect(actionsOf(await stream.end(), plain)).toEqual([]);
  });

  it('hanging: a call gives up after its time', async () => {
    const { clock, fake } = make({ callMs: 10_000 });
    fake.hang();
    const call = expectRefusal(fake.info(), 'SOCKET_ERROR');
    await clock.advance(10_000);
    await call;
  });

  it('hanging: a call goes on when the engine does', async () => {
    const { clock, fake } = make();
    fake.hang();
    const call = fake.info();
    await clock.advance(1000);
    fake.comeBack();
    expect((await call).name).toBe('fake');
  });

  it('hold keeps back one method until it is released', async () => {
    const { fake, create } = make();
    const id = await create();
    const release = fake.hold('startContainer');
    const started = fake.startContainer(id);
    expect((await fake.inspectContainer(id)).status).toBe('created');
    release();
    await started;
    expect((await fake.inspectContainer(id)).status).toBe('running');
  });

  it('delay makes calls take time, and a signal ends the waiting', async () => {
    const { clock, fake } = make();
    fake.delay(500);
    const person = new AbortController();
    const call = expectRefusal(fake.listContainers({ signal: person.signal }), 'CANCELLED');
    await clock.advance(100);
    person.abort();
    await call;
    const list = fake.listContainers();
    await clock.advance(500);
    expect(await list).toEqual([]);
  });

  it('failNext fails as often as told, before the effect', async () => {
    const { fake, create } = make();
    fake.failNext('createContainer', new AppError('ENGINE_ERROR', 'disk full'), { times: 2 });
    await expectRefusal(create(), 'ENGINE_ERROR');
    await expectRefusal(create(), 'ENGINE_ERROR');
    expect(await fake.listContainers()).toEqual([]);
    await create();
  });

  it('failNext after the effect: it was done, and the answer was lost', async () => {
    const { fake, create } = make();
    fake.failNext('createContainer', new AppError('SOCKET_ERROR', 'reset'), { afterEffect: true });
    await expectRefusal(create(), 'SOCKET_ERROR');
    expect(await fake.listContainers()).toHaveLength(1);
  });

  it('an aborted call ends for its caller, and the engine goes on with it', async () => {
    const { clock, fake, start } = make();
    const id = await start({ Cmd: ['sleep', 'infinity'] });
    const person = new AbortController();
    const stop = expectRefusal(fake.stopContainer(id, 5000, person.signal), 'CANCELLED');
    await clock.advance(1000);
    person.abort();
    await stop;
    await clock.advance(4000);
    expect((await fake.inspectContainer(id)).status).toBe('exited');
  });
});

describe('pulls', () => {
  it('take time, tell each part, and end with the image', async () => {
    const { clock, fake } = make();
    fake.publish('nginx:1.27');
    const statuses: string[] = [];
    const pull = fake.pullImage('nginx:1.27', {
      signal: never,
      onProgress: ({ status }) => statuses.push(status),
    });
    await clock.advance(1000);
    await pull;
    expect(new Set(statuses)).toContain('Downloading');
    expect((await fake.inspectImage('docker.io/library/nginx:1.27'))?.tags).toEqual(['nginx:1.27']);
  });

  it('can be cancelled in the middle, and leave no image', async () => {
    const { clock, fake } = make();
    fake.publish('nginx:1.27');
    const person = new AbortController();
    const pull = expectRefusal(fake.pullImage('nginx:1.27', { signal: person.signal }), 'CANCELLED');
    await clock.advance(10);
    person.abort();
    await pull;
    expect(await fake.inspectImage('nginx:1.27')).toBeNull();
  });

  it('fail as on a machine without a network where nothing was published', async () => {
    const { fake } = make();
    await expectRefusal(fake.pullImage('nginx:1.27', { signal: never }), 'PULL_FAILED');
  });
});
