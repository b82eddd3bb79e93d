/** Agent types on a real engine: their test, and agents that say that they have no login. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const SAYING = 'Not logged in · Please run /login';
const CALM = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const LINES = 'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "line $n"; done';

describe.skipIf(NO_ENGINE !== undefined)('agent types on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
    real.app.services.types.create(real.admin, {
      name: 'talker',
      image: real.image,
      loginHelp: 'Say it differently.',
      patterns: { login: ['^Not logged in · '] },
      defaults: { command: ['sh', '-c', CALM], tty: false, resources: { memory: '32m' } },
    });
  }, 60_000);
  afterAll(() => real.close(), 60_000);

  const test = (name: string) => real.app.services.typeTests.test(real.admin, name, {}, { wait: true });
  const own = (name: string, defaults: Readonly<Record<string, unknown>>) =>
    real.app.services.types.create(real.admin, { name, image: real.image, defaults });
  const newest = () => {
    const found = real.app.services.operations.list(real.admin).find((each) => each.kind === 'type-test');
    return real.app.services.operations.get(real.admin, found?.id ?? '');
  };

  it('a type that works passes its test, and leaves nothing behind', async () => {
    const before = await real.holdings();
    const { id, state } = await test('talker');
    expect(state).toBe('succeeded');
    const { output } = real.app.services.operations.get(real.admin, id);
    expect(output.map((line) => line.split(':')[0])).toEqual([
      'validate',
      'image',
      'network',
      'volumes',
      'create',
      'start',
      'ready',
    ]);
    expect((await real.holdings()).containers).toEqual(before.containers);
  });

  it('a type that ends at once fails its test with what it said last, and leaves nothing behind', async () => {
    const before = await real.holdings();
    own('broken', {
      command: ['sh', '-c', 'echo no model key; exit 3'],
      readiness: { log: 'up', timeout: 20 },
    });
    await expect(test('broken')).rejects.toMatchObject({ details: { output: ['no model key'] } });
    expect(newest()).toMatchObject({ state: 'failed', subject: 'broken' });
    expect((await real.holdings()).containers).toEqual(before.containers);
  });

  it('a test that is cancelled leaves nothing behind', async () => {
    const before = await real.holdings();
    own('slow', { command: ['sh', '-c', 'sleep 100'], readiness: { log: 'up', timeout: 100 } });
    const { id } = await real.app.services.typeTests.test(real.admin, 'slow', {}, { wait: false });
    await vi.waitFor(
      () => {
        expect(real.app.services.agents.list(real.admin).map((agent) => agent.state)).toContain('starting');
      },
      { timeout: 20_000 },
    );
    real.app.services.operations.cancel(real.admin, id);
    await vi.waitFor(
      () => {
        expect(real.app.services.operations.get(real.admin, id).state).toBe('cancelled');
      },
      { timeout: 20_000 },
    );
    expect((await real.holdings()).containers).toEqual(before.containers);
  });

  it('an agent that says it has no login needs one, until its output has moved on', async () => {
    const { agents } = real.app.services;
    const agent = await agents.spawn(
      real.admin,
      { type: 'talker', name: `talker-${real.run}` },
      { wait: true },
    );
    const run = async (script: string) => {
      const command = ['sh', '-c', `(${script}) > /proc/1/fd/1`];
      const ran = await real.engine.execute(agent.containerId ?? '', { command, timeoutMs: 5_000 });
      expect(ran.exitCode).toBe(0);
    };
    const say = () => run(`echo '${SAYING}'`);
    const needs = (login: unknown) =>
      vi.waitFor(
        () => {
          expect(agents.get(real.admin, agent.id)).toMatchObject(login ?? { attention: null, login: null });
        },
        { timeout: 10_000 },
      );
    await say();
    await needs({ attention: 'needs_login', login: { line: SAYING, help: 'Say it differently.' } });
    await run(LINES);
    await needs(null);
    await say();
    await needs({ attention: 'needs_login' });
    await agents.restart(real.admin, agent.id, {}, { wait: true });
    await needs(null);
  });
});
