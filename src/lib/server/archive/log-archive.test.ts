import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { LogSegmentRepository } from '../storage/log-segments.ts';
import { openDatabase } from '../storage/database.ts';
import { makeLogStore, type LogStore } from './log-store.ts';
import { SEGMENT_BYTES } from './segment-format.ts';

const AGENT = 'agent-1' as AgentId;
const HOST = 'host-1' as HostId;
const CONTAINER = '0123456789abcdef';
const SHORT = '0123456789ab';

let dataDir = '';
let segments: LogSegmentRepository;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'slipway-archive-'));
  const database = openDatabase(':memory:', 'drizzle');
  segments = new LogSegmentRepository(database.db);
  onTestFinished(() => {
    database.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

function open(more: { retryMs?: number } = {}): LogStore {
  const store = makeLogStore({ dataDir, segments, hostOf: (id) => (id === AGENT ? HOST : null), ...more });
  onTestFinished(() => {
    store.health.close();
  });
  return store;
}

const line = (n: number, text = `line ${n}`, stream: LogLine['stream'] = 'stdout'): LogLine => ({
  seq: 1_000_000 + n,
  time: `2026-03-01T12:00:${String(Math.floor(n / 1000) % 60).padStart(2, '0')}.${String(n % 1000).padStart(3, '0')}000000Z`,
  stream,
  text,
});
const lines = (from: number, to: number, text?: string) =>
  Array.from({ length: to - from + 1 }, (_, n) => line(from + n, text));
const folder = () => join(dataDir, 'logs', AGENT);
const read = async (store: LogStore) =>
  (await store.reader.from(AGENT, 0, 1_000_000)).map((each) => each.seq - 1_000_000);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

async function resumed(store: LogStore, container = CONTAINER) {
  const keeper = store.archive.keeper(AGENT, HOST, container);
  const kept = await keeper.resume();
  return { keeper, kept };
}

describe('what was kept', () => {
  it('is there in order, also while it is being written', async () => {
    const store = open();
    const { keeper, kept } = await resumed(store);
    expect(kept).toEqual({ point: null, seq: 0, recent: [] });
    for (let n = 1; n <= 50; n += 1) expect(keeper.keep(lines(n * 10 - 9, n * 10))).toBe(true);
    await store.archive.flushed(AGENT);
    expect(await read(store)).toEqual(upTo(500));
  });

  it('is packed when it is large, with a row that says what is in it', async () => {
    const store = open();
    const { keeper } = await resumed(store);
    const text = 'x'.repeat(1_000);
    keeper.keep(lines(1, 4_200, text));
    await store.archive.flushed(AGENT);
    keeper.keep([line(4_201, 'ERROR: late', 'stderr')]);
    await store.archive.flushed(AGENT);
    await expect.poll(() => readdirSync(folder())).toEqual([`${SHORT}-1000001.log.zst`, `${SHORT}.log`]);
    const [row] = segments.ofAgent(AGENT);
    expect(row).toMatchObject({
      hostId: HOST,
      containerId: SHORT,
      firstSeq: 1_000_001,
      lines: 4_200,
      levels: { unknown: 4_200 },
    });
    expect(row?.bytes).toBeGreaterThan(SEGMENT_BYTES);
    expect(row?.packedBytes).toBeLessThan((row?.bytes ?? 0) / 10);
    expect(await read(store)).toEqual(upTo(4_201));
  });

  it('of several containers of an agent is one log', async () => {
    const store = open();
    const first = await resumed(store);
    first.keeper.keep(lines(1, 10));
    const second = await resumed(store, 'fedcba9876543210');
    expect(second.kept).toMatchObject({ point: null, seq: 1_000_010 });
    expect(second.kept?.recent).toHaveLength(10);
    second.keeper.keep(lines(11, 20));
    await store.archive.flushed(AGENT);
    expect(await read(store)).toEqual(upTo(20));
  });

  it('says where to go on: the last lines of each stream and how many have that very time', async () => {
    const store = open();
    const { keeper } = await resumed(store);
    keeper.keep([line(1), line(2, 'err', 'stderr'), line(3), { ...line(3), seq: 1_000_004 }]);
    await store.archive.close();
    const { kept } = await resumed(open());
    expect(kept).toMatchObject({
      seq: 1_000_004,
      point: {
        since: line(1).time,
        streams: [
          { stream: 'stdout', time: line(3).time, count: 2 },
          { stream: 'stderr', time: line(2).time, count: 1 },
        ],
      },
    });
  });
});

describe('after a crash', () => {
  it('a record that was torn off is taken away, and the rest goes on', async () => {
    const store = open();
    const { keeper } = await resumed(store);
    keeper.keep(lines(1, 10));
    await store.archive.close();
    appendFileSync(join(folder(), `${SHORT}.log`), '1000011 2026-03-01T12:00:00.0110');
    const again = open();
    const next = await resumed(again);
    expect(next.kept?.seq).toBe(1_000_010);
    next.keeper.keep(lines(11, 12));
    await again.archive.flushed(AGENT);
    expect(await read(again)).toEqual(upTo(12));
  });

  it.each([
    ['before it was packed', []],
    ['while it was packed', [`${SHORT}-1000001.log.zst.tmp`]],
    ['before its row was written', [`${SHORT}-1000001.log.zst`]],
  ])('a full file that was left %s is packed', async (_, left) => {
    const store = open();
    const { keeper } = await resumed(store);
    keeper.keep(lines(1, 10));
    await store.archive.close();
    const full = `${SHORT}-1000001.log`;
    writeFileSync(join(folder(), full), readFileSync(join(folder(), `${SHORT}.log`)));
    rmSync(join(folder(), `${SHORT}.log`));
    for (const name of left) writeFileSync(join(folder(), name), 'half of it');
    const again = open();
    await again.archive.open();
    expect(await read(again)).toEqual(upTo(10));
    await expect.poll(() => readdirSync(folder())).toEqual([`${full}.zst`]);
    expect(segments.ofAgent(AGENT)).toHaveLength(1);
    expect(await read(again)).toEqual(upTo(10));
  });

  it('a file of an agent that is not known is left alone', async () => {
    const other = join(dataDir, 'logs', 'agent-2');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, `${SHORT}.log`), 'what is this');
    await open().archive.open();
    expect(existsSync(join(other, `${SHORT}.log`))).toBe(true);
  });
});

