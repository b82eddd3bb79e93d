/** Alerts on a real engine: what an agent does there reaches a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hookSink, type HookSink } from '../testing/hook-sink.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

type Input = Readonly<Record<string, unknown>>;
const PATIENCE = { timeout: 20_000, interval: 50 };

describe.skipIf(NO_ENGINE !== undefined)('alerts on a real engine', () => {
  let real: RealApp;
  beforeAll(async () => {
    real = await realApp();
    real.app.services.alertTargets.put(real.admin, { allowed: ['127.0.0.1'] });
  }, 60_000);
  afterAll(() => real.close());

  const name = (word: string) => `${word}-${real.run}`;
  const spawn = (word: string, script: string) =>
    real.app.services.agents.spawn(
      real.admin,
      { type: 'custom', image: real.image, name: name(word), command: ['sh', '-c', script] },
      { wait: true },
    );
  const rule = (word: string, sink: HookSink, condition: Input, more: Input = {}) => {
    const { alertChannels, alertRules } = real.app.services;
    alertChannels.create(real.admin, { kind: 'webhook', name: name(word), secrets: { url: sink.url } });
    const scope = { agents: [name(word)] };
    return alertRules.create(real.admin, {
      name: name(word),
      condition,
      scope,
      channels: [name(word)],
      ...more,
    });
  };
  const bodies = (sink: HookSink): readonly Input[] =>
    sink.hooks.map((hook) => JSON.parse(hook.body) as Input);

  it('a crash is told once, and again only after the cooldown', async () => {
    const sink = await hookSink();
    rule('crash', sink, { when: 'exit', codes: [7] }, { cooldownSeconds: '1h' });
    const agent = await spawn('crash', 'sleep 0.3; exit 7');
    await expect
      .poll(() => bodies(sink), PATIENCE)
      .toMatchObject([
        {
          text: `${name('crash')} ended with exit code 7`,
          agent: { name: name('crash') },
          details: { exitCode: 7 },
        },
      ]);
    await real.app.services.agents.start(real.admin, agent.id);
    await expect.poll(() => real.app.services.agents.lives(real.admin, agent.id).length, PATIENCE).toBe(2);
    await expect
      .poll(() => real.app.services.agents.get(real.admin, agent.id).state, PATIENCE)
      .toBe('crashed');
    expect(sink.hooks).toHaveLength(1);
    const preview = await real.app.services.alertRules.preview(real.admin, {
      condition: { when: 'exit', codes: [7] },
      scope: { agents: [agent.id] },
      cooldownSeconds: 1,
    });
    expect(preview.count).toBeGreaterThanOrEqual(1);
    await real.app.services.agents.stop(real.admin, agent.id).catch(() => undefined);
  });

  it('a line of a log is told, and the archive says when it would have been', async () => {
    const sink = await hookSink();
    const condition = { when: 'log', pattern: 'panic: .* at line \\d+' };
    rule('line', sink, condition);
    const agent = await spawn(
      'line',
      'sleep 0.5; echo fine; echo "panic: no space at line 42" >&2; exec sleep 1000',
    );
    await expect
      .poll(() => bodies(sink), PATIENCE)
      .toMatchObject([
        {
          text: `${name('line')} said: panic: no space at line 42`,
          details: { line: 'panic: no space at line 42' },
        },
      ]);
    const scope = { agents: [agent.id] };
    const past = () => real.app.services.alertRules.preview(real.admin, { condition, scope });
    await expect.poll(async () => (await past()).count, PATIENCE).toBe(1);
  });

  it('what was told before a restart of Slipway is not told again', async () => {
    const sink = await hookSink();
    rule('again', sink, { when: 'log', pattern: 'panic' }, { cooldownSeconds: 1 });
    await spawn('again', 'sleep 0.3; echo panic one; exec sleep 1000');
    await expect.poll(() => sink.hooks.length, PATIENCE).toBe(1);
    await expect
      .poll(() => real.app.services.alerts.list(real.admin)[0]?.deliveries[0]?.state, PATIENCE)
      .toBe('sent');
    await real.restart();
    await expect.poll(() => real.app.services.hosts.list(real.admin)[0]?.state, PATIENCE).toBe('online');
    // the tail that was opened anew has read the line of before
    await expect
      .poll(
        () => real.app.tails.get(real.app.services.agents.get(real.admin, name('again')).id)?.lastLine?.text,
        PATIENCE,
      )
      .toBe('panic one');
    expect(sink.hooks).toHaveLength(1);
  });
});
