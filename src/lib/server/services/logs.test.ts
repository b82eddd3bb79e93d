import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import type { LineWish } from '../archive/line-filter.ts';
import { LogTail } from '../streams/log-tail.ts';
import { ScriptedLog } from '../streams/testing/scripted-log.ts';
import { pass, settled, until, useDrivenTime } from '../testing/driven-time.ts';
import { containerOf, makeWorld, type TestWorld } from '../testing/world.ts';

vi.mock('node:timers/promises', () => import('../testing/driven-time.ts'));
useDrivenTime();

let world: TestWorld;
let container = '';
let id = '';
beforeEach(async () => {
  world = await makeWorld();
  const agent = await world.spawn({ name: 'fox', tty: false });
  id = agent.id;
  container = containerOf(agent);
});
afterEach(async () => {
  await world.close();
});

const texts = (lines: readonly LogLine[]) => lines.map((line) => line.text);
const read = async ({ tail = 100, ...wish }: LineWish & { readonly tail?: number } = {}) =>
  texts(await world.services.logs.read(world.admin, 'fox', tail, wish));

function write(count: number): void {
  for (let n = 1; n <= count; n += 1)
    world.fake.write(container, n % 10 === 0 ? 'stderr' : 'stdout', `${n}\n`);
}

/** Has the agent followed by a log that the test moves. */
function followed(): ScriptedLog {
  const log = new ScriptedLog();
  world.tails.follow(id, () => new LogTail({ open: log.open, isRunning: log.isRunning }));
  onTestFinished(() => {
    world.tails.close();
  });
  return log;
}

describe('reading', () => {
  it('gives the newest lines, as many as asked for', async () => {
    write(150);
    expect(await read()).toHaveLength(100);
    expect(await read({ tail: 3 })).toEqual(['148', '149', '150']);
    expect(await read({ tail: 0 })).toEqual([]);
  });

  it('of one stream gives its newest lines, however many of the other came after them', async () => {
    write(59);
    expect(await read({ stream: 'stderr', tail: 2 })).toEqual(['40', '50']);
  });

  it('is between two times, when they are given', async () => {
    world.fake.write(container, 'stdout', 'before\n');
    await pass(1_000);
    const since = `${new Date().toISOString().slice(0, 23)}000000Z`;
    world.fake.write(container, 'stdout', 'between\n');
    await pass(1_000);
    const upTo = `${new Date(Date.now() - 500).toISOString().slice(0, 23)}000000Z`;
    world.fake.write(container, 'stdout', 'after\n');
    expect(await read({ since })).toEqual(['between', 'after']);
    expect(await read({ since, until: upTo })).toEqual(['between']);
  });

  it('still works when the container has ended', async () => {
    write(2);
    world.fake.exit(container, 0);
    expect(await read()).toEqual(['1', '2']);
  });

  it('of a removed one, or of one without a container, gives nothing', async () => {
    await world.services.agents.remove(world.admin, 'fox', { force: true }, { wait: true });
    expect(await world.services.logs.recent(world.admin, id)).toEqual([]);
  });

  it('of a host that is away says so', async () => {
    world.fake.goAway();
    await expect(read()).rejects.toMatchObject({ code: 'SOCKET_ERROR' });
  });
});

describe('the newest lines of an agent that is followed', () => {
  it('come from memory', async () => {
    const log = followed();
    log.write(1_000, 'one');
    log.write(2_000, 'two');
    await settled();
    expect(texts(await world.services.logs.recent(world.admin, 'fox'))).toEqual(['one', 'two']);
    expect(texts(await world.services.logs.recent(world.admin, 'fox', 1))).toEqual(['two']);
  });

  it('come from the engine when they are more than memory holds', async () => {
    followed();
    write(3);
    expect(texts(await world.services.logs.recent(world.admin, 'fox', 500))).toEqual(['1', '2', '3']);
  });
});

describe('following', () => {
  function follow(tail: number) {
    const over = new AbortController();
    const source = world.services.logs.follow(world.admin, 'fox', tail, over.signal);
    const seen = { texts: [] as string[], ended: false };
    const readOn = async () => {
      for await (const lines of source) seen.texts.push(...texts(lines));
      seen.ended = true;
    };
    void readOn();
    return { seen, over };
  }

  it('begins with the newest lines, goes on with what comes, and ends with its reader', async () => {
    const log = followed();
    log.write(1_000, 'one');
    log.write(2_000, 'two');
    await settled();
    const { seen, over } = follow(1);
    await settled();
    expect(seen.texts).toEqual(['two']);
    log.write(3_000, 'three');
    await pass(30);
    log.write(4_000, 'four');
    await pass(30);
    expect(seen).toEqual({ texts: ['two', 'three', 'four'], ended: false });
    over.abort();
    await settled();
    expect(seen.ended).toBe(true);
  });

  it('ends when the container does, with its last words', async () => {
    const log = followed();
    await settled();
    const { seen } = follow(10);
    await settled();
    log.write(1_000, 'last words');
    log.running = false;
    log.end();
    await pass(30);
    expect(seen).toEqual({ texts: ['last words'], ended: true });
  });

  it('of one that is not followed gives what is there and ends', async () => {
    write(2);
    const { seen } = follow(10);
    await until(() => expect(seen).toEqual({ texts: ['1', '2'], ended: true }));
  });
});