describe('while it cannot be written', () => {
  /** A folder in place of the file makes each write fail. */
  async function broken() {
    const store = open({ retryMs: 20 });
    const { keeper } = await resumed(store);
    keeper.keep(lines(1, 5));
    await store.archive.finish(AGENT);
    mkdirSync(join(folder(), `${SHORT}.log`));
    return { store, keeper };
  }

  it('it is paused, takes nothing, and goes on from what it has when it can', async () => {
    const { store, keeper } = await broken();
    const resumable = Promise.withResolvers<undefined>();
    const stop = keeper.onResumable(() => resumable.resolve(undefined));
    keeper.keep(lines(6, 7));
    await store.archive.flushed(AGENT);
    expect(store.health.paused?.reason).toBe('EISDIR');
    expect(keeper.keep(lines(8, 9))).toBe(false);
    expect(await keeper.resume()).toBeNull();
    rmSync(join(folder(), `${SHORT}.log`), { recursive: true });
    await resumable.promise;
    stop();
    expect(store.health.paused).toBeNull();
    expect((await keeper.resume())?.seq).toBe(1_000_005);
    keeper.keep(lines(6, 9));
    await store.archive.flushed(AGENT);
    expect(await read(store)).toEqual(upTo(9));
  });
});

it('what no longer grows is packed and stays readable', async () => {
  const store = open();
  const { keeper } = await resumed(store);
  keeper.keep(lines(1, 10));
  await store.archive.finish(AGENT);
  await expect.poll(() => readdirSync(folder())).toEqual([`${SHORT}-1000001.log.zst`]);
  expect(store.archive.agentIds()).toEqual([AGENT]);
  expect(await read(open())).toEqual(upTo(10));
});
