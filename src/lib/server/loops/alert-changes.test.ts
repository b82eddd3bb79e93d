import { describe, expect, it, vi } from 'vitest';
import { pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { alertsOn, makeAlertWorld, type AlertWorld } from '../testing/alert-world.ts';
import { containerOf } from '../testing/world.ts';
import { AlertChanges } from './alert-changes.ts';

vi.mock('node:timers/promises', async () => import('../testing/driven-time.ts'));
useDrivenTime();

async function world() {
  const made = await makeAlertWorld({ watched: true });
  watch(made);
  return made;
}

function watch({ rules, firing, bus }: Pick<AlertWorld, 'rules' | 'firing' | 'bus'>) {
  return new AlertChanges({ rules, firing, bus });
}

describe('a rule about what happens', () => {
  it('fires when an agent ends by itself with such a code, once for each cooldown', async () => {
    const made = await world();
    made.rule({ condition: { when: 'exit', codes: [3] }, cooldownSeconds: 60 });
    const one = await made.spawn({ name: 'one' });
    const crash = async (code: number) => {
      made.fake.exit(containerOf(one), code);
      await until(() => expect(made.row(one.id).state).not.toBe('ready'));
      await made.services.agents.start(made.admin, one.id);
    };
    await crash(4);
    expect(made.told()).toEqual([]);
    await crash(3);
    await crash(3);
    expect(made.told()).toEqual(['one ended with exit code 3']);
    await pass(60_000);
    await crash(3);
    expect(made.told()).toHaveLength(2);
    expect(made.broken).toEqual([]);
  });

  it('keeps its cooldown over a restart of Slipway', async () => {
    const made = await world();
    made.rule({ condition: { when: 'state', states: ['crashed'] }, cooldownSeconds: 3600 });
    const one = await made.spawn({ name: 'one' });
    made.fake.exit(containerOf(one), 1);
    await until(() => expect(made.told()).toEqual(['one is crashed (crash 1)']));
    const row = made.rules.list()[0];
    const again = alertsOn(made).firing;
    expect(
      row && again.lastAt(row.id, { kind: 'agent', id: one.id, name: 'one', hostId: '' }),
    ).toBeGreaterThan(0);
    expect(
      row &&
        again.fire(row, {
          subject: { kind: 'agent', id: one.id, name: 'one', hostId: '' },
          text: 'x',
          at: 0,
          details: {},
        }),
    ).toBe(false);
  });

  it('fires for no stop that was asked for, and not for others than it is about', async () => {
    const made = await world();
    made.rule({ name: 'any end', condition: { when: 'exit', codes: 'any' } });
    made.rule({ name: 'another', condition: { when: 'exit' }, scope: { agents: ['two'] } });
    made.rule({ name: 'off', enabled: false, condition: { when: 'state', states: ['stopped', 'crashed'] } });
    const one = await made.spawn({ name: 'one' });
    const stopped = made.services.agents.stop(made.admin, one.id, { timeout: 0 }, { wait: true });
    await until(() => expect(made.row(one.id).state).toBe('stopped'));
    await stopped;
    expect(made.told()).toEqual([]);
  });

  it('tells of one thing for each channel, and masks secrets on the way out', async () => {
    const made = await world();
    made.services.secrets.put(made.admin, { name: 'KEY', value: 'hunter22' });
    const channel = (name: string) =>
      made.alertChannels.create(made.admin, {
        kind: 'slack',
        name,
        secrets: { url: 'https://example.com/x' },
      });
    channel('a');
    channel('b');
    const rule = made.rule({ condition: { when: 'state', states: ['crashed'] }, channels: ['a', 'b'] });
    made.firing.fire(rule, {
      subject: { kind: 'archive' },
      text: 'it said hunter22',
      at: 0,
      details: { line: 'hunter22' },
    });
    const [alert] = made.alertLog.list(made.admin);
    expect(alert).toMatchObject({ text: 'it said ••••••', details: { line: '••••••' } });
    expect(alert?.deliveries.map((each) => `${each.channel ?? ''} ${each.state}`).toSorted()).toEqual([
      'a waiting',
      'b waiting',
    ]);
  });

  it('is told after the fact that made it fire, so that nobody misses that one', async () => {
    const made = await makeAlertWorld({ watched: true });
    watch(made);
    const seen: number[] = [];
    made.bus.on('facts', (facts) => seen.push(...facts.map((fact) => fact.seq)));
    made.rule({ condition: { when: 'state', states: ['crashed'] } });
    const one = await made.spawn({ name: 'one' });
    made.fake.exit(containerOf(one), 1);
    await until(() => expect(made.told()).toHaveLength(1));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});
