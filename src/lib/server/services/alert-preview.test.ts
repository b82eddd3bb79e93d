import { describe, expect, it, vi } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { makeAlertWorld } from '../testing/alert-world.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf } from '../testing/world.ts';

vi.mock('node:timers/promises', async () => import('../testing/driven-time.ts'));
useDrivenTime();
const HOUR = 3_600_000;

describe('a preview', () => {
  it('of states and codes says when and for whom, as the cooldown lets it', async () => {
    const made = await makeAlertWorld({ watched: true });
    const one = await made.spawn({ name: 'one' });
    for (const code of [3, 3, 0]) {
      made.fake.exit(containerOf(one), code);
      await until(() => expect(made.row(one.id).endedAt).not.toBeNull());
      await pass(60_000);
      await made.services.agents.start(made.admin, one.id);
    }
    const preview = (condition: object, cooldownSeconds = 1) =>
      made.alertRules.preview(made.admin, { condition, cooldownSeconds });
    expect(await preview({ when: 'exit', codes: [3] })).toMatchObject({
      count: 2,
      times: [{ text: 'one ended with exit code 3' }, { text: 'one ended with exit code 3' }],
      notes: [],
    });
    expect(await preview({ when: 'exit', codes: [3] }, 3600)).toMatchObject({ count: 1 });
    expect(await preview({ when: 'state', states: ['exited'] })).toMatchObject({ count: 1 });
    await pass(2 * HOUR);
    expect(await preview({ when: 'exit', codes: 'any' })).toMatchObject({ count: 0 });
  });

  it('of figures takes the same steps as the watch', async () => {
    const made = await makeAlertWorld();
    const { id } = await made.spawn({ name: 'one' });
    const start = Math.floor(Date.now() / 10_000) * 10_000 - HOUR;
    const none = {
      cpuMax: null,
      memory: null,
      memoryMax: null,
      memoryLimit: null,
      netRx: null,
      netTx: null,
      blockRead: null,
      blockWrite: null,
      pids: null,
      throttled: null,
    };
    const cpu = [...Array.from({ length: 10 }, () => 95), 10, ...Array.from({ length: 3 }, () => 95)];
    made.metrics.write(10, {
      agents: cpu.map((value, place) => ({
        id,
        point: { at: start + place * 10_000, samples: 1, cpu: value, ...none },
      })),
    });
    const condition = { when: 'metric', metric: 'cpu', value: 90, windowSeconds: 60 };
    expect(await made.alertRules.preview(made.admin, { condition })).toMatchObject({
      count: 1,
      times: [
        {
          at: new Date(start + 60_000).toISOString(),
          text: 'one: CPU 95 % of a core, above 90 % of a core for 1m',
        },
      ],
    });
  });

  it('of a host that was away says when it would have been told', async () => {
    const made = await makeAlertWorld();
    made.fake.goAway();
    await until(() => expect(made.host.state).toBe('offline'), 20_000);
    await pass(120_000);
    const preview = (afterSeconds: number) =>
      made.alertRules.preview(made.admin, { condition: { when: 'host-down', afterSeconds } });
    expect(await preview(60)).toMatchObject({
      count: 1,
      times: [{ text: 'The host local does not answer' }],
    });
    expect(await preview(600)).toMatchObject({ count: 0 });
  });

  it('of lines reads what is kept of them', async () => {
    const line = (seq: number, text: string): LogLine => ({
      seq,
      time: new Date(Date.now() - 60_000 + seq).toISOString(),
      stream: 'stdout',
      text,
    });
    const made = await makeAlertWorld({}, (agent) =>
      agent.name === 'one' ? [[line(1, 'fine'), line(2, 'panic one')]] : [[line(3, 'panic two')]],
    );
    await made.spawn({ name: 'one' });
    await made.spawn({ name: 'two' });
    const preview = made.alertRules.preview(made.admin, {
      condition: { when: 'log', pattern: 'panic' },
      scope: { agents: ['one'] },
    });
    expect(await finish(preview)).toMatchObject({ count: 1, times: [{ text: 'one said: panic one' }] });
  });
});
