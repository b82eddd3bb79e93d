import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { until, useDrivenTime } from '../testing/driven-time.ts';
import { makeAlertWorld, type AlertWorld } from '../testing/alert-world.ts';
import { containerOf } from '../testing/world.ts';
import { AlertLines } from './alert-lines.ts';
import { Tails } from './tails.ts';

vi.mock('node:timers/promises', async () => import('../testing/driven-time.ts'));
useDrivenTime();

function watch(made: AlertWorld) {
  const { agents, fleet, tails, pulses, logins, bus, rules, firing, records } = made;
  const followed = new Tails({ agents, fleet, board: tails, pulses, logins, bus, store: null });
  const lines = new AlertLines({ rules, firing, agents, records, tails, bus });
  followed.start();
  lines.start();
  onTestFinished(() => {
    lines.close();
    followed.close();
  });
  return lines;
}

describe('a rule about lines', () => {
  it('fires for a line that matches, with the line and without its colours', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: { when: 'log', pattern: 'panic|fatal error' } });
    watch(made);
    const one = await made.spawn({ name: 'one' });
    made.fake.write(containerOf(one), 'stderr', 'all is well\n\u001b[31mpanic:\u001b[0m no space\nlater\n');
    await until(() => expect(made.told()).toEqual(['one said: panic: no space']));
    expect(made.alertLog.list(made.admin)[0]?.details).toMatchObject({ line: 'panic: no space' });
  });

  it('fires when there were so many within the window', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: { when: 'log', pattern: 'retry', count: 3, windowSeconds: 60 } });
    watch(made);
    const one = await made.spawn({ name: 'one' });
    made.fake.write(containerOf(one), 'stdout', 'retry 1\nretry 2\nother\nseen\n');
    await until(() => expect(made.pulses.pulse(one.id, Date.now())?.lastOutput).toBe('seen'));
    expect(made.told()).toEqual([]);
    made.fake.write(containerOf(one), 'stdout', 'retry 3\n');
    await until(() => expect(made.told()).toEqual(['one said: 3 lines, the last one: retry 3']));
  });

  it('fires for nothing that was said before it watched', async () => {
    const made = await makeAlertWorld();
    const one = await made.spawn({ name: 'one' });
    made.fake.write(containerOf(one), 'stdout', 'panic: long ago\n');
    await vi.advanceTimersByTimeAsync(10);
    made.rule({ condition: { when: 'log', pattern: 'panic' }, cooldownSeconds: 1 });
    watch(made);
    made.fake.write(containerOf(one), 'stdout', 'panic: now\n');
    await until(() => expect(made.told()).toEqual(['one said: panic: now']));
  });

  it('goes on with a line that comes after a restart, and reads none twice', async () => {
    const made = await makeAlertWorld({ watched: true });
    made.rule({ condition: { when: 'log', pattern: 'panic' }, cooldownSeconds: 1 });
    watch(made);
    const one = await made.spawn({ name: 'one' });
    made.fake.write(containerOf(one), 'stdout', 'panic: first\n');
    await until(() => expect(made.told()).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(5_000);
    made.fake.exit(containerOf(one), 1);
    await until(() => expect(made.row(one.id).state).toBe('crashed'));
    await made.services.agents.start(made.admin, one.id);
    made.fake.write(containerOf(one), 'stdout', 'panic: second\n');
    await until(
      () => expect(made.told()).toEqual(['one said: panic: first', 'one said: panic: second']),
      20_000,
    );
  });

  it('holds nobody up and says what it could not look at when lines come faster than it reads', async () => {
    const made = await makeAlertWorld();
    const rule = made.rule({ condition: { when: 'log', pattern: '(\\w+ ?)*[!?]$' } });
    const lines = watch(made);
    const one = await made.spawn({ name: 'one' });
    const lastOutput = () => made.pulses.pulse(one.id, Date.now())?.lastOutput;
    made.fake.write(containerOf(one), 'stdout', 'begin\n');
    await until(() => expect(lastOutput()).toBe('begin'));
    made.fake.write(containerOf(one), 'stdout', `${`${'x'.repeat(20)}\n`.repeat(30_000)}the last\n`);
    await until(() => expect(lastOutput()).toBe('the last'));
    expect(lines.skipped(rule.id)).toBeGreaterThan(0);
  });
});
