import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { createLog } from '../log.ts';
import { finish, pass, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, type TestWorld } from '../testing/world.ts';
import { AutoSnapshots } from './auto-snapshots.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

const HOUR_MS = 3_600_000;
let world: TestWorld;
let loop: AutoSnapshots;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  loop = makeLoop();
  await finish(world.spawn({ name: 'one', snapshots: { every: '6h', keep: 2 } }));
});
afterEach(() => finish(world.close()));

const makeLoop = () => new AutoSnapshots({ ...world, log: createLog('silent') });
const look = (which = loop) => finish(which.look());
const count = () => world.services.snapshots.list(world.admin).length;

it('one is due when the agent has run that long, and again after the same time', async () => {
  await pass(6 * HOUR_MS - 60_000);
  await look();
  expect(count()).toBe(0);
  await pass(120_000);
  await look();
  await look();
  expect(world.services.snapshots.list(world.admin)).toMatchObject([
    { origin: 'schedule', createdBy: 'schedule' },
  ]);
  await pass(6 * HOUR_MS);
  await look();
  expect(count()).toBe(2);
});

it('a restart of Slipway neither forgets nor repeats one', async () => {
  await pass(7 * HOUR_MS);
  await look(makeLoop());
  expect(count()).toBe(1);
  await pass(5 * HOUR_MS);
  await look(makeLoop());
  expect(count()).toBe(1);
  await pass(2 * HOUR_MS);
  await look(makeLoop());
  expect(count()).toBe(2);
});

it('one of a person does not put it off, one before a stop does', async () => {
  await pass(5 * HOUR_MS);
  await finish(world.services.snapshots.create(world.admin, 'one', { name: 'mine' }));
  await pass(2 * HOUR_MS);
  await look();
  expect(count()).toBe(2);
});

it('one that does not run is left alone', async () => {
  await finish(world.services.agents.stop(world.admin, 'one', {}, { wait: true }));
  await pass(20 * HOUR_MS);
  await look();
  expect(count()).toBe(0);
});

it('after a failure it waits before it tries again', async () => {
  await pass(7 * HOUR_MS);
  world.fake.failNext('commitContainer', new EngineRefusal(500, 'no space left on device'));
  await look();
  await look();
  expect(count()).toBe(0);
  await pass(11 * 60_000);
  await look();
  expect(count()).toBe(1);
});

it('only the newest stay', async () => {
  for (let n = 0; n < 4; n += 1) {
    await pass(6.1 * HOUR_MS);
    await look();
  }
  expect(count()).toBe(2);
});
