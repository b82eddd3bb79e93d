import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { PATIENCE, expectRefusal, read, textOf, unique, type Yard } from './yard.ts';

const OBEDIENT = "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done";

export function describeLifecycle(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  /** A container whose main process waits for signals already. */
  const ready = async (script = OBEDIENT): Promise<string> => {
    const id = await yard().start({ Cmd: ['sh', '-c', script] });
    await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('ready\n');
    return id;
  };

  describe('the life of a container', () => {
    it('a new container is created and has never run', async () => {
      const name = unique('new');
      const id = await yard().create({ Labels: { colour: 'grey' } }, name);
      const facts = await engine().inspectContainer(id);
      expect(facts).toMatchObject({
        id,
        name,
        image: yard().image,
        status: 'created',
        exitCode: 0,
        oomKilled: false,
      });
      expect(facts).toMatchObject({ error: '', startedAt: null, finishedAt: null, restartCount: 0, pid: 0 });
      expect(facts).toMatchObject({ tty: false, health: 'none', ports: [], networks: ['none'] });
      expect(facts.labels).toMatchObject({ colour: 'grey' });
      expect(facts.imageId).toBe((await engine().inspectImage(yard().image))?.id);
      expect(facts.raw).toMatchObject({ Id: id, Name: `/${name}`, State: { Status: 'created' } });
    });

    it('a started one runs, with a process and the time of its start', async () => {
      const before = (await engine().info()).time ?? 0;
      const id = await yard().start();
      const facts = await engine().inspectContainer(id);
      expect(facts).toMatchObject({ status: 'running', finishedAt: null });
      expect(facts.pid).toBeGreaterThan(0);
      expect(facts.startedAt).toBeGreaterThanOrEqual(before);
      expect(facts.startedAt).toBeLessThanOrEqual((await engine().info()).time ?? 0);
    });

    it('starting one that runs is a success and changes nothing', async () => {
      const id = await yard().start();
      const before = await engine().inspectContainer(id);
      await engine().startContainer(id);
      expect(await engine().inspectContainer(id)).toMatchObject({
        pid: before.pid,
        startedAt: before.startedAt,
      });
    });

    it('stop lets the main process end by itself', async () => {
      const id = await ready();
      await engine().stopContainer(id, 10_000);
      const facts = await engine().inspectContainer(id);
      expect(facts).toMatchObject({ status: 'exited', exitCode: 5, pid: 0, oomKilled: false });
      expect(facts.finishedAt).toBeGreaterThanOrEqual(facts.startedAt ?? Infinity);
    });

    it('stop kills one that does not end in time', async () => {
      const id = await yard().start();
      const began = Date.now();
      await engine().stopContainer(id, 1000);
      expect(Date.now() - began).toBeGreaterThanOrEqual(900);
      expect(await engine().inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 137 });
    });

    it('stopping one that does not run, or never ran, is a success', async () => {
      const id = await yard().create();
      await engine().stopContainer(id, 0);
      expect((await engine().inspectContainer(id)).status).toBe('created');
      await engine().startContainer(id);
      await engine().stopContainer(id, 0);
      await engine().stopContainer(id, 0);
      expect((await engine().inspectContainer(id)).status).toBe('exited');
    });

    it('one that ends by itself keeps its code, and can be started again', async () => {
      const id = await yard().finished('echo run; exit 3');
      expect(await engine().inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 3, error: '' });
      await engine().startContainer(id);
      await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('run\nrun\n');
    });

    it('kill ends one at once', async () => {
      const id = await yard().start();
      await engine().killContainer(id, 'SIGKILL');
      await yard().until(id, 'exited');
      expect(await engine().inspectContainer(id)).toMatchObject({ exitCode: 137, oomKilled: false });
    });

    it('kill with another signal only sends it', async () => {
      const id = await ready("trap 'echo heard' USR1; echo ready; while :; do sleep 0.05; done");
      await engine().killContainer(id, 'SIGUSR1');
      await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('ready\nheard\n');
      expect((await engine().inspectContainer(id)).status).toBe('running');
    });

    it('kill is refused for one that does not run, and for a signal that there is not', async () => {
      const id = await yard().create();
      await expectRefusal(engine().killContainer(id, 'SIGKILL'), 'CONFLICT');
      await engine().startContainer(id);
      await expectRefusal(engine().killContainer(id, 'SIGNONE'), 'VALIDATION');
    });

    it('a paused one is paused and not running, and goes on afterwards', async () => {
      const id = await yard().start();
      await engine().pauseContainer(id);
      expect((await engine().inspectContainer(id)).status).toBe('paused');
      await engine().unpauseContainer(id);
      expect((await engine().inspectContainer(id)).status).toBe('running');
    });

    it('pause, resume and start are refused where they make no sense', async () => {
      const id = await yard().create();
      await expectRefusal(engine().pauseContainer(id), 'CONFLICT');
      await engine().startContainer(id);
      await expectRefusal(engine().unpauseContainer(id), 'CONFLICT');
      await engine().pauseContainer(id);
      await expectRefusal(engine().pauseContainer(id), 'CONFLICT');
      await expectRefusal(engine().startContainer(id), 'CONFLICT');
    });

    it('a paused one can be stopped, and hears the signal', async () => {
      const id = await ready();
      await engine().pauseContainer(id);
      await engine().stopContainer(id, 10_000);
      expect(await engine().inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 5 });
    });

    it('restart ends one run and begins another of the same container', async () => {
      const id = await ready();
      const before = await engine().inspectContainer(id);
      await engine().restartContainer(id, 10_000);
      const after = await engine().inspectContainer(id);
      expect(after).toMatchObject({ id, status: 'running', exitCode: 0, restartCount: 0 });
      expect(after.pid).not.toBe(before.pid);
      expect(after.startedAt).toBeGreaterThanOrEqual(before.startedAt ?? Infinity);
      expect(after.finishedAt).not.toBeNull();
    });

    it('restart of one that does not run starts it', async () => {
      const id = await yard().create();
      await engine().restartContainer(id, 0);
      expect((await engine().inspectContainer(id)).status).toBe('running');
    });

    it('one that is killed for its memory says so', async () => {
      const HostConfig = { Memory: 8 * 1024 ** 2, MemorySwap: 8 * 1024 ** 2 };
      const id = await yard().start({ Cmd: yard().subject.outOfMemory, HostConfig });
      await yard().until(id, 'exited');
      expect(await engine().inspectContainer(id)).toMatchObject({ exitCode: 137, oomKilled: true });
    });

    it('rename gives it another name, and the old one is free', async () => {
      const [before, after] = [unique('before'), unique('after')];
      const id = await yard().create({}, before);
      await engine().renameContainer(id, after);
      expect((await engine().inspectContainer(id)).name).toBe(after);
      await yard().create({}, before);
    });

    it('rename refuses a name that is taken, and one that is none', async () => {
      const [id, other] = [await yard().create(), unique('other')];
      await yard().create({}, other);
      await expectRefusal(engine().renameContainer(id, other), 'NAME_TAKEN');
      await expectRefusal(engine().renameContainer(id, 'no name'), 'VALIDATION');
    });

    it('remove takes it away, and gone already is a success', async () => {
      const id = await yard().create();
      await engine().removeContainer(id, { force: false });
      await expectRefusal(engine().inspectContainer(id), 'NOT_FOUND');
      await engine().removeContainer(id, { force: false });
    });

    it('remove is refused while it runs or is paused, unless by force', async () => {
      const id = await yard().start();
      await expectRefusal(engine().removeContainer(id, { force: false }), 'CONFLICT');
      await engine().pauseContainer(id);
      await expectRefusal(engine().removeContainer(id, { force: false }), 'CONFLICT');
      await engine().removeContainer(id, { force: true });
      await expectRefusal(engine().inspectContainer(id), 'NOT_FOUND');
    });
  });

  describe('the list of containers', () => {
    it('has those that run, are paused, ended and never ran, and only those with all the labels', async () => {
      const Labels = { a: '1', b: '2' };
      const [created, running, paused] = [
        await yard().create({ Labels }),
        await yard().start({ Labels }),
        await yard().start({ Labels }),
      ];
      const exited = await yard().finished('exit 1', { Labels });
      await yard().create({ Labels: { a: '1', b: 'other' } });
      await engine().pauseContainer(paused);
      const list = await engine().listContainers({ labels: { ...yard().label, ...Labels } });
      expect(Object.fromEntries(list.map(({ id, status }) => [id, status]))).toEqual({
        [created]: 'created',
        [running]: 'running',
        [paused]: 'paused',
        [exited]: 'exited',
      });
    });

    it('says command, ports, networks, mounts and a sentence about the state of each', async () => {
      const id = await yard().start({
        Cmd: ['sh', '-c', 'sleep 1000'],
        ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
        HostConfig: {
          NetworkMode: 'bridge',
          PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
          Binds: ['/tmp:/of-host'],
        },
      });
      const find = async () =>
        (await engine().listContainers({ labels: yard().label })).find((each) => each.id === id);
      const facts = await engine().inspectContainer(id);
      expect(await find()).toMatchObject({
        command: "sh -c 'sleep 1000'",
        ports: facts.ports,
        networks: ['bridge'],
        mounts: [{ type: 'bind', source: '/tmp', target: '/of-host' }],
      });
      expect(facts.ports).toHaveLength(1);
      expect((await find())?.statusText).toMatch(/^Up /);
      await engine().pauseContainer(id);
      expect((await find())?.statusText).toMatch(/^Up .* \(Paused\)$/);
      await engine().stopContainer(id, 0);
      expect(await find()).toMatchObject({ ports: [] });
      expect((await find())?.statusText).toMatch(/^Exited \(137\) .* ago$/);
    });

    it('says name, image, labels and the time of making of each', async () => {
      const name = unique('listed');
      const id = await yard().create({ Labels: { colour: 'grey' } }, name);
      const listed = (await engine().listContainers()).find((each) => each.id === id);
      const facts = await engine().inspectContainer(id);
      expect(listed).toMatchObject({ name, image: yard().image, imageId: facts.imageId });
      expect(listed?.labels).toEqual({ ...yard().label, colour: 'grey' });
      expect(Math.abs((listed?.createdAt ?? 0) - ((await engine().info()).time ?? 0))).toBeLessThan(60_000);
    });
  });
}
