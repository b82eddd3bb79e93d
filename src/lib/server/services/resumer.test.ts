import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LABEL } from '#lib/domain/labels.ts';
import type { AgentRow } from '../storage/agents.ts';
import { finish, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, INSTANCE, makeWorld, newRow, startForeign, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

/** As the reconciler does it: with what the engine lists for the agent. */
async function resume(id: string): Promise<void> {
  const containers = await world.fake.listContainers();
  const row = world.row(id);
  world.resumer.resume(
    row,
    containers.find((each) => each.id === row.containerId),
  );
  await settled();
}
const becomes = (id: string, state: AgentRow['state']) =>
  until(() => expect(world.row(id).state).toBe(state), 20_000);

describe('a spawn that a crash cut off', () => {
  it.each(['queued', 'preparing', 'creating'] as const)('in %s is made from its beginning', async (state) => {
    const { id } = newRow(world);
    world.records.create(newRow(world, { id }), () => undefined);
    if (state !== 'queued') world.records.move(id, 'preparing', 'operator ada');
    if (state === 'creating') world.records.move(id, 'creating', 'operator ada');
    await resume(id);
    await becomes(id, 'ready');
    expect(world.states(id)).toEqual(['queued', 'preparing', 'creating', 'starting', 'ready']);
    expect(world.operations.ofAgent(id, 10)).toMatchObject([
      { kind: 'spawn', actor: 'slipway restart', state: 'succeeded' },
    ]);
  });

  it('after the container was made and before that was written down makes no second one', async () => {
    const row = newRow(world);
    world.records.create(row, () => undefined);
    world.records.move(row.id, 'preparing', 'operator ada');
    world.records.move(row.id, 'creating', 'operator ada');
    const orphan = await startForeign(world.fake, row.name, {
      [LABEL.instance]: INSTANCE,
      [LABEL.agentId]: row.id,
    });
    await resume(row.id);
    await becomes(row.id, 'ready');
    const left = await world.fake.listContainers();
    expect(left.map(({ id }) => id)).toEqual([world.row(row.id).containerId]);
    expect(left[0]?.id).not.toBe(orphan);
  });
});

describe('a start that a crash cut off', () => {
  it('is over when the container runs', async () => {
    const agent = await finish(world.spawn());
    await finish(world.services.agents.stop(world.admin, agent.id, {}, { wait: true }));
    world.records.move(world.row(agent.id).id, 'starting', 'operator ada');
    await world.fake.startContainer(containerOf(agent));
    await resume(agent.id);
    await becomes(agent.id, 'ready');
  });

  it('is done when it does not', async () => {
    const agent = await finish(world.spawn());
    await finish(world.services.agents.stop(world.admin, agent.id, {}, { wait: true }));
    world.records.move(world.row(agent.id).id, 'starting', 'operator ada');
    await resume(agent.id);
    await becomes(agent.id, 'ready');
    expect((await world.fake.inspectContainer(containerOf(agent))).status).toBe('running');
  });
});

it('a stop that a crash cut off is done, with its reason', async () => {
  const agent = await finish(world.spawn());
  world.records.move(world.row(agent.id).id, 'stopping', 'operator bob');
  await resume(agent.id);
  await becomes(agent.id, 'stopped');
  expect(world.row(agent.id).reason).toBe('operator bob');
  expect((await world.fake.inspectContainer(containerOf(agent))).status).toBe('exited');
});

it('a removal that a crash cut off is done, with its reason', async () => {
  const agent = await finish(world.spawn());
  world.records.move(world.row(agent.id).id, 'removing', 'operator bob');
  await resume(agent.id);
  await becomes(agent.id, 'removed');
  expect(world.row(agent.id).reason).toBe('operator bob');
  expect(await world.fake.listContainers()).toEqual([]);
});

it('on what rests nothing is done', async () => {
  const agent = await finish(world.spawn());
  const before = world.facts.length;
  await resume(agent.id);
  expect(world.facts).toHaveLength(before);
});
