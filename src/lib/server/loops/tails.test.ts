import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import { finish, pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';
import { Tails } from './tails.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let loop: Tails;
beforeEach(async () => {
  world = await makeWorld({ watched: true });
  loop = follow();
});
afterEach(async () => {
  loop.close();
  await finish(world.close());
});

function follow(): Tails {
  const { agents, fleet, pulses, logins, bus, tails: board } = world;
  return new Tails({ agents, fleet, board, pulses, logins, bus, store: null });
}
const spawn = () => finish(world.spawn({ name: 'one', tty: false }));
const lastOutput = (agent: AgentDetailView) => world.pulses.pulse(agent.id, Date.now())?.lastOutput;
const texts = (agent: AgentDetailView) =>
  world.tails
    .get(agent.id)
    ?.recent(100)
    .map(({ text }) => text);

it('an agent is followed from its start: its last line is its last output', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'first\nsecond\n');
  await pass(100);
  expect(lastOutput(one)).toBe('second');
  expect(texts(one)).toEqual(['first', 'second']);
});

it('one that ends at once leaves its last words', async () => {
  const command = ['sh', '-c', 'echo no model key; exit 3'];
  await expect(finish(world.spawn({ name: 'one', tty: false, command }))).rejects.toThrow(
    'It ended with code 3',
  );
  await pass(1_000);
  const one = world.services.agents.get(world.admin, 'one');
  expect(one.state).toBe('crashed');
  expect(lastOutput(one)).toBe('no model key');
});

it('an empty line is no output, colours are no text, and a long one is cut', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', `\u001b[31m${'x'.repeat(300)}\u001b[0m\n  \n`);
  await pass(100);
  expect(lastOutput(one)).toBe('x'.repeat(240));
});

it('those that were there before are followed, and one that has ended is read to its end', async () => {
  loop.close();
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'last wor');
  world.fake.write(containerOf(one), 'stdout', 'ds');
  world.fake.exit(containerOf(one), 3);
  await pass(500);
  expect(lastOutput(one)).toBeUndefined();
  loop = follow();
  loop.start();
  await pass(1_000);
  expect(lastOutput(one)).toBe('last words');
  expect(world.tails.get(one.id)?.state).toBe('ended');
});

it('each life is followed, and no line comes twice', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'first life\n');
  await pass(100);
  await finish(world.services.agents.stop(world.admin, one.id, {}, { wait: true }));
  await pass(2_000);
  await finish(world.services.agents.start(world.admin, one.id, { wait: true }));
  world.fake.write(containerOf(one), 'stdout', 'second life\n');
  await until(() => expect(texts(one)).toEqual(['first life', 'second life']));
});

it('one that is started again before its log was read to the end is followed on', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'first life\n');
  await pass(100);
  const release = world.fake.hold('logs');
  world.fake.exit(containerOf(one), 0);
  await pass(500);
  await finish(world.services.agents.start(world.admin, one.id, { wait: true }));
  release();
  await pass(500);
  world.fake.write(containerOf(one), 'stdout', 'second life\n');
  await until(() => expect(texts(one)).toEqual(['first life', 'second life']));
});

it('what was written while the engine was away comes when it is back', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'before\n');
  await pass(100);
  world.fake.goAway();
  await settled();
  world.fake.write(containerOf(one), 'stdout', 'meanwhile\n');
  await pass(3_000);
  expect(texts(one)).toEqual(['before']);
  world.fake.comeBack();
  await until(() => expect(texts(one)).toEqual(['before', 'meanwhile']), 20_000);
});

it('a removed one is followed no longer and has no figures', async () => {
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'text\n');
  await pass(100);
  await finish(world.services.agents.remove(world.admin, one.id, { force: true }, { wait: true }));
  await settled();
  expect(world.tails.get(one.id)).toBeUndefined();
  expect(world.pulses.pulse(one.id, Date.now())).toBeNull();
});

it('one whose output says that it has no login needs you, until it is started anew', async () => {
  world.services.types.update(world.admin, 'shell', {
    image: 'slipway/starter',
    loginHelp: 'Sign in.',
    patterns: { login: ['^Please sign in$'] },
  });
  const one = await spawn();
  world.fake.write(containerOf(one), 'stdout', 'working\n\u001b[1mPlease sign in\u001b[0m\n');
  await pass(100);
  const view = () => world.services.agents.get(world.admin, one.id);
  expect(view()).toMatchObject({
    attention: 'needs_login',
    login: { line: 'Please sign in', help: 'Sign in.' },
  });
  expect(world.facts.at(-1)).toMatchObject({ kind: 'agent', agent: { attention: 'needs_login' } });
  await finish(world.services.agents.restart(world.admin, one.id, {}, { wait: true }));
  await pass(1_000);
  expect(view()).toMatchObject({ attention: null, login: null });
});
