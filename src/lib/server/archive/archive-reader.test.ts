import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { LogSegmentRepository } from '../storage/log-segments.ts';
import { openDatabase } from '../storage/database.ts';
import { readWish } from './archive-reader.ts';
import { makeLogStore, type LogStore } from './log-store.ts';
import { applyRetention, clearStrays } from './retention.ts';

const AGENT = 'agent-1' as AgentId;
const HOST = 'host-1' as HostId;

const line = (n: number): LogLine => ({
  seq: n * 10,
  time: `2026-03-01T12:00:00.${String(n).padStart(9, '0')}Z`,
  stream: n % 10 === 0 ? 'stderr' : 'stdout',
  text: `line ${n}`,
});

let store: LogStore;
let dataDir = '';
/** Lines 1 to 3,000 in two packed files and one that is open. */
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slipway-reader-'));
  const database = openDatabase(':memory:', 'drizzle');
  const segments = new LogSegmentRepository(database.db);
  store = makeLogStore({ dataDir, segments, hostOf: () => HOST });
  onTestFinished(() => {
    store.health.close();
    database.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  for (const [n, container] of ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].entries()) {
    const keeper = store.archive.keeper(AGENT, HOST, container);
    await keeper.resume();
    keeper.keep(Array.from({ length: 1_000 }, (_, at) => line(n * 1_000 + at + 1)));
    await store.archive.flushed(AGENT);
  }
  await expect.poll(() => segments.ofAgent(AGENT).length).toBe(2);
});

const numbers = (lines: readonly LogLine[]) => lines.map((each) => each.seq / 10);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('pages', () => {
  it.each([
    [10 * 1_501, 3, [1_498, 1_499, 1_500]],
    [10 * 1_002, 4, [998, 999, 1_000, 1_001]],
    [10 * 2 + 5, 10, [1, 2]],
    [10, 10, []],
    [Number.MAX_SAFE_INTEGER, 2, [2_999, 3_000]],
    [Number.MAX_SAFE_INTEGER, 0, []],
  ])('before %i, %i lines: %j', async (seq, count, expected) => {
    expect(numbers(await store.reader.before(AGENT, seq, count))).toEqual(expected);
  });

  it.each([
    [10 * 999, 3, [999, 1_000, 1_001]],
    [10 * 999 + 1, 2, [1_000, 1_001]],
    [0, 2, [1, 2]],
    [10 * 2_999, 10, [2_999, 3_000]],
    [10 * 3_001, 10, []],
  ])('from %i on, %i lines: %j', async (seq, count, expected) => {
    expect(numbers(await store.reader.from(AGENT, seq, count))).toEqual(expected);
  });

  it('are of one stream when that is wished for', async () => {
    const wish = readWish({ stream: 'stderr' });
    expect(numbers(await store.reader.before(AGENT, 10 * 1_015, 3, wish))).toEqual([990, 1_000, 1_010]);
  });

  it('are of the time that is wished for', async () => {
    const wish = readWish({ since: line(5).time, until: line(7).time });
    expect(numbers(await store.reader.from(AGENT, 0, 100, wish))).toEqual([5, 6, 7]);
  });
});

it('all lines come forward in order', async () => {
  const seen: LogLine[] = [];
  for await (const lines of store.reader.forward(AGENT, 0, readWish({}))) seen.push(...lines);
  expect(numbers(seen)).toEqual(range(1, 3_000));
});

it.each([
  [0, 10 * 3_001, 3_000],
  [10 * 500, 10 * 1_501, 1_000],
  [10 * 500, 10 * 501, 0],
  [10 * 1_000, 10 * 2_001, 1_000],
])('between %i and %i lie %i lines', async (after, before, count) => {
  expect(await store.reader.count(AGENT, after, before)).toBe(count);
});

describe('what went by retention', () => {
  it('is no longer read, and the rest is', async () => {
    const rule = { keepDays: 1_000, maxBytes: store.archive.plainBytes() + 1 };
    expect(await applyRetention(store, rule, Date.parse('2026-03-02'))).toBe(2);
    expect(numbers(await store.reader.from(AGENT, 0, 2))).toEqual([2_001, 2_002]);
  });

  it('files without a row and rows without a file are cleared, and what is in use is not', async () => {
    const stray = join(dataDir, 'logs', AGENT, 'dddddddddddd-1.log.zst');
    writeFileSync(stray, 'stray');
    const [first] = store.segments.ofAgent(AGENT);
    rmSync(join(dataDir, 'logs', first?.file ?? ''));
    expect(await clearStrays(store)).toBe(2);
    expect(numbers(await store.reader.from(AGENT, 0, 5_000))).toEqual(range(1_001, 3_000));
  });
});
