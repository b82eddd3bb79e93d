/**
 * The archive holds what a container printed: each line once and in order, whatever happened to Slipway and to its connection meanwhile. With
 * SLIPWAY_TEST_TRUTH_LINES the first test writes that many lines.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { startTestEngine, TEST_IMAGES, type TestEngine } from '../../../../scripts/test-engine.ts';
import { NO_ENGINE } from '../testing/real-app.ts';
import { ArchiveOnDisk } from '../testing/archive-on-disk.ts';
import { LogWatcher } from '../testing/log-watcher.ts';
import { SocketRelay } from '../testing/socket-relay.ts';
import { TruthProcess } from '../testing/truth-process.ts';

const run = promisify(execFile);
const LINES = Number(process.env['SLIPWAY_TEST_TRUTH_LINES'] ?? 100_000);
const LONG_MS = 30_000 + LINES;
const GIVEN = process.env['SLIPWAY_REAL_SOCKET'] ?? '';

/** Numbered lines as fast as they can be written. */
const numbers = (count: number) => `seq 1 ${count}; exec sleep 1000`;

describe.skipIf(NO_ENGINE !== undefined)('the archive of a log on a real engine', () => {
  let engine: TestEngine | null = null;
  let socket = GIVEN;
  beforeAll(async () => {
    if (GIVEN !== '') return;
    engine = await startTestEngine({ own: true });
    socket = engine.socket;
  }, 60_000);
  afterAll(() => engine?.stop(), 60_000);

  async function site(name: string, command: string, logging: object) {
    const dataDir = mkdtempSync(join(tmpdir(), 'slipway-truth-'));
    const relay = await SocketRelay.start(join(dataDir, 'engine.sock'), socket);
    const spec = {
      name: `${name}-${crypto.randomUUID().slice(0, 8)}`,
      type: 'custom',
      image: TEST_IMAGES.busybox,
      command: ['sh', '-c', command],
      networks: ['none'],
      resources: { memory: '64m', cpu: 2 },
      tty: false,
      logging,
    };
    const start = () => TruthProcess.start({ dataDir, socket: relay.path, agent: spec });
    const archive = new ArchiveOnDisk(join(dataDir, 'data'));
    return {
      relay,
      start,
      archive,
      /** The engine's newest line. */
      printed: async () => {
        const args = ['-H', `unix://${socket}`, 'logs', '--tail', '1', spec.name];
        return (await run('docker', args)).stdout.trim();
      },
      close: async (server: TruthProcess) => {
        await server.end('SIGTERM');
        await relay.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  }

  it(
    `holds each of ${LINES} lines once, in order, over three kills and two cuts, with five that watch`,
    async () => {
      const { relay, start, archive, close } = await site('truth', numbers(LINES), {
        maxSize: '1g',
        maxFile: 1,
      });
      let server = await start();
      const watchers = Array.from({ length: 5 }, () => new LogWatcher());
      const arrived = (share: number) =>
        expect
          .poll(() => archive.bytes(), { timeout: LONG_MS, interval: 5 })
          .toBeGreaterThan(share * LINES * 45);
      const watch = () => {
        for (const each of watchers) each.connect(server.port);
      };
      watch();
      for (const share of [0.1, 0.35, 0.6]) {
        await arrived(share);
        await server.end('SIGKILL');
        server = await start();
        watch();
        if (share > 0.3) {
          await arrived(share + 0.1);
          relay.cut();
        }
      }
      await expect.poll(() => archive.lastText(), { timeout: LONG_MS, interval: 250 }).toBe(String(LINES));
      await expect
        .poll(() => watchers.map((each) => each.lastText), { timeout: 20_000 })
        .toEqual(watchers.map(() => String(LINES)));
      for (const each of watchers) {
        each.close();
        expect(each.faults).toEqual([]);
      }
      await server.end('SIGTERM');
      expect(faultsOf(await archive.lines(), LINES)).toEqual([]);
      await close(server);
    },
    LONG_MS * 3,
  );

  it('holds each line once also over rotations of the log that it keeps up with', async () => {
    // 40,000 lines of 1,000 bytes in bursts: the log of 10 MB x 3 is rotated four times
    const command =
      'x=$(printf "%0990d" 0); i=1; while [ $i -le 40000 ]; do echo "$i $x"; ' +
      '[ $((i % 500)) = 0 ] && sleep 0.05; i=$((i+1)); done; exec sleep 1000';
    const { start, archive, close } = await site('rotated', command, { maxSize: '10m', maxFile: 3 });
    const server = await start();
    await expect.poll(() => archive.lastText(), { timeout: 60_000, interval: 250 }).toMatch(/^40000 /);
    await server.end('SIGTERM');
    expect(faultsOf(await archive.lines(), 40_000)).toEqual([]);
    await close(server);
  }, 90_000);

  it('marks where the engine has lost lines, and has all others once and in order', async () => {
    const { start, archive, printed, close } = await site(
      'lost',
      // what was printed at first is soon rotated away
      'seq 1 100; sleep 2; seq 101 60000; exec sleep 1000',
      { maxSize: '100k', maxFile: 2 },
    );
    let server = await start();
    await expect.poll(() => archive.lastText(), { timeout: 20_000, interval: 20 }).toBe('100');
    await server.end('SIGKILL');
    await expect.poll(printed, { timeout: 20_000, interval: 200 }).toBe('60000');
    server = await start();
    await expect.poll(() => archive.lastText(), { timeout: 20_000, interval: 50 }).toBe('60000');
    await server.end('SIGTERM');
    const lines = await archive.lines();
    const marks = lines.filter((line) => line.gap !== undefined);
    expect(marks.length).toBeGreaterThan(0);
    expect(holesWithoutMark(lines)).toEqual([]);
    expect(lines.find((line) => line.gap !== undefined)?.gap?.from).toBe(
      lines.find((line) => line.text === '100')?.time,
    );
    await close(server);
  }, 60_000);
});

/** What is wrong with lines that begin with 1, 2, 3 and so on up to `count`. */
function faultsOf(lines: readonly LogLine[], count: number): readonly string[] {
  const faults: string[] = [];
  let expected = 1;
  let lastSeq = 0;
  for (const { seq, text, gap } of lines) {
    if (gap !== undefined) faults.push(`a mark from ${gap.from} to ${gap.to}`);
    else if (Number(text.split(' ')[0]) !== expected)
      faults.push(`${text.slice(0, 20)} in place of ${expected}`);
    if (seq <= lastSeq) faults.push(`number ${seq} after ${lastSeq}`);
    if (gap === undefined) expected = Number(text.split(' ')[0]) + 1;
    lastSeq = seq;
  }
  if (expected !== count + 1) faults.push(`it ends before ${expected}`);
  return faults.slice(0, 10);
}

function holesWithoutMark(lines: readonly LogLine[]): readonly string[] {
  return lines.flatMap((line, n) => {
    const before = lines[n - 1];
    if (before === undefined || line.gap !== undefined || before.gap !== undefined) return [];
    return Number(line.text) === Number(before.text) + 1 ? [] : [`${before.text} then ${line.text}`];
  });
}
