import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { finish, pass, until, useDrivenTime } from '../testing/driven-time.ts';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

type Input = Readonly<Record<string, unknown>>;
let world: TestWorld;
let made: readonly AgentDetailView[];
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  made = await finish(
    Promise.all(
      ['a', 'b', 'c'].map((name) => world.spawn({ name, tags: { team: name === 'c' ? 'red' : 'blue' } })),
    ),
  );
  await pass(1_000);
});
afterEach(async () => {
  expect(world.bugs).toEqual([]);
  await finish(world.close());
});

const run = (input: Input, actor = world.admin) => finish(world.services.bulk.run(actor, input));
const states = () => made.map(({ id }) => world.row(id).state);
const ALL = { filter: {} };

describe('a verb on many', () => {
  it.each([
    ['stop', {}, 'stopped'],
    ['restart', {}, 'ready'],
    ['pause', {}, 'paused'],
    ['kill', {}, 'stopped'],
    ['remove', { force: true }, 'removed'],
    ['update', { notes: 'x' }, 'ready'],
    ['snapshot', { name: 'first', pause: false }, 'ready'],
  ])('%s does it to each, and says how each is then', async (verb, input, state) => {
    const done = await run({ verb, ...ALL, input });
    expect(done).toMatchObject({ verb, dryRun: false, count: 3, failed: 0 });
    expect(done.results.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c']);
    expect(done.results.map(({ status }) => status)).toEqual([state, state, state]);
    expect(states()).toEqual([state, state, state]);
  });

  it('start and resume bring them back', async () => {
    await run({ verb: 'stop', ...ALL });
    expect(await run({ verb: 'start', ...ALL })).toMatchObject({ failed: 0 });
    await run({ verb: 'pause', ...ALL });
    expect(await run({ verb: 'resume', ...ALL })).toMatchObject({ failed: 0 });
    expect(states()).toEqual(['ready', 'ready', 'ready']);
  });

  it('one that fails holds up no other, and says why', async () => {
    world.fake.failNext('stopContainer', new EngineRefusal(500, 'device busy'));
    const done = await run({ verb: 'stop', ...ALL });
    expect(done).toMatchObject({ count: 3, failed: 1 });
    const failed = done.results.find(({ ok }) => !ok);
    expect(failed).toMatchObject({ status: 'ready', error: { code: 'ENGINE_ERROR' } });
    expect(states().toSorted()).toEqual(['ready', 'stopped', 'stopped']);
  });

  it('without force the removal of a running one fails, and that of a stopped one does not', async () => {
    await finish(world.services.agents.stop(world.admin, 'a', {}, { wait: true }));
    const wish = { verb: 'remove', agents: ['a', 'b'] };
    const ok = (results: readonly { readonly ok: boolean }[]) => results.map((each) => each.ok);
    expect(ok((await run({ ...wish, dryRun: true })).results)).toEqual([true, false]);
    expect(ok((await run(wish)).results)).toEqual([true, false]);
    expect(states()).toEqual(['removed', 'ready', 'ready']);
  });

  it('an input that is wrong fails each', async () => {
    const done = await run({ verb: 'stop', ...ALL, input: { timeout: -1 } });
    expect(done.results.map(({ error }) => error?.code)).toEqual(Array(3).fill('VALIDATION'));
    expect(states()).toEqual(['ready', 'ready', 'ready']);
  });

  it('of a host that is away fails each, also in the preview', async () => {
    world.fake.goAway();
    await until(() => expect(world.host.state).toBe('offline'), 20_000);
    expect(await run({ verb: 'stop', ...ALL, dryRun: true })).toMatchObject({ failed: 3 });
    const done = await run({ verb: 'stop', ...ALL });
    expect(done.results.map(({ status, error }) => [status, error?.code])).toEqual(
      Array(3).fill(['unreachable', 'SOCKET_ERROR']),
    );
  });

  it('works on at most eight at once', async () => {
    await finish(Promise.all(Array.from({ length: 17 }, (_, n) => world.spawn({ name: `m${n}` }))));
    const stop = world.fake.stopContainer.bind(world.fake);
    let now = 0;
    let most = 0;
    vi.spyOn(world.fake, 'stopContainer').mockImplementation(async (id, timeoutMs, signal) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      await stop(id, timeoutMs, signal);
      now -= 1;
    });
    expect(await run({ verb: 'stop', ...ALL })).toMatchObject({ count: 20, failed: 0 });
    expect(most).toBe(8);
  });
});

describe('a preview', () => {
  it('says what it would hit and changes nothing', async () => {
    await finish(world.services.agents.pause(world.admin, 'b'));
    const facts = world.facts.length;
    const found = await run({ verb: 'pause', agents: ['a', 'b', 'c'], dryRun: true });
    expect(found).toMatchObject({ dryRun: true, count: 3, failed: 1 });
    expect(found.results[1]).toMatchObject({
      name: 'b',
      ok: false,
      error: { code: 'CONFLICT', message: 'b cannot pause now: it is paused' },
    });
    expect(world.facts).toHaveLength(facts);
    expect(states()).toEqual(['ready', 'paused', 'ready']);
  });
});

describe('who is meant', () => {
  const hit = async (input: Input) =>
    (await run({ verb: 'stop', dryRun: true, ...input })).results.map(({ name }) => name).toSorted();

  it.each<[Input, readonly string[]]>([
    [{ filter: {} }, ['a', 'b', 'c']],
    [{ filter: { tag: 'team=blue' } }, ['a', 'b']],
    [{ filter: { tag: ['team=red'], type: 'shell' } }, ['c']],
    [{ filter: { status: ['stopped', 'crashed'] } }, []],
    [{ filter: { q: 'red' } }, ['c']],
    [{ agents: ['a', 'c'] }, ['a', 'c']],
    [{ agents: [] }, []],
  ])('%j', async (input, names) => {
    expect(await hit(input)).toEqual(names);
  });

  it('one that is named twice, by name and by id, is hit once', async () => {
    expect(await hit({ agents: ['a', made[0]?.id, 'a'] })).toEqual(['a']);
  });

  it.each<[Input, string]>([
    [{ verb: 'stop', agents: ['a', 'nobody'] }, 'NOT_FOUND'],
    [{ verb: 'stop' }, 'VALIDATION'],
    [{ verb: 'stop', agents: ['a'], filter: {} }, 'VALIDATION'],
    [{ verb: 'rename', agents: ['a'] }, 'VALIDATION'],
    [{ verb: 'recreate', agents: ['a'] }, 'VALIDATION'],
  ])('%j is refused as a whole', async (input, code) => {
    await expect(run(input)).rejects.toMatchObject({ code });
    expect(states()).toEqual(['ready', 'ready', 'ready']);
  });

  it('operators may, viewers and strangers may not', async () => {
    expect(await run({ verb: 'stop', ...ALL, dryRun: true }, person('operator'))).toMatchObject({ count: 3 });
    await expect(run({ verb: 'stop', ...ALL, dryRun: true }, person('viewer'))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(finish(world.services.bulk.run(null, {}))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});
