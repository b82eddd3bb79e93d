import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { finish, pass, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, newRow, type TestWorld } from '../testing/world.ts';
import { Housekeeping } from './housekeeping.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const HOUR = 3_600_000;
let world: TestWorld;
let housekeeping: Housekeeping;
beforeEach(async () => {
  world = await makeWorld({ offline: true });
  const { agents, journal, settings, pulses } = world;
  housekeeping = new Housekeeping({ agents, journal, settings, pulses });
});
afterEach(async () => {
  housekeeping.close();
  await finish(world.close());
});

it('writes down within half a minute when an agent was last active', async () => {
  const row = newRow(world);
  world.records.create(row, () => undefined);
  world.pulses.output(row.id, 'text', 1_234);
  await pass(30_000);
  expect(world.row(row.id).lastActivityAt).toBe(1_234);
});

it('forgets Idempotency-Keys after a day', async () => {
  const row = newRow(world);
  world.records.create(row, () => undefined);
  const remember = (key: string) =>
    world.settings.rememberIdempotent({ key, requestHash: 'h', agentId: row.id, createdAt: Date.now() });
  remember('old');
  await pass(2 * HOUR);
  remember('new');
  await pass(22.5 * HOUR);
  expect(world.settings.idempotent('old')).toBeDefined();
  await pass(HOUR);
  expect(world.settings.idempotent('old')).toBeUndefined();
  expect(world.settings.idempotent('new')).toBeDefined();
});

it('prunes the journal each hour, and does nothing once it is closed', async () => {
  const prune = vi.spyOn(world.journal, 'prune');
  await pass(2 * HOUR);
  expect(prune).toHaveBeenCalledTimes(2);
  housekeeping.close();
  await pass(5 * HOUR);
  expect(prune).toHaveBeenCalledTimes(2);
});
