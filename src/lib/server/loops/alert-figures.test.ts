import { describe, expect, it, vi } from 'vitest';
import { pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeAlertWorld, type AlertWorld } from '../testing/alert-world.ts';
import { AlertFigures } from './alert-figures.ts';

vi.mock('node:timers/promises', async () => import('../testing/driven-time.ts'));
useDrivenTime();

function watch(
  made: AlertWorld,
  disks: { percent: number | null; paused: boolean } = { percent: null, paused: false },
) {
  const { rules, firing, agents, records, fleet, pulses } = made;
  return new AlertFigures({
    ...{ rules, firing, agents, records, fleet, pulses },
    diskPercent: () => disks.percent,
    archivePaused: () => disks.paused,
  });
}

/** Ten seconds at a time: a sample of the memory, then a look. */
async function measure(
  made: AlertWorld,
  figures: AlertFigures,
  id: string,
  values: readonly (number | null)[],
) {
  for (const memory of values) {
    await pass(10_000);
    if (memory !== null)
      made.pulses.sample(id, {
        at: Date.now(),
        cpu: 1,
        memory,
        memoryLimit: 100,
        netRx: 0,
        netTx: 0,
        pids: 1,
        blockRead: 0,
        blockWrite: 0,
        throttled: 0,
      });
    figures.tick();
  }
}

const many = (count: number, value: number | null) => Array.from({ length: count }, () => value);
const MEMORY = { when: 'metric', metric: 'memoryPercent', value: 90, windowSeconds: 60 };

describe('a rule about what lasts', () => {
  it('fires when a figure was above for the whole window, and once until it was below', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: MEMORY });
    const { id } = await made.spawn({ name: 'one' });
    const figures = watch(made);
    await measure(made, figures, id, [...many(5, 95), 80, ...many(5, 95)]);
    expect(made.told()).toEqual([]);
    await measure(made, figures, id, many(30, 95));
    expect(made.told()).toEqual(['one: memory 95 % of its limit, above 90 % of its limit for 1m']);
    await measure(made, figures, id, [50, ...many(8, 99)]);
    expect(made.told()).toHaveLength(2);
  });

  it('counts nothing that was before its first look', async () => {
    const made = await makeAlertWorld();
    const { id } = await made.spawn({ name: 'one' });
    const figures = watch(made);
    await measure(made, figures, id, many(20, 95));
    made.rule({ condition: MEMORY });
    figures.tick();
    await measure(made, figures, id, many(5, 95));
    expect(made.told()).toEqual([]);
  });

  it('counts nothing of an agent whose figures stop coming, such as on a host that is away', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: { ...MEMORY, windowSeconds: 120 } });
    const { id } = await made.spawn({ name: 'one' });
    const figures = watch(made);
    await measure(made, figures, id, [...many(6, 95), ...many(20, null), ...many(6, 95)]);
    expect(made.told()).toEqual([]);
  });

  it('waits for the end of a cooldown, and fires then if it still holds', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: MEMORY, cooldownSeconds: 600 });
    const { id } = await made.spawn({ name: 'one' });
    const figures = watch(made);
    await measure(made, figures, id, [...many(8, 95), 10, ...many(20, 95)]);
    expect(made.told()).toHaveLength(1);
    await measure(made, figures, id, many(50, 95));
    expect(made.told()).toHaveLength(2);
  });

  it('fires for a host that does not answer for so long, and not for a short break', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: { when: 'host-down', afterSeconds: 60 } });
    const figures = watch(made);
    const minutes = async (looks: number) => {
      for (let look = 0; look < looks; look += 1) {
        await pass(10_000);
        figures.tick();
      }
    };
    await minutes(3);
    made.fake.goAway();
    await minutes(4);
    made.fake.comeBack();
    await until(() => expect(made.host.state).toBe('online'), 60_000);
    await minutes(2);
    expect(made.told()).toEqual([]);
    made.fake.goAway();
    await minutes(20);
    expect(made.told()).toEqual([expect.stringMatching(/^The host local does not answer/)]);
  });

  it('fires for a disk that is full, and for an archive that had to stop', async () => {
    const made = await makeAlertWorld();
    const disks = { percent: 85, paused: false };
    made.rule({ condition: { when: 'disk', percent: 90 } });
    const figures = watch(made, disks);
    figures.tick();
    expect(made.told()).toEqual([]);
    disks.percent = 93;
    figures.tick();
    await pass(10_000);
    disks.paused = true;
    figures.tick();
    expect(made.told()).toEqual([
      'The disk of the host local is 93 % full',
      expect.stringContaining('archive of logs is paused'),
    ]);
  });

  it('forgets an agent that was removed', async () => {
    const made = await makeAlertWorld();
    made.rule({ condition: MEMORY });
    const { id } = await made.spawn({ name: 'one' });
    const figures = watch(made);
    await measure(made, figures, id, many(4, 95));
    await made.services.agents.remove(made.admin, id, { force: true, timeout: 0 }, { wait: true });
    await measure(made, figures, id, many(10, 95));
    expect(made.told()).toEqual([]);
  });
});
