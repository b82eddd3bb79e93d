import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import { PATIENCE, actionsOf, expectRefusal, listen, read, textOf, type Yard } from './yard.ts';

export function describeRestarts(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const failing = (Name: string, MaximumRetryCount = 0) =>
    yard().start({
      Cmd: ['sh', '-c', 'echo run; exit 3'],
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name, MaximumRetryCount } },
    });
  const obedient = (Name: string, script: string) =>
    yard().start({
      Cmd: ['sh', '-c', `${script}; echo ready; while :; do sleep 0.05; done`],
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name, MaximumRetryCount: 0 } },
    });
  const ready = async (id: string) => {
    await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('ready\n');
    return id;
  };
  /** Waits until the pauses are long enough to be met. */
  const restarting = async (id: string) => {
    await expect
      .poll(async () => (await engine().inspectContainer(id)).restartCount, PATIENCE)
      .toBeGreaterThan(2);
    await yard().until(id, 'restarting');
    return id;
  };

  describe('a restart policy', () => {
    it('on-failure:2 starts it twice more, and then it has ended', async () => {
      const events = await listen(engine());
      const id = await failing('on-failure', 2);
      const seen = new Set<string>();
      await expect
        .poll(
          async () => {
            const { status, restartCount } = await engine().inspectContainer(id);
            seen.add(status);
            return { status, restartCount };
          },
          { timeout: 10_000, interval: 5 },
        )
        .toEqual({ status: 'exited', restartCount: 2 });
      expect(seen).toContain('restarting');
      expect(await engine().inspectContainer(id)).toMatchObject({ exitCode: 3, restartPolicy: 'on-failure' });
      await expect
        .poll(() => actionsOf(events.seen, id), PATIENCE)
        .toEqual(['create', 'start', 'die', 'start', 'die', 'start', 'die']);
      expect(textOf(await read(engine(), id))).toBe('run\nrun\nrun\n');
      await events.end();
    });

    it('on-failure leaves one alone that ends with 0', async () => {
      const id = await yard().start({
        Cmd: ['true'],
        HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
      });
      await yard().until(id, 'exited');
      expect((await engine().inspectContainer(id)).restartCount).toBe(0);
    });

    it('between two runs there is no process, and the code of the last run', async () => {
      const id = await restarting(await failing('always'));
      const facts = await engine().inspectContainer(id);
      if (facts.status === 'restarting') expect(facts).toMatchObject({ pid: 0, exitCode: 3 });
      const listed = (await engine().listContainers({ labels: yard().label })).find((each) => each.id === id);
      if (listed?.status === 'restarting') expect(listed.statusText).toMatch(/^Restarting \(3\) .* ago$/);
    });

    it('a stop between two runs ends it for good, with the event stop alone', async () => {
      const id = await restarting(await failing('always'));
      const events = await listen(engine());
      await engine().stopContainer(id, 0);
      const { restartCount } = await engine().inspectContainer(id);
      await expect.poll(() => actionsOf(events.seen, id), PATIENCE).toContain('stop');
      expect(await engine().inspectContainer(id)).toMatchObject({ status: 'exited', restartCount });
      expect(actionsOf(await events.end(), id).at(-1)).toBe('stop');
    });

    it.each(['always', 'unless-stopped'])('%s does not start one again that was killed', async (name) => {
      const id = await ready(await obedient(name, ':'));
      const events = await listen(engine());
      await engine().killContainer(id, 'SIGKILL');
      await yard().until(id, 'exited');
      expect(await engine().inspectContainer(id)).toMatchObject({ restartCount: 0, exitCode: 137 });
      await expect.poll(() => actionsOf(events.seen, id), PATIENCE).toEqual(['kill', 'die']);
      await events.end();
    });

    it('any signal that is sent turns it off, also one that the process ends upon by itself', async () => {
      const id = await ready(await obedient('always', "trap 'exit 1' USR1"));
      await engine().killContainer(id, 'SIGUSR1');
      await yard().until(id, 'exited');
      expect(await engine().inspectContainer(id)).toMatchObject({ restartCount: 0, exitCode: 1 });
    });

    it('a new start begins to count anew', async () => {
      const id = await failing('on-failure', 1);
      await expect.poll(async () => (await engine().inspectContainer(id)).restartCount, PATIENCE).toBe(1);
      await yard().until(id, 'exited');
      await engine().startContainer(id);
      await expect.poll(async () => textOf(await read(engine(), id)), PATIENCE).toBe('run\n'.repeat(4));
      await yard().until(id, 'exited');
      expect((await engine().inspectContainer(id)).restartCount).toBe(1);
    });

    it('between two runs, pause, exec and removal are refused', async () => {
      const id = await restarting(await failing('always'));
      if ((await engine().inspectContainer(id)).status !== 'restarting') return;
      await expectRefusal(engine().pauseContainer(id), 'CONFLICT');
      await expectRefusal(engine().execute(id, { command: ['true'], timeoutMs: 5000 }), 'CONFLICT');
      await expectRefusal(engine().removeContainer(id, { force: false }), 'CONFLICT');
    });

    it('a container that removes itself is gone after its end', async () => {
      const id = await yard().start({
        Cmd: ['sleep', '0.3'],
        HostConfig: { NetworkMode: 'none', AutoRemove: true },
      });
      expect((await engine().inspectContainer(id)).autoRemove).toBe(true);
      const list = async () => (await engine().listContainers({ labels: yard().label })).length;
      await expect.poll(list, PATIENCE).toBe(0);
    });
  });
}
