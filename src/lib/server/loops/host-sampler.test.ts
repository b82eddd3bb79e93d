import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { HostBoard } from '../streams/host-board.ts';
import { finish, pass, settled, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, startForeign, type TestWorld } from '../testing/world.ts';
import { HostSampler, type Machine } from './host-sampler.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let board: HostBoard;
let over: AbortController;
let one: AgentDetailView;
beforeEach(async () => {
  vi.setSystemTime(Date.parse('2026-03-01T12:00:05Z'));
  world = await makeWorld({ watched: true });
  one = await finish(world.spawn({ name: 'one' }));
  world.fake.use(containerOf(one), { cpu: 1, memoryBytes: 1_000 });
  board = new HostBoard();
  over = new AbortController();
});
afterEach(async () => {
  over.abort();
  await finish(world.close());
});

const ELSEWHERE: Machine = {
  isSameMachine: () => false,
  coreTime: () => ({ busyMs: 0, totalMs: 0 }),
  busyPercent: () => null,
  memoryRoom: () => ({ used: 0, total: 0 }),
  diskRoom: () => Promise.resolve(null),
};
const run = (machine: Partial<Machine> = {}) => {
  const parts = { agents: world.agents, hostFigures: board, machine: { ...ELSEWHERE, ...machine } };
  void new HostSampler(parts).run(world.host, world.fake, over.signal);
};
const figures = () => board.get(world.host.id);

describe('a host on another machine', () => {
  it('uses what its containers use together, also those that are not ours, of all its cores', async () => {
    const foreign = await finish(startForeign(world.fake, 'foreign'));
    world.fake.use(foreign, { cpu: 1, memoryBytes: 500 });
    run();
    await settled();
    expect(figures()).toMatchObject({ cpu: null, memory: 1_500, usedBy: 'containers' });
    await pass(31_000);
    expect(figures()).toMatchObject({
      cpu: 50,
      memory: 1_500,
      containers: 2,
      containersRunning: 2,
      images: 1,
    });
  });

  it('has as much on its disk as its engine says, which is asked for rarely', async () => {
    const stored = vi.spyOn(world.fake, 'storedBytes').mockResolvedValue(123);
    run();
    await pass(9 * 60_000);
    expect(figures()).toMatchObject({ disk: 123, diskTotal: null, diskOf: 'engine' });
    expect(stored).toHaveBeenCalledTimes(1);
    await pass(120_000);
    expect(stored).toHaveBeenCalledTimes(2);
  });
});

it('of the machine that Slipway runs on the machine itself says it', async () => {
  let busyMs = 0;
  run({
    isSameMachine: () => true,
    coreTime: () => ({ busyMs: (busyMs += 100), totalMs: busyMs * 4 }),
    busyPercent: (before, now) => ((now.busyMs - before.busyMs) / (now.totalMs - before.totalMs)) * 100,
    memoryRoom: () => ({ used: 3, total: 8 }),
    diskRoom: (_root, containerId) =>
      Promise.resolve(containerId === one.containerId ? { used: 5, total: 9 } : null),
  });
  await settled();
  expect(figures()).toMatchObject({ cpu: null, memory: 3, memoryTotal: 8, usedBy: 'machine' });
  await pass(31_000);
  expect(figures()).toMatchObject({ cpu: 25, disk: 5, diskTotal: 9, diskOf: 'file-system' });
});

it('a clock that is wrong is told', async () => {
  const info = world.fake.info.bind(world.fake);
  vi.spyOn(world.fake, 'info').mockImplementation(async () => ({
    ...(await info()),
    time: Date.now() - 90_000,
  }));
  run();
  await settled();
  expect(figures()?.clockSkew).toBe(-90_000);
});

it('while the engine is away nothing is told, and then again', async () => {
  run();
  await settled();
  const before = figures()?.at;
  world.fake.goAway();
  await pass(60_000);
  expect(figures()?.at).toBe(before);
  world.fake.comeBack();
  await pass(30_000);
  expect(figures()?.at).not.toBe(before);
});
