import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OperationView } from '#lib/protocol/views.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const test = (name: string, wait = true) =>
  finish(world.services.typeTests.test(world.admin, name, {}, { wait }));
const own = (defaults: Readonly<Record<string, unknown>>) =>
  world.services.types.create(world.admin, { name: 'own', image: 'slipway/starter', defaults });
const detail = ({ id }: OperationView) => world.services.operations.get(world.admin, id);
const newest = (): OperationView => {
  const found = world.services.operations.list(world.admin).find((each) => each.kind === 'type-test');
  if (found === undefined) throw new Error('there is no test of a type');
  return found;
};
const nothingIsLeft = async () => {
  expect(world.agents.list()).toEqual([]);
  expect(await world.fake.listContainers()).toEqual([]);
};

it('a type that works is launched, waited for and removed, and each step has its time', async () => {
  const operation = await test('shell');
  expect(operation).toMatchObject({ kind: 'type-test', state: 'succeeded', subject: 'shell' });
  expect(operation.steps.map(({ name, state }) => [name, state])).toEqual([
    ['spawn', 'done'],
    ['remove', 'done'],
  ]);
  expect(detail(operation).output).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^image: here already, \d+\.\d s$/),
      expect.stringMatching(/^ready: .*\d+\.\d s$/),
    ]),
  );
  await nothingIsLeft();
});

it('a type that is never ready fails with its last output, and nothing of it is left', async () => {
  own({
    command: ['sh', '-c', 'echo no key; sleep 1000'],
    tty: false,
    readiness: { log: 'never', timeout: 2 },
  });
  await expect(test('own')).rejects.toMatchObject({
    code: 'READY_TIMEOUT',
    details: { output: expect.arrayContaining(['no key']) as unknown },
  });
  expect(newest()).toMatchObject({ state: 'failed', retryable: true });
  await nothingIsLeft();
});

it('a type whose program ends by itself fails with what it said, and nothing of it is left', async () => {
  own({ command: ['sh', '-c', 'echo broken; exit 3'], tty: false, readiness: { log: 'never', timeout: 60 } });
  await expect(test('own')).rejects.toMatchObject({ details: { output: ['broken'] } });
  await nothingIsLeft();
});

it('a test that is cancelled removes what it launched', async () => {
  own({ command: ['sh', '-c', 'sleep 1000'], tty: false, readiness: { log: 'never', timeout: 600 } });
  const operation = await test('own', false);
  await until(() => {
    expect(world.agents.list()[0]?.state).toBe('starting');
  });
  world.services.operations.cancel(world.admin, operation.id);
  await pass(100);
  await until(() => {
    expect(detail(operation).state).toBe('cancelled');
  });
  await nothingIsLeft();
});

it('what a spawn would be refused with is refused at once, and there is no operation', async () => {
  await expect(test('custom')).rejects.toMatchObject({ code: 'VALIDATION' });
  await expect(test('robot')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(
    world.services.typeTests.test(person('viewer', 'vera'), 'shell', {}, { wait: false }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(world.services.operations.list(world.admin)).toEqual([]);
});

it('a failed test can be tried again', async () => {
  own({ command: ['sh', '-c', 'exit 1'], tty: false, readiness: { log: 'never', timeout: 60 } });
  await expect(test('own')).rejects.toMatchObject({ code: 'CONFLICT' });
  world.services.types.update(world.admin, 'own', { image: 'slipway/starter' });
  const again = await finish(world.services.retry.retry(world.admin, newest().id));
  await until(() => {
    expect(detail(again).state).toBe('succeeded');
  });
  expect(again.kind).toBe('type-test');
});
