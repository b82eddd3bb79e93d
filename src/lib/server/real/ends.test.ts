/** How agents end and begin again on a real engine: restart policies, readiness, crashes, idle rules. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

type Input = Readonly<Record<string, unknown>>;
const WAIT = { wait: true };
const PATIENCE = { timeout: 15_000, interval: 50 };
const HOUR = 3_600_000;
/** Ends at once when it is told to. */
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

describe.skipIf(NO_ENGINE !== undefined)('ends on a real engine', () => {
  let real: RealApp;
  /** How far the clock of the idle rules is ahead. */
  let skew = 0;
  beforeAll(async () => {
    real = await realApp({ idleClock: { now: () => Date.now() + skew, settleMs: 0 } });
  }, 60_000);
  afterAll(() => real.close());

  const agents = () => real.app.services.agents;
  const name = (word: string) => `${word}-${real.run}`;
  const spawn = (input: Input, options = WAIT): Promise<AgentDetailView> =>
    agents().spawn(
      real.admin,
      { type: 'custom', image: real.image, command: ['sh', '-c', CALM], ...input },
      options,
    );
  const get = (id: string) => agents().get(real.admin, id);
  const remove = (id: string) => agents().remove(real.admin, id, { force: true, timeout: 0 }, WAIT);
  const transitions = (id: string) =>
    agents()
      .history(real.admin, id)
      .map((each) => `${each.to} (${each.reason ?? ''})`)
      .reverse();

  describe('restart policies', () => {
    it('on-failure: each end is a life with its code, and the last one stays', async () => {
      const one = await spawn(
        { name: name('flaky'), command: ['sh', '-c', 'sleep 0.4; exit 3'], restart: 'on-failure:2' },
        { wait: false },
      );
      await expect.poll(() => get(one.id).state, { timeout: 20_000, interval: 50 }).toBe('crashed');
      const seen = transitions(one.id);
      expect(seen).toContain('restarting (crash 3)');
      expect(seen).toContain('ready (restart policy)');
      expect(seen.at(-1)).toBe('crashed (crash 3)');
      expect(
        agents()
          .lives(real.admin, one.id)
          .map((life) => life.exitCode),
      ).toEqual([3, 3, 3]);
    });

    it('unless-stopped: a kill from inside begins it again, a stop by Slipway or the CLI does not', async () => {
      const one = await spawn({
        name: name('stubborn'),
        restart: 'unless-stopped',
      });
      await real.engine.execute(one.containerId ?? '', { command: ['kill', '1'], timeoutMs: 5_000 });
      await expect.poll(() => transitions(one.id).at(-1), PATIENCE).toBe('ready (restart policy)');
      await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
      expect(get(one.id)).toMatchObject({ state: 'stopped', reason: 'operator ada' });
      await agents().start(real.admin, one.id, WAIT);
      await real.docker('stop', '-t', '0', one.containerId ?? '');
      await expect.poll(() => transitions(one.id).at(-1), PATIENCE).toBe('stopped (external)');
    });

    it('one that restarts again and again can be stopped', async () => {
      const one = await spawn({
        name: name('loop'),
        command: ['sh', '-c', 'sleep 0.3; exit 1'],
        restart: 'always',
      });
      await expect
        .poll(() => transitions(one.id).filter((each) => each.startsWith('restarting')).length, PATIENCE)
        .toBeGreaterThan(2);
      await expect.poll(() => get(one.id).can, PATIENCE).toContain('stop');
      await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
      expect(get(one.id).state).toBe('stopped');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await real.docker('inspect', '-f', '{{.State.Running}}', one.containerId ?? '')).toBe('false');
    });
  });

  describe('readiness', () => {
    const HTTP = 'mkdir -p /www; echo hi > /www/index.html; sleep 0.7; exec httpd -f -p 8080 -h /www';
    it.each([
      [
        'a pattern in the output',
        { log: 'listening on \\d+' },
        ['sh', '-c', 'sleep 0.7; echo listening on 8080; sleep 100'],
      ],
      ['an open port', { tcp: 8080 }, ['sh', '-c', HTTP]],
      ['a page', { http: { port: 8080, path: '/' } }, ['sh', '-c', HTTP]],
      [
        'a program that says yes',
        { exec: ['test', '-e', '/www/index.html'] },
        ['sh', '-c', `sleep 0.7; ${HTTP}`],
      ],
      ['nothing but running', 'running', ['sleep', '100']],
    ])('by %s', async (_, readiness, command) => {
      const one = await spawn({ command, readiness });
      expect(one.state).toBe('ready');
      await remove(one.id);
    });

    it('by a page with another status than the one that is wanted', async () => {
      const wish = {
        command: ['sh', '-c', HTTP],
        readiness: { http: { port: 8080, path: '/none' }, timeout: 2 },
      };
      await expect(spawn({ name: name('four'), ...wish })).rejects.toThrow('answers 404');
      await remove(name('four'));
    });

    it('is waited for again after a start and after a restart', async () => {
      const one = await spawn({
        command: ['sh', '-c', 'trap "exit 0" TERM; sleep 0.7; echo listening; while :; do sleep 0.1; done'],
        readiness: { log: 'listening' },
      });
      await agents().restart(real.admin, one.id, {}, WAIT);
      const restarted = get(one.id);
      expect(restarted.state).toBe('ready');
      const times = agents().history(real.admin, one.id);
      const [ready, restarting] = times;
      expect([ready?.to, restarting?.to]).toEqual(['ready', 'restarting']);
      expect(Date.parse(ready?.at ?? '') - Date.parse(restarted.startedAt ?? '')).toBeGreaterThan(500);
      await remove(one.id);
    });
  });

  describe('a crash report', () => {
    it('holds the last output, the changes, and the verdict', async () => {
      const one = await spawn(
        { name: name('crash'), command: ['sh', '-c', 'touch /new-file; echo last words; exit 3'] },
        { wait: false },
      );
      const reports = () => real.app.services.crashes.ofAgent(real.admin, one.id);
      await expect.poll(() => reports().length, PATIENCE).toBe(1);
      expect(reports()[0]).toMatchObject({
        verdict: { cause: 'exit', exitCode: 3, stoppedBy: 'nobody' },
        lines: [{ text: 'last words' }],
      });
      expect(reports()[0]?.changes).toContainEqual({ path: '/new-file', kind: 'added' });
      const copy = await real.app.services.crashes.openCopy(real.admin, one.id);
      await expect.poll(() => get(copy.id).state, PATIENCE).toBe('ready');
      const looked = await real.engine.execute(get(copy.id).containerId ?? '', {
        command: ['ls', '/new-file'],
        timeoutMs: 5_000,
      });
      expect(looked.exitCode).toBe(0);
    });

    it('tells memory from other ends', async () => {
      const one = await spawn(
        {
          name: name('greedy'),
          command: ['sh', '-c', 'sleep 0.3; x=a; while :; do x=$x$x; done'],
          resources: { memory: '16m' },
        },
        { wait: false },
      );
      const reports = () => real.app.services.crashes.ofAgent(real.admin, one.id);
      await expect.poll(() => reports().length, PATIENCE).toBe(1);
      expect(reports()[0]?.verdict).toMatchObject({ cause: 'oom' });
      expect(reports()[0]?.verdict.text).toContain('16 MiB');
      expect(get(one.id)).toMatchObject({ state: 'crashed', reason: 'oom' });
    });

    it('is not written for an end that somebody wanted', async () => {
      const one = await spawn({ name: name('calm') });
      await agents().stop(real.admin, one.id, { timeout: 0 }, WAIT);
      await real.docker('start', one.containerId ?? '');
      await expect.poll(() => get(one.id).state, PATIENCE).toBe('ready');
      await real.docker('kill', one.containerId ?? '');
      await expect.poll(() => get(one.id).state, PATIENCE).toBe('stopped');
      expect(real.app.services.crashes.ofAgent(real.admin, one.id)).toEqual([]);
    });
  });

  describe('idle rules', () => {
    beforeEach(() => {
      skew = 0;
    });
    /** In steps: a leap of the clock would mean that the machine slept, and is not counted. */
    const tick = async (ahead: number) => {
      while (skew < ahead) {
        skew = Math.min(ahead, skew + 30_000);
        await real.app.idleStop.tick();
      }
      await real.app.idleStop.tick();
    };
    const later = (ms: number) => tick(skew + ms);
    const idleOf = (id: string) => agents().pulse(real.admin, id)?.idle;

    it('output is activity of io and agent, and not of user', async () => {
      const command = ['sh', '-c', 'while :; do echo working; sleep 0.2; done'];
      const made = await Promise.all(
        ['io', 'agent', 'user'].map((mode) =>
          spawn({ name: name(`out-${mode}`), command, idle: { mode, timeout: 3600 } }),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await later(0);
      const [io, agent, user] = made.map((each) => idleOf(each.id));
      expect(io?.lastActivity?.source).toBe('output');
      expect(agent?.lastActivity?.source).toBe('output');
      expect(user?.lastActivity?.source).toBe('start');
      expect(Date.parse(io?.stopsAt ?? '')).toBeGreaterThan(Date.parse(user?.stopsAt ?? '') + 1_500);
      await Promise.all(made.map((each) => remove(each.id)));
    });

    it('CPU over 2 % for a minute is activity of agent; our own sampling is none', async () => {
      const busy = await spawn({
        name: name('busy'),
        command: ['sh', '-c', 'while :; do :; done'],
        resources: { cpu: 0.2 },
        idle: { mode: 'agent', timeout: 30 },
      });
      const quiet = await spawn({ name: name('quiet'), idle: { mode: 'agent', timeout: 30 } });
      const stop = [busy, quiet].map((each) => real.app.sampler.watch(each.id));
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      for (const end of stop) end();
      await later(32_000);
      expect(idleOf(busy.id)?.lastActivity?.source).toBe('cpu');
      await expect.poll(() => get(quiet.id), PATIENCE).toMatchObject({ state: 'stopped' });
      expect(get(busy.id).state).toBe('ready');
      await Promise.all([busy, quiet].map((each) => remove(each.id)));
    });

    it('a message and a typed key are activity of user, and put the stop off', async () => {
      const input = { command: ['cat'], tty: false, stdin: true, idle: { mode: 'user', timeout: 3600 } };
      const [told, typed, quiet] = await Promise.all(
        ['told', 'typed', 'untouched'].map((each) => spawn({ name: name(each), ...input })),
      );
      if (told === undefined || typed === undefined || quiet === undefined) throw new Error('not made');
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      await real.app.services.messages.send(real.admin, told.id, { message: 'go on' });
      const terminal = await real.app.services.terminals.open(real.admin, typed.id, {});
      const nobody = { output: () => undefined, screen: () => undefined, changed: () => undefined };
      const seat = real.app.services.terminals.join(real.admin, terminal.id, nobody);
      await seat.screen;
      await seat.write(Buffer.from('x'));
      await real.app.services.terminals.end(real.admin, terminal.id);
      await tick(Date.parse(quiet.startedAt ?? '') + HOUR + 1_000 - Date.now());
      await expect.poll(() => get(quiet.id), PATIENCE).toMatchObject({ state: 'stopped', reason: 'idle' });
      for (const each of [told, typed]) {
        expect(idleOf(each.id)?.lastActivity?.source).toBe('input');
        expect(get(each.id).state).toBe('ready');
      }
      await Promise.all([told, typed, quiet].map((each) => remove(each.id)));
    }, 60_000);

    it('a login is activity of ssh', async () => {
      // sshd names its sessions like this in the process list
      const session = ['sh', '-c', CALM, 'sshd: ada@pts/0'];
      const named = await spawn({
        name: name('ssh'),
        command: session,
        idle: { mode: 'ssh', timeout: 3600 },
      });
      const alone = await spawn({ name: name('no-ssh'), idle: { mode: 'ssh', timeout: 3600 } });
      await later(HOUR + 5_000);
      await expect.poll(() => get(alone.id), PATIENCE).toMatchObject({ state: 'stopped', reason: 'idle' });
      await later(1_000);
      expect(idleOf(named.id)?.lastActivity?.source).toBe('ssh');
      expect(get(named.id).state).toBe('ready');
      await Promise.all([named, alone].map((each) => remove(each.id)));
    });

    it('boot counts from the start alone; keep-alive gives it time; an age wins over everything', async () => {
      const boot = await spawn({ name: name('boot'), idle: { mode: 'boot', timeout: 7200 } });
      const aged = await spawn({ name: name('aged'), idle: 'disabled', ttl: 7200 });
      agents().keepAlive(real.admin, boot.id, { seconds: 3 * 3600 });
      await later(2 * HOUR + 10_000);
      await expect.poll(() => get(aged.id), PATIENCE).toMatchObject({ state: 'stopped', reason: 'ttl' });
      expect(get(boot.id).state).toBe('ready');
      await later(HOUR + 10_000);
      await expect.poll(() => get(boot.id), PATIENCE).toMatchObject({ state: 'stopped', reason: 'idle' });
      await agents().start(real.admin, boot.id, WAIT);
      expect(get(boot.id).state).toBe('ready');
    });
  });
});
