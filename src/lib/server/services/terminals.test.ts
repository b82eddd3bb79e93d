import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeWorld, person, type TestWorld } from '../testing/world.ts';
import { TerminalRepository } from '../storage/terminals.ts';
import type { ViewerDoor } from '../streams/terminal-viewer.ts';
import { AgentReach } from './agent-reach.ts';
import { TerminalRecordings } from './terminal-recordings.ts';
import { TerminalService } from './terminals.ts';

const PATIENCE = { timeout: 5_000, interval: 20 };
const QUIET: ViewerDoor = {
  output: () => undefined,
  screen: () => undefined,
  changed: () => undefined,
};

let world: TestWorld;
let terminals: TerminalService;
beforeEach(async () => {
  world = await makeWorld();
  terminals = service();
});
afterEach(async () => {
  await terminals.close();
  await world.close();
});

function service(keptMs = 60_000): TerminalService {
  const { agents, fleet, journal, dataDir, database } = world;
  const rows = new TerminalRepository(database.db);
  return new TerminalService({
    reach: new AgentReach({ agents, fleet }),
    terminals: rows,
    recordings: new TerminalRecordings({ dataDir, journal, terminals: rows }),
    journal,
    typed: () => undefined,
    keptMs,
  });
}

it('the audit log has who opened and ended it, and nothing that was typed', async () => {
  const agent = await world.spawn();
  const { id } = await terminals.open(world.admin, agent.id, {});
  const handle = terminals.join(world.admin, id, QUIET);
  await handle.screen;
  await handle.write(Buffer.from('echo a-password\r'));
  await terminals.end(world.admin, id);
  const inside = world.facts.filter((fact) => fact.kind === 'inside');
  expect(inside.map(({ what }) => what)).toEqual(['opened sh', 'ended sh (ended)']);
  expect(JSON.stringify(inside)).not.toContain('a-password');
});

it('one that nobody looks at any more is ended after a while', async () => {
  const agent = await world.spawn();
  const short = service(50);
  const { id } = await short.open(world.admin, agent.id, {});
  await expect
    .poll(() => short.get(world.admin, id), PATIENCE)
    .toMatchObject({
      state: 'ended',
      end: 'unwatched',
    });
});

it('one person has ten at most, and another one some more', async () => {
  const agent = await world.spawn();
  for (let n = 0; n < 10; n += 1) await terminals.open(world.admin, agent.id, {});
  await expect(terminals.open(world.admin, agent.id, {})).rejects.toMatchObject({ code: 'RESOURCE_LIMIT' });
  await terminals.open(person('operator', 'bea'), agent.id, {});
});

it('a viewer of the list sees sessions and opens none', async () => {
  const agent = await world.spawn();
  await terminals.open(world.admin, agent.id, {});
  expect(terminals.list(person('viewer'), agent.id)).toHaveLength(1);
  await expect(terminals.open(person('viewer'), agent.id, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(() => terminals.list(null, agent.id)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});

it('what was open when Slipway was killed is over when it comes back', async () => {
  const agent = await world.spawn();
  const { id } = await terminals.open(world.admin, agent.id, {});
  const next = service();
  next.recover();
  expect(next.get(world.admin, id)).toMatchObject({ state: 'ended', end: 'restart' });
});
