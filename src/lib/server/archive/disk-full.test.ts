import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AgentId, HostId } from '#lib/domain/ids.ts';
import { openDatabase } from '../storage/database.ts';
import { LogSegmentRepository } from '../storage/log-segments.ts';
import { LogTail } from '../streams/log-tail.ts';
import { NotingReader, ScriptedLog } from '../streams/testing/scripted-log.ts';
import { makeLogStore, type LogStore } from './log-store.ts';

const AGENT = 'agent-1' as AgentId;
const HOST = 'host-1' as HostId;
const PATIENCE = { timeout: 10_000, interval: 20 };
const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;

/** An archive on a disk of 4 MB. */
function smallDisk(): { readonly store: LogStore; readonly root: string } {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-full-'));
  const root = join(dataDir, 'logs');
  mkdirSync(root);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', root]);
  const database = openDatabase(':memory:', 'drizzle');
  const segments = new LogSegmentRepository(database.db);
  const store = makeLogStore({ dataDir, segments, hostOf: () => HOST, retryMs: 50 });
  onTestFinished(async () => {
    store.health.close();
    await store.archive.close();
    execFileSync('umount', ['-l', root]);
    database.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { store, root };
}

it.skipIf(!isRootOnLinux)(
  'on a full disk it pauses, lines are still shown, and when there is room it has each of them once',
  async () => {
    const { store, root } = smallDisk();
    const log = new ScriptedLog();
    const reader = new NotingReader();
    const tail = new LogTail({
      open: log.open,
      isRunning: log.isRunning,
      keeper: store.archive.keeper(AGENT, HOST, 'c'.repeat(64)),
    });
    onTestFinished(() => {
      tail.close();
    });
    tail.subscribe(reader);
    await tail.ready;
    const write = (from: number, to: number) => {
      for (let n = from; n <= to; n += 1) log.write(n * 1_000, `${n} ${'x'.repeat(200)}`);
    };
    const archived = async () =>
      (await store.reader.from(AGENT, 0, 10_000)).map((line) => Number(line.text.split(' ')[0]));
    write(1, 100);
    await expect.poll(async () => (await archived()).length, PATIENCE).toBe(100);

    writeFileSync(join(root, 'filler'), Buffer.alloc(4 * 1024 * 1024 - 128 * 1024));
    write(101, 1_000);
    await expect.poll(() => store.health.paused?.reason, PATIENCE).toBe('ENOSPC');
    write(1_001, 1_500);
    await expect.poll(() => reader.texts.length, PATIENCE).toBe(1_500);
    expect((await archived()).length).toBeLessThan(1_000);
    expect(tail.isKept).toBe(false);

    rmSync(join(root, 'filler'));
    await expect.poll(() => store.health.paused, PATIENCE).toBeNull();
    await expect.poll(async () => (await archived()).length, PATIENCE).toBe(1_500);
    write(1_501, 1_600);
    await expect.poll(archived, PATIENCE).toEqual(Array.from({ length: 1_600 }, (_, n) => n + 1));
    const shown = reader.batches.flat();
    expect(shown.map((line) => Number(line.text.split(' ')[0]))).toEqual(
      Array.from({ length: 1_600 }, (_, n) => n + 1),
    );
    const kept = await store.reader.from(AGENT, 0, 10_000);
    expect(kept.map((line) => line.seq)).toEqual(shown.map((line) => line.seq));
  },
);
