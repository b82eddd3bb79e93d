import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import type { ProgressView } from '#lib/protocol/views.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import type { Operation, OperationPlan, Operations } from './operations.ts';

let world: TestWorld;
let operations: Operations;
beforeEach(async () => {
  world = await makeWorld({ offline: true });
  operations = world.operations;
});
afterEach(() => world.close());

const agent = { id: newId<AgentId>(), name: 'one' };
const plan = (changes: Partial<OperationPlan> = {}): OperationPlan => ({
  kind: 'spawn',
  agent,
  hostId: world.host.id,
  actor: 'operator ada',
  steps: ['first', 'second'],
  cancellable: true,
  ...changes,
});
const view = (id: string) => operations.get(world.admin, id);

/** An operation whose first step waits to be released, or cancelled. */
function waiting(changes: Partial<OperationPlan> = {}, before?: (operation: Operation) => void) {
  const hold = Promise.withResolvers<undefined>();
  const started = operations.start(plan(changes), async (operation) => {
    before?.(operation);
    const cancelled = new Promise<never>((_, reject) => {
      operation.signal.addEventListener('abort', () => reject(new Error('some error of the work')));
    });
    await operation.step('first', () => Promise.race([hold.promise, cancelled]));
    return operation.step('second', () => Promise.resolve('result'));
  });
  started.done.catch(() => undefined);
  return { ...started, release: () => hold.resolve(undefined) };
}

describe('steps', () => {
  it('are told as they go, and stand in the record with their notes', async () => {
    const { id, done } = operations.start(plan(), async (operation) => {
      await operation.step('first', (note) => {
        note('found three');
        return Promise.resolve();
      });
      return operation.step('second', () => Promise.resolve(42));
    });
    expect(await done).toBe(42);
    expect(view(id)).toMatchObject({
      state: 'succeeded',
      host: 'local',
      agentName: 'one',
      actor: 'operator ada',
      cancellable: false,
      error: null,
      steps: [
        { name: 'first', state: 'done', note: 'found three' },
        { name: 'second', state: 'done', note: null },
      ],
    });
    expect(view(id).endedAt).not.toBeNull();
    const told = world.facts.flatMap((fact) =>
      fact.kind === 'operation' ? [fact.operation.steps.map(({ state }) => state).join(' ')] : [],
    );
    expect(told).toEqual([
      'waiting waiting',
      'running waiting',
      'done waiting',
      'done running',
      'done done',
      'done done',
    ]);
  });

  it('one that fails ends it: the rest is skipped, and the problem is kept', async () => {
    const { id, done } = operations.start(plan(), async (operation) => {
      await operation.step('first', () => Promise.reject(new AppError('PULL_FAILED', 'no such registry')));
    });
    await expect(done).rejects.toThrow('no such registry');
    expect(view(id)).toMatchObject({
      state: 'failed',
      error: { code: 'PULL_FAILED' },
      steps: [{ state: 'failed', note: 'no such registry' }, { state: 'skipped' }],
    });
    expect(world.bugs).toEqual([]);
  });

  it('what is no AppError is a bug: shown without its words, and reported', async () => {
    const { id, done } = operations.start(plan(), (operation) =>
      operation.step('first', () => Promise.reject(new TypeError('x of undefined'))),
    );
    await expect(done).rejects.toThrow(TypeError);
    expect(view(id).error).toMatchObject({ code: 'INTERNAL', message: 'Something in Slipway broke' });
    expect(world.bugs).toHaveLength(1);
  });

  it('progress is told and not kept', async () => {
    const seen: ProgressView[] = [];
    world.bus.on('progress', (progress) => seen.push(progress));
    const { id, release, done } = waiting({}, (operation) => operation.progress('first', 40, 'Pulling'));
    expect(seen).toEqual([
      { operationId: id, agentId: agent.id, step: 'first', percent: 40, text: 'Pulling' },
    ]);
    release();
    await done;
  });
});

describe('cancelling', () => {
  it('ends the running step with CANCELLED, whatever the work says of it', async () => {
    const { id, done } = waiting();
    expect(view(id).cancellable).toBe(true);
    operations.cancel(world.admin, id);
    await expect(done).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(view(id)).toMatchObject({
      state: 'cancelled',
      error: { code: 'CANCELLED' },
      steps: [{ state: 'failed' }, { state: 'skipped' }],
    });
    expect(world.bugs).toEqual([]);
  });

  it('is too late after the point of no return', async () => {
    const { id, done, release } = waiting({}, (operation) => {
      operation.commitPoint();
    });
    expect(view(id).cancellable).toBe(false);
    expect(() => operations.cancel(world.admin, id)).toThrow('It is too late to cancel this');
    release();
    expect(await done).toBe('result');
  });

  it('is too late when it is over, and what never was is not found', async () => {
    const { id, done, release } = waiting();
    release();
    await done;
    expect(() => operations.cancel(world.admin, id)).toThrow('The operation is over');
    expect(() => operations.cancel(world.admin, 'none')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });

  it('is not for viewers', () => {
    const { id, release } = waiting();
    expect(() => operations.cancel(person('viewer'), id)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
    release();
  });
});

describe('who works on what', () => {
  it('an agent is busy while an operation runs on it', async () => {
    const { id, done, release } = waiting();
    expect(operations.isBusy(agent.id)).toBe(true);
    expect(operations.findRunning(agent.id, 'spawn')).toBe(id);
    expect(operations.findRunning(agent.id, 'stop')).toBeUndefined();
    const settled = operations.settled(id);
    release();
    await settled;
    await done;
    expect(operations.isBusy(agent.id)).toBe(false);
  });

  it('settled resolves also for one that failed, and for one that is not there', async () => {
    const { id } = waiting();
    operations.cancel(world.admin, id);
    await operations.settled(id);
    await operations.settled(id);
  });
});

describe('around a restart of Slipway', () => {
  it('what a crash cut off is marked, with what had not begun', () => {
    const row = world.journal.commit((tell) => operations.prepare(plan(), tell));
    operations.recover();
    expect(view(row.id)).toMatchObject({
      state: 'failed',
      error: { code: 'CANCELLED', message: 'Slipway ended in the middle of it' },
      steps: [{ state: 'skipped' }, { state: 'skipped' }],
    });
  });

  it('close waits for what runs', async () => {
    const { id, release } = waiting();
    const closed = operations.close(10_000);
    release();
    await closed;
    expect(view(id).state).toBe('succeeded');
  });

  it('close does not wait for ever', async () => {
    const { id, release } = waiting();
    await operations.close(1);
    expect(view(id).state).toBe('running');
    release();
  });
});

it('the list has the newest first, and an agent its own', async () => {
  const first = waiting();
  const second = waiting({ agent: null });
  first.release();
  second.release();
  await Promise.all([first.done, second.done]);
  expect(
    operations
      .list(world.admin)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual([first.id, second.id].toSorted());
  expect(operations.ofAgent(agent.id, 10).map(({ id }) => id)).toEqual([first.id]);
});
