import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { finish, pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';
import { Sampler } from './sampler.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let sampler: Sampler;
let one: AgentDetailView;
let over: AbortController;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  one = await finish(world.spawn({ name: 'one' }));
  world.fake.use(containerOf(one), { cpu: 0.5, memoryBytes: 1_000 });
  const { agents, fleet, pulses, bus } = world;
  sampler = new Sampler({ agents, fleet, pulses, bus });
  over = new AbortController();
});
afterEach(async () => {
  over.abort();
  sampler.close();
  await finish(world.close());
});

const pulse = (id: string = one.id) => world.pulses.pulse(id, Date.now());
const run = () => void sampler.run(world.host, world.fake, over.signal);
const samples = () => world.pulses.samples(one.id).length;

it('memory is known after one reading, a rate after two', async () => {
  run();
  await settled();
  expect(pulse()).toMatchObject({ cpu: null, memory: 1_000 });
  await pass(2_100);
  expect(pulse()).toMatchObject({ cpu: 50, memory: 1_000 });
});

it('then it measures every ten seconds', async () => {
  run();
  await pass(2_100);
  const before = samples();
  await pass(30_000);
  expect(samples() - before).toBe(3);
});

it('one that became ready has a rate within three seconds', async () => {
  const two = await finish(world.spawn({ name: 'two' }));
  await pass(3_000);
  expect(pulse(two.id)?.cpu).not.toBeNull();
});

describe('what has stopped has no numbers', () => {
  it('from the moment when it stops', async () => {
    run();
    await pass(2_100);
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    expect(pulse()).toMatchObject({ cpu: null, memory: null, spark: [] });
  });

  it('and is not measured', async () => {
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    const stats = vi.spyOn(world.fake, 'stats');
    run();
    await pass(30_000);
    expect(stats).not.toHaveBeenCalled();
  });

  it('and has some again after a start', async () => {
    run();
    await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
    await finish(world.services.agents.start(world.admin, one.id, { wait: true }));
    await pass(3_000);
    expect(pulse()?.memory).toBe(1_000);
  });
});

describe('watching', () => {
  it('measures each second for as long as somebody looks', async () => {
    const first = sampler.watch(one.id);
    const second = sampler.watch(one.id);
    await pass(10_000);
    expect(samples()).toBeGreaterThanOrEqual(10);
    first();
    first();
    const before = samples();
    await pass(5_000);
    expect(samples() - before).toBeGreaterThanOrEqual(5);
    second();
    await settled();
    const after = samples();
    await pass(20_000);
    expect(samples()).toBe(after);
  });

  it('goes on over a restart', async () => {
    const stop = sampler.watch(one.id);
    await pass(3_000);
    await finish(world.services.agents.restart(world.admin, one.id, {}, { wait: true }));
    const before = samples();
    await pass(5_000);
    expect(samples() - before).toBeGreaterThanOrEqual(3);
    expect(world.pulses.samples(one.id).every(({ cpu }) => cpu === null || cpu >= 0)).toBe(true);
    stop();
  });

  it('is not measured a second time by the slow round', async () => {
    const stats = vi.spyOn(world.fake, 'stats');
    const stop = sampler.watch(one.id);
    run();
    await pass(30_000);
    expect(stats).not.toHaveBeenCalled();
    stop();
  });
});

it('an engine that is away ends nothing', async () => {
  run();
  await pass(2_100);
  world.fake.goAway();
  await pass(15_000);
  world.fake.comeBack();
  const before = samples();
  await pass(15_000);
  expect(samples()).toBeGreaterThan(before);
});

it('a container that gives no figures holds up nobody, and is asked once', async () => {
  const two = await finish(world.spawn({ name: 'two' }));
  const stats = world.fake.stats.bind(world.fake);
  const asked = vi
    .spyOn(world.fake, 'stats')
    .mockImplementation((id, signal) =>
      id === containerOf(two) ? new Promise(() => undefined) : stats(id, signal),
    );
  run();
  await pass(42_000);
  expect(samples()).toBeGreaterThanOrEqual(5);
  expect(asked.mock.calls.filter(([id]) => id === containerOf(two))).toHaveLength(1);
});

it('one round after the other finds an agent in each ten seconds', async () => {
  run();
  await pass(2_100);
  await pass(95_000);
  const intervals = world.pulses.samples(one.id).map(({ at }) => Math.floor(at / 10_000));
  expect(new Set(intervals).size).toBe((intervals.at(-1) ?? 0) - (intervals[0] ?? 0) + 1);
});

it('a sample has our time, whatever the clock of its engine says', async () => {
  const stats = world.fake.stats.bind(world.fake);
  vi.spyOn(world.fake, 'stats').mockImplementation(async (id, signal) => {
    const reading = await stats(id, signal);
    return reading === null ? null : { ...reading, readAt: reading.readAt + 3_600_000 };
  });
  run();
  await pass(2_100);
  expect(world.pulses.samples(one.id).at(-1)).toMatchObject({ at: Date.now() - 100, cpu: 50 });
});
